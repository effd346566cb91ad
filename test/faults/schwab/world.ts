import type { Market, SchwabLedgerAccount } from '../../../simulators/index.js';
import type { Row } from '../../support/differences.js';
import type { World } from '../oracle/world.js';

type ValuedLine = ReturnType<Market['schwab']['lines']>[number];
type LedgerPosition = SchwabLedgerAccount['positions'][number];
type LedgerOrder = SchwabLedgerAccount['orders'][number];
type LedgerExecution = SchwabLedgerAccount['executions'][number];

/** Amounts of several roundings to the cent. */
const A_CENT = 0.0101;
/** An average over fills, of which each has so many digits. */
const DUST = 1e-6;

/**
 * The accounts of a market that stand at Schwab. Orders that ended, and fills that happened, before `since` are old
 * news that nobody is told, ms since the epoch.
 */
export function schwabWorld(market: Pick<Market, 'schwab' | 'subscribe'>, since: number): World {
  const { schwab: book } = market;
  return {
    accounts: book.accounts,
    rowsOf: (account) => {
      const truth = book.ledger().find(({ accountNumber }) => accountNumber === account);
      const roundTrips = new Map(
        book.lines(account).map((line) => [line.instrument.symbol, roundTripOf(line)]),
      );
      return truth === undefined ? [] : rowsOf(truth, { since, roundTrips });
    },
    subscribe: (listener) => {
      const ends = [
        market.subscribe(() => listener(null)),
        book.subscribe((event) => {
          if (event.kind === 'new-day') return listener(null);
          listener(event.kind === 'money' ? event.accountNumber : event.order.accountNumber);
        }),
      ];
      return () => ends.forEach((end) => end());
    },
  };
}

/**
 * What came of buying and selling as much on one day, dollars. At Schwab it looks like a purchase of yesterday that is
 * subtracted twice, so that the day's result of a position may be told without it (normalize/day-pnl).
 */
function roundTripOf({ currentDayCost, previousQuantity, quantity }: ValuedLine): number {
  return previousQuantity === quantity ? Math.abs(currentDayCost) : 0;
}

interface Surroundings {
  readonly since: number;
  /** symbol → dollars */
  readonly roundTrips: ReadonlyMap<string, number>;
}

function rowsOf(truth: SchwabLedgerAccount, { roundTrips, since }: Surroundings): readonly Row[] {
  const { cash, dayPnl, executions, marginBalance, moneyMarket, netLiquidation, orders, positions } = truth;
  const isNews = (time: string | null): boolean => time === null || Date.parse(time) >= since;
  const totalCash = cents(cash + moneyMarket + marginBalance);
  return [
    {
      name: 'balances',
      figures: { netLiquidation, totalCash, moneyMarket, dayPnl },
      loose: { dayPnl: A_CENT },
    },
    { name: 'cash USD', figures: { cash: totalCash, exchangeRate: 1 } },
    ...positions.map((row) => positionRow(row, roundTrips.get(row.symbol) ?? 0)),
    ...orders.filter(({ closeTime }) => isNews(closeTime)).map(orderRow),
    ...executions.filter(({ time }) => isNews(time)).map(executionRow),
  ];
}

function positionRow(row: LedgerPosition, roundTrip: number): Row {
  const { averagePrice, dayPnl, marketPrice, marketValue, quantity, unrealizedPnl } = row;
  return {
    name: `position ${keyOf(row)}`,
    figures: { quantity, averagePrice, marketPrice, marketValue, unrealizedPnl, dayPnl, currency: 'USD' },
    // A price is told as the value by the quantity; what Schwab leaves out of a short line is told from its cost.
    loose: { marketPrice: A_CENT, unrealizedPnl: A_CENT, dayPnl: A_CENT + roundTrip },
    // Where Schwab's figure of the day cannot be trusted, none is told.
    unsure: ['dayPnl'],
  };
}

/** One thing has one key, whether Schwab calls it a stock or a fund that is traded like one. */
function keyOf({ assetType, symbol }: Pick<LedgerPosition, 'assetType' | 'symbol'>): string {
  const kind = assetType === 'COLLECTIVE_INVESTMENT' ? 'EQUITY' : assetType;
  return (assetType === 'OPTION' ? symbol : `${kind}-${symbol}`)
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]/g, '_');
}

const WORDS: Readonly<Record<LedgerOrder['status'], string>> = {
  AWAITING_PARENT_ORDER: 'accepted',
  PENDING_ACTIVATION: 'accepted',
  QUEUED: 'accepted',
  WORKING: 'working',
  PENDING_CANCEL: 'pending_cancel',
  REJECTED: 'rejected',
  CANCELED: 'canceled',
  REPLACED: 'replaced',
  FILLED: 'filled',
  EXPIRED: 'expired',
};

function orderRow({
  closeTime,
  filled,
  legs,
  orderId,
  price,
  quantity,
  status,
  stopPrice,
}: LedgerOrder): Row {
  const isOpen = closeTime === null;
  const [leg, ...others] = legs;
  return {
    name: `order ${orderId}`,
    figures: {
      status: isOpen && filled > 0 ? 'partially_filled' : WORDS[status],
      isOpen,
      quantity,
      filledQuantity: filled,
      remainingQuantity: isOpen ? Math.round((quantity - filled) * 10_000) / 10_000 : 0,
      limitPrice: price,
      stopPrice,
      ...(leg === undefined || others.length > 0
        ? {}
        : { side: sideOf(leg.instruction), averageFillPrice: leg.averageFillPrice }),
    },
    loose: { averageFillPrice: DUST },
  };
}

function executionRow(row: LedgerExecution): Row {
  const { activityId, fees, instruction, legId, orderId, price, quantity, time } = row;
  return {
    name: `execution ${activityId}-${legId}`,
    figures: {
      revision: 1,
      orderId,
      side: sideOf(instruction),
      quantity,
      price,
      commission: fees,
      executedAt: time,
    },
    // Fees come later, and only where it is certain whose they are.
    unsure: ['commission'],
  };
}

function sideOf(instruction: LedgerExecution['instruction']): string {
  if (instruction === 'BUY_TO_COVER') return 'buy_to_cover';
  if (instruction === 'SELL_SHORT') return 'sell_short';
  return instruction.startsWith('BUY') ? 'buy' : 'sell';
}

function cents(amount: number): number {
  return Math.round(amount * 100) / 100;
}
