import { SchwabBook } from '../schwab/book/book.js';
import { autoplay } from './autoplay.js';
import { catalogue } from './catalogue.js';
import { countsInNetLiquidation, type Instrument } from './instrument.js';
import type { Ledger, LedgerBalances, LedgerExecution, LedgerOrder, LedgerPosition } from './ledger.js';
import { markPreviousClose, openAccounts } from './open-accounts.js';
import { Prices } from './prices.js';
import { createRandom, type Random } from './random.js';
import { executionRecords, orderRecord } from './records.js';
import { cents } from './round.js';
import { execIdOf, type AccountState, type OrderState } from './state.js';
import { tradeOnce } from './trader.js';
import { correct, fill, transferIn } from './trading.js';
import type { Market, MarketEvent, NewOrder } from './types.js';
import { valueAccount, valuePosition } from './valuation.js';

export interface MarketOptions {
  readonly seed?: number;
  readonly accounts?: number;
  /** Per account. */
  readonly positions?: number;
  /** Accounts at Schwab, beside those at TWS. */
  readonly schwabAccounts?: number;
  /** Orders that an account at Schwab remembers after their end. */
  readonly schwabOrdersKept?: number;
  /** What TWS calls a symbol of the catalogue. */
  readonly symbolOf?: (symbol: string) => string;
  /** ms since epoch; a test may hold it. */
  readonly now?: () => number;
}

// A person trading for days would leave more orders than a demo can look through.
const ORDERS_KEPT = 500;

/** Accounts, prices, orders and fills that move by seeded chance. */
export const createMarket = (options: MarketOptions = {}): Market => new SeededMarket(options);

class SeededMarket implements Market {
  readonly accounts: readonly string[];
  readonly instruments: readonly Instrument[];
  readonly schwab: SchwabBook;
  readonly #random: Random;
  readonly #prices: Prices;
  readonly #now: () => number;
  /** account → state */
  readonly #states: ReadonlyMap<string, AccountState>;
  readonly #listeners = new Set<(event: MarketEvent) => void>();
  /** account → valuation since the last change */
  readonly #valued = new Map<string, ReturnType<typeof valueAccount>>();
  // Ids go on from the second of creation, so that a restart with the same seed repeats none of them.
  readonly #born: number;
  #count = 0;

  constructor({
    seed = 1,
    accounts = 3,
    positions = 8,
    schwabAccounts = 3,
    schwabOrdersKept = ORDERS_KEPT,
    symbolOf = (symbol) => symbol,
    now = Date.now,
  }: MarketOptions) {
    this.#random = createRandom(seed);
    this.#now = now;
    this.#born = Math.floor(now() / 1000);
    const instruments = catalogue(positions);
    this.instruments = instruments.map((one) => ({ ...one, symbol: symbolOf(one.symbol) }));
    this.#prices = new Prices(this.instruments);
    const states = openAccounts({ prices: this.#prices, random: this.#random, accounts, positions });
    this.#states = new Map(states.map((state) => [state.account, state]));
    this.accounts = states.map(({ account }) => account);
    this.schwab = new SchwabBook({
      instruments,
      prices: this.#prices,
      seed,
      accounts: schwabAccounts,
      ordersKept: schwabOrdersKept,
      now,
    });
  }

  instrument(conId: number): Instrument {
    return this.#prices.instrument(conId);
  }

  price(conId: number): number {
    return this.#prices.last(conId);
  }

  baseCurrency(account: string): string {
    return this.#state(account).baseCurrency;
  }

  isReady(account: string): boolean {
    return this.#state(account).ready;
  }

  balances(account: string): LedgerBalances {
    return this.#value(account).balances;
  }

  positions(account: string): readonly LedgerPosition[] {
    return this.#value(account).lines.filter(({ quantity }) => quantity !== 0);
  }

  position(account: string, conId: number): LedgerPosition | undefined {
    const { holdings, openings } = this.#state(account);
    const holding = holdings.get(conId);
    return holding && valuePosition(this.#prices, conId, { holding, opening: openings.get(conId) });
  }

  orders(account: string): readonly LedgerOrder[] {
    return [...this.#state(account).orders.values()].map((order) => orderRecord(this.#prices, order));
  }

  order(account: string, permId: string): LedgerOrder | undefined {
    const order = this.#state(account).orders.get(permId);
    return order && orderRecord(this.#prices, order);
  }

  executions(account: string): readonly LedgerExecution[] {
    return executionRecords(this.#prices, this.#state(account));
  }

  tick(): void {
    this.#prices.move(this.#random);
    this.#tell({ kind: 'prices' });
  }

  trade(): void {
    tradeOnce(this, this.#random, {
      held: (account) =>
        [...this.#state(account).holdings]
          .filter(([, { quantity }]) => quantity !== 0)
          .map(([conId, { quantity }]) => ({ conId, quantity })),
      open: (account) =>
        [...this.#state(account).orders.values()]
          .filter(({ status }) => status === 'working')
          .map(({ permId, quantity, filled }) => ({ permId, remaining: quantity - filled })),
    });
    this.schwab.trade();
  }

  placeOrder({ account, conId, side, quantity, orderType, limitPrice, stopPrice }: NewOrder): string {
    if (!(quantity > 0)) throw new RangeError(`an order needs a quantity above 0, not ${quantity}`);
    const state = this.#state(account);
    this.#prices.instrument(conId);
    this.#count += 1;
    const permId = String(1_000_000_000 + (this.#born % 1_000_000_000) + this.#count);
    const prices = { limitPrice: limitPrice ?? null, stopPrice: stopPrice ?? null };
    const progress = { filled: 0, averageFillPrice: 0, lastFillPrice: 0, commission: 0, endedAt: null };
    state.orders.set(permId, {
      permId,
      account,
      conId,
      side,
      quantity,
      orderType,
      ...prices,
      ...progress,
      status: 'working',
    });
    this.#tell({ kind: 'order', account, permId });
    return permId;
  }

  fillOrder(permId: string, quantity?: number): void {
    const order = this.#workingOrder(permId);
    const { account, conId } = order;
    const remaining = order.quantity - order.filled;
    const filled = Math.min(quantity ?? remaining, remaining);
    if (!(filled > 0)) throw new RangeError(`a fill needs a quantity above 0, not ${quantity}`);
    this.#count += 1;
    const prefix = `${this.#born.toString(16).padStart(8, '0')}.${this.#count.toString(16).padStart(8, '0')}.01`;
    const execution = fill(this.#prices, this.#state(account), {
      order,
      quantity: filled,
      prefix,
      at: this.#now(),
    });
    this.#tell({ kind: 'fill', account, permId, execId: execIdOf(execution) });
    this.#tell({ kind: 'position', account, conId });
  }

  cancelOrder(permId: string): void {
    const order = this.#workingOrder(permId);
    this.#state(order.account).orders.set(permId, { ...order, status: 'canceled', endedAt: this.#now() });
    this.#tell({ kind: 'cancel', account: order.account, permId });
  }

  closePosition(account: string, conId: number): void {
    const quantity = this.position(account, conId)?.quantity ?? 0;
    if (quantity === 0) throw new RangeError(`${account} holds nothing of ${conId}`);
    const side = quantity > 0 ? 'SELL' : 'BUY';
    this.fillOrder(this.placeOrder({ account, conId, side, quantity: Math.abs(quantity), orderType: 'MKT' }));
  }

  correctExecution(execId: string, change: { readonly price?: number; readonly quantity?: number }): string {
    if (change.quantity !== undefined && !(change.quantity > 0))
      throw new RangeError(`a fill needs a quantity above 0, not ${change.quantity}`);
    for (const state of this.#states.values()) {
      const index = state.executions.findIndex((execution) => execIdOf(execution) === execId);
      const revised =
        index < 0 ? undefined : correct(this.#prices, state, { ...change, index, at: this.#now() });
      if (!revised) continue;
      const { account } = state;
      this.#tell({ kind: 'correction', account, permId: revised.permId, execId: execIdOf(revised) });
      this.#tell({ kind: 'position', account, conId: revised.conId });
      return execIdOf(revised);
    }
    throw new RangeError(`no execution of today is called ${execId}`);
  }

  addPosition(
    account: string,
    line: { readonly conId: number; readonly quantity: number; readonly averageCost?: number },
  ): void {
    const { conId, quantity } = line;
    const state = this.#state(account);
    const instrument = this.#prices.instrument(conId);
    const unitValue = this.#prices.last(conId) * instrument.multiplier;
    const averageCost = line.averageCost ?? unitValue;
    transferIn(this.#prices, state, { conId, quantity, averageCost });
    // A future comes in with the P&L it has run up, which lands in the cash at once.
    const value = countsInNetLiquidation(instrument)
      ? unitValue
      : instrument.secType === 'FUT'
        ? unitValue - averageCost
        : 0;
    state.transferredToday += quantity * value * this.#prices.rate(instrument.currency, state.baseCurrency);
    this.#tell({ kind: 'position', account, conId });
  }

  setPrice(conId: number, price: number): void {
    this.#prices.set(conId, price);
    this.#tell({ kind: 'prices' });
  }

  depositCash(account: string, amount: number, currency?: string): void {
    const state = this.#state(account);
    const paidIn = currency ?? state.baseCurrency;
    state.cash.set(paidIn, cents((state.cash.get(paidIn) ?? 0) + amount));
    state.transferredToday += amount * this.#prices.rate(paidIn, state.baseCurrency);
    this.#tell({ kind: 'balances', account });
  }

  announceMargin(account: string, next: { readonly factor: number; readonly at: number } | null): void {
    this.#state(account).nextMargin = next;
    this.#tell({ kind: 'balances', account });
  }

  setDayTradesRemaining(account: string, left: number): void {
    this.#state(account).dayTradesRemaining = left;
    this.#tell({ kind: 'balances', account });
  }

  setAccountReady(account: string, ready: boolean): void {
    this.#state(account).ready = ready;
    this.#tell({ kind: 'balances', account });
  }

  startNewDay(): void {
    for (const state of this.#states.values()) {
      // All orders are good for the day only.
      for (const { permId, status } of state.orders.values())
        if (status === 'working') this.cancelOrder(permId);
      state.orders.clear();
      state.executions.length = 0;
      state.transferredToday = 0;
      state.openings.clear();
      for (const [conId, line] of state.holdings) this.#carryOver(state, conId, line.quantity);
      markPreviousClose(this.#prices, state);
    }
    this.schwab.startNewDay();
    this.#tell({ kind: 'new-day' });
  }

  ledger(): Ledger {
    const accounts = this.accounts.map((account) => ({
      account,
      baseCurrency: this.baseCurrency(account),
      balances: this.balances(account),
      positions: this.positions(account),
      orders: this.orders(account),
      executions: this.executions(account),
    }));
    return { ibkr: { accounts }, schwab: { accounts: this.schwab.ledger() } };
  }

  subscribe(listener: (event: MarketEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  startAutoplay({
    tickMs = 1000,
    tradeMs = 5000,
  }: { readonly tickMs?: number; readonly tradeMs?: number } = {}): () => void {
    return autoplay(this, { tickMs, tradeMs });
  }

  #carryOver(state: AccountState, conId: number, quantity: number): void {
    const line = state.holdings.get(conId);
    if (!line || quantity === 0) return void state.holdings.delete(conId);
    const holding = { ...line, realizedPnl: 0, paidToday: 0 };
    state.holdings.set(conId, holding);
    state.openings.set(conId, { holding, price: this.#prices.last(conId) });
  }

  #state(account: string): AccountState {
    const state = this.#states.get(account);
    if (!state) throw new RangeError(`there is no account ${account}`);
    return state;
  }

  #workingOrder(permId: string): OrderState {
    for (const { orders } of this.#states.values()) {
      const order = orders.get(permId);
      if (order?.status === 'working') return order;
    }
    throw new RangeError(`no open order has permId ${permId}`);
  }

  #value(account: string): ReturnType<typeof valueAccount> {
    const known = this.#valued.get(account) ?? valueAccount(this.#prices, this.#state(account));
    this.#valued.set(account, known);
    return known;
  }

  #tell(event: MarketEvent): void {
    if ('account' in event) this.#valued.delete(event.account);
    else this.#valued.clear();
    for (const listener of this.#listeners) listener(event);
  }
}
