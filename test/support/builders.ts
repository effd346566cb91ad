import { createHash } from 'node:crypto';
import type { Account } from '../../src/domain/account.js';
import type { Activity } from '../../src/domain/activity.js';
import type { Balances } from '../../src/domain/balances.js';
import type { Execution } from '../../src/domain/execution.js';
import type { Instrument } from '../../src/domain/instrument.js';
import { isOpenStatus, type Order, type OrderLeg } from '../../src/domain/order.js';
import type { Position } from '../../src/domain/position.js';
import type { BrokerUpdate, Provenance, Remove, Snapshot, Upsert } from '../../src/domain/update.js';
import { reconcile } from '../../src/sync/reconcile.js';
import { EMPTY_STATE, type AccountState, type SyncState } from '../../src/sync/state.js';

/** When the figures of a test arrive unless it says otherwise. */
export const T0 = Date.UTC(2026, 10, 24, 15, 0, 0);

/** The account of a test that has one. */
export const KEY = 'a1b2c3d4e5f6';

export function account(given: Partial<Account> = {}): Account {
  return {
    key: KEY,
    broker: 'ibkr',
    lastFour: '4567',
    type: 'individual',
    currency: 'USD',
    tradingMode: 'live',
    ...given,
  };
}

export function instrument(given: Partial<Instrument> = {}): Instrument {
  return {
    key: '265598',
    symbol: 'AAPL',
    assetClass: 'stock',
    conId: '265598',
    cusip: null,
    isin: null,
    figi: null,
    sedol: null,
    occSymbol: null,
    underlying: null,
    expiry: null,
    strike: null,
    right: null,
    multiplier: 1,
    exchange: 'NASDAQ',
    currency: 'USD',
    description: null,
    ...given,
  };
}

/** A position worth 100 a piece, bought at 90, unless the test says otherwise. */
export function position(given: Partial<Position> = {}): Position {
  const key = given.key ?? '265598';
  const quantity = given.quantity ?? 10;
  return {
    key,
    instrument: instrument({ key, conId: key }),
    quantity,
    averagePrice: 90,
    averageCost: 90,
    costBasis: 90 * quantity,
    marketPrice: 100,
    marketValue: 100 * quantity,
    marketValueBase: 100 * quantity,
    unrealizedPnl: 10 * quantity,
    realizedPnl: null,
    dayPnl: null,
    currency: 'USD',
    portfolioPercent: null,
    cashEquivalent: false,
    ...given,
  };
}

export function balances(given: Partial<Balances> = {}): Balances {
  return {
    netLiquidation: null,
    previousNetLiquidation: null,
    totalCash: null,
    settledCash: null,
    moneyMarket: null,
    accruedInterest: null,
    buyingPower: null,
    availableFunds: null,
    equityWithLoan: null,
    excessLiquidity: null,
    initialMargin: null,
    maintenanceMargin: null,
    cushion: null,
    grossPositionValue: null,
    leverage: null,
    dayPnl: null,
    dayPnlSource: null,
    unrealizedPnl: null,
    realizedPnl: null,
    isMarginCall: null,
    dayTradesRemaining: null,
    lookAhead: null,
    ledger: [],
    ...given,
  };
}

/** A working limit order for 10, unless the test says otherwise; `isOpen` follows the status. */
export function order(given: Partial<Order> = {}): Order {
  const status = given.status ?? 'working';
  const permId = given.permId === undefined ? '1001' : given.permId;
  return {
    key: permId ?? 'c17-5',
    orderId: '5',
    permId,
    clientOrderId: '17-5',
    parentOrderId: null,
    groupId: null,
    status,
    rawStatus: null,
    isOpen: isOpenStatus(status),
    side: 'buy',
    orderType: 'limit',
    timeInForce: 'day',
    quantity: 10,
    filledQuantity: 0,
    remainingQuantity: 10,
    limitPrice: 95,
    stopPrice: null,
    averageFillPrice: null,
    legs: [],
    createdAt: null,
    updatedAt: null,
    closedAt: null,
    rejectReason: null,
    tag: null,
    ...given,
  };
}

export function leg(key: string, given: Partial<OrderLeg> = {}): OrderLeg {
  return {
    instrument: instrument({ key, conId: key }),
    side: 'buy',
    positionEffect: null,
    ratio: 1,
    quantity: 10,
    filledQuantity: null,
    averageFillPrice: null,
    ...given,
  };
}

/** A fill of 10 of order 1001, its commission not known yet, unless the test says otherwise. */
export function execution(given: Partial<Execution> = {}): Execution {
  return {
    executionId: '0001.01',
    revision: 1,
    correctionOf: null,
    orderId: '5',
    permId: '1001',
    legId: null,
    instrument: instrument(),
    side: 'buy',
    quantity: 10,
    price: 95,
    commission: null,
    commissionCurrency: null,
    realizedPnl: null,
    liquidity: null,
    executedAt: '2026-11-24T14:59:59Z',
    ...given,
  };
}

export function activity(given: Partial<Activity> = {}): Activity {
  return {
    activityId: '70000000001',
    orderId: null,
    type: 'deposit',
    rawType: 'ACH_RECEIPT',
    amount: 500,
    quantity: null,
    price: null,
    cost: null,
    fees: null,
    instrument: null,
    time: '2026-11-24T14:00:00.000Z',
    settledAt: null,
    description: 'MONEYLINK TRANSFER IN',
    ...given,
  };
}

export function provenance(given: Partial<Provenance> = {}): Provenance {
  return { via: 'tws', asOf: null, receivedAt: T0, partial: false, issues: [], ...given };
}

interface Circumstances {
  readonly account?: string;
  readonly from?: Partial<Provenance>;
}

function image({ account: key = KEY, from = {} }: Circumstances) {
  return { kind: 'snapshot', account: key, from: provenance(from) } as const;
}

export function balancesSnapshot(given: Partial<Balances> = {}, when: Circumstances = {}): Snapshot {
  return { ...image(when), of: 'balances', balances: balances(given) };
}

export function positionsSnapshot(positions: readonly Position[], when: Circumstances = {}): Snapshot {
  return { ...image(when), of: 'positions', positions };
}

export function ordersSnapshot(orders: readonly Order[], when: Circumstances = {}): Snapshot {
  return { ...image(when), of: 'orders', orders };
}

export function activitiesSnapshot(activities: readonly Activity[], when: Circumstances = {}): Snapshot {
  return { ...image(when), of: 'activities', activities };
}

export function executionsSnapshot(executions: readonly Execution[], when: Circumstances = {}): Snapshot {
  return { ...image(when), of: 'executions', executions };
}

interface Arrival {
  readonly account?: string;
  readonly receivedAt?: number;
}

function rows({ account: key = KEY, receivedAt = T0 }: Arrival) {
  return { kind: 'upsert', account: key, receivedAt } as const;
}

export function balancesUpsert(given: Partial<Balances>, when: Arrival = {}): Upsert {
  return { ...rows(when), of: 'balances', balances: balances(given) };
}

export function positionsUpsert(positions: readonly Position[], when: Arrival = {}): Upsert {
  return { ...rows(when), of: 'positions', positions };
}

export function ordersUpsert(orders: readonly Order[], when: Arrival = {}): Upsert {
  return { ...rows(when), of: 'orders', orders };
}

export function executionsUpsert(executions: readonly Execution[], when: Arrival = {}): Upsert {
  return { ...rows(when), of: 'executions', executions };
}

export function positionsRemove(keys: readonly string[], when: Arrival = {}): Remove {
  return {
    kind: 'remove',
    of: 'positions',
    account: when.account ?? KEY,
    keys,
    receivedAt: when.receivedAt ?? T0,
  };
}

/** The broker names these accounts. */
export function accounts(...named: readonly Account[]): BrokerUpdate {
  return { kind: 'accounts', accounts: named };
}

/** The state after these updates, from a state or from nothing but one account. */
export function after(updates: readonly BrokerUpdate[], from: SyncState | null = null): SyncState {
  return updates.reduce(reconcile, from ?? reconcile(EMPTY_STATE, accounts(account())));
}

/** What is known of one account. */
export function stateOf(state: SyncState, key = KEY): AccountState {
  const found = state.accounts.get(key);
  if (found === undefined) throw new Error(`There is no account ${key}.`);
  return found;
}

/** Position key → quantity. */
export function quantities(state: SyncState | AccountState): Readonly<Record<string, number>> {
  const { positions } = 'link' in state ? stateOf(state) : state;
  return Object.fromEntries([...(positions?.value ?? [])].map(([key, { value }]) => [key, value.quantity]));
}

export function ordersOf(state: SyncState): readonly Order[] {
  return [...(stateOf(state).orders?.value.values() ?? [])].map(({ value }) => value);
}

export function executionsOf(state: SyncState): readonly Execution[] {
  return [...(stateOf(state).executions?.value.values() ?? [])];
}

export function issueCodes(state: SyncState): readonly string[] {
  return [...state.notices.values()].map(({ issue }) => issue.code);
}

/** The digest that the package uses. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
