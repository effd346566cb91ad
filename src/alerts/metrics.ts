import type { Balances } from '../domain/balances.js';
import {
  dataAgeSeconds,
  dayChangePercent,
  dayOrderAfterClose,
  dayPnlPercent,
  daysToExpiry,
  drawdownPercent,
  inTheMoney,
  percentOf,
  positionPercent,
  secondsSince,
  shortInTheMoney,
  unrealizedPercent,
} from './figures.js';
import type { NumberMetric } from './metric-names.js';
import type { Subject } from './views.js';

export type Unit =
  'fraction' | 'ratio' | 'money' | 'percent' | 'count' | 'flag' | 'seconds' | 'hours' | 'days' | 'price';

export type Kind = 'balances' | 'positions' | 'orders';

type SubjectOf<Of extends Subject['of']> = Extract<Subject, { readonly of: Of }>;

interface Reads<Of extends Subject['of']> {
  readonly of: Of;
  readonly unit: Unit;
  /** For people: `margin cushion`. */
  readonly words: string;
  /** Kinds that must be live for the value to be known; none = it is known whatever they are. */
  readonly needs: readonly Kind[];
  /** Whether it moves without a sample of its subject: with the clock (`tick`), or with the figures of others (`minute`). */
  readonly moves: 'sample' | 'minute' | 'tick';
  /** null = not known; `at` in ms since the epoch. */
  readonly read: (subject: SubjectOf<Of>, at: number) => number | null;
}

export type Metric = Reads<'account'> | Reads<'position'> | Reads<'order'> | Reads<'connection'>;

function balance(words: string, unit: Unit, read: (balances: Balances) => number | null): Reads<'account'> {
  return {
    of: 'account',
    unit,
    words,
    needs: ['balances'],
    moves: 'sample',
    read: ({ view: { balances } }) => (balances === null ? null : read(balances)),
  };
}

function position(words: string, unit: Unit, read: Reads<'position'>['read']): Reads<'position'> {
  return { of: 'position', unit, words, needs: ['positions'], moves: 'sample', read };
}

function order(words: string, unit: Unit, read: Reads<'order'>['read']): Reads<'order'> {
  return { of: 'order', unit, words, needs: ['orders'], moves: 'tick', read };
}

function account(words: string, read: Reads<'account'>['read']): Reads<'account'> {
  return { of: 'account', unit: 'seconds', words, needs: [], moves: 'tick', read };
}

function connection(words: string, unit: Unit, read: Reads<'connection'>['read']): Reads<'connection'> {
  return { of: 'connection', unit, words, needs: [], moves: 'tick', read };
}

const flag = (is: boolean | null | undefined): number | null =>
  is === null || is === undefined ? null : Number(is);

/** metric → what it is of, its unit, and how it is read */
export const METRICS: Readonly<Record<NumberMetric, Metric>> = {
  cushion: balance('margin cushion', 'fraction', ({ cushion }) => cushion),
  leverage: balance('leverage', 'ratio', ({ leverage }) => leverage),
  netLiquidation: balance('net liquidation', 'money', ({ netLiquidation }) => netLiquidation),
  totalCash: balance('cash', 'money', ({ totalCash }) => totalCash),
  excessLiquidity: balance('excess liquidity', 'money', ({ excessLiquidity }) => excessLiquidity),
  lookAheadExcessLiquidity: balance(
    'excess liquidity at the next margin change',
    'money',
    ({ lookAhead }) => lookAhead?.excessLiquidity ?? null,
  ),
  buyingPower: balance('buying power', 'money', ({ buyingPower }) => buyingPower),
  dayPnl: balance("day's result", 'money', ({ dayPnl }) => dayPnl),
  dayPnlPercent: balance("day's result", 'percent', dayPnlPercent),
  drawdownPercent: {
    of: 'account',
    unit: 'percent',
    words: 'drawdown from the peak',
    needs: ['balances'],
    moves: 'sample',
    read: ({ view }) => drawdownPercent(view),
  },
  cashPercent: balance('cash share', 'percent', ({ netLiquidation, totalCash }) =>
    percentOf(totalCash, netLiquidation),
  ),
  isMarginCall: balance('margin call', 'flag', ({ isMarginCall }) => flag(isMarginCall)),
  dayTradesRemaining: balance('day trades left', 'count', ({ dayTradesRemaining }) => dayTradesRemaining),
  dataAgeSeconds: account('age of the figures', ({ view }, at) => dataAgeSeconds(view, at)),
  reconcileMismatchSeconds: account('time for which figures have not fitted together', ({ view }, at) =>
    view.mismatchSince === null ? 0 : secondsSince(view.mismatchSince, at),
  ),
  positionPercent: {
    ...position('share of net liquidation', 'percent', ({ position: own, view }) =>
      positionPercent(own, view.balances),
    ),
    needs: ['positions', 'balances'],
    moves: 'minute',
  },
  unrealizedPercent: position('unrealized result', 'percent', ({ position: own }) => unrealizedPercent(own)),
  dayChangePercent: position("day's move", 'percent', ({ position: own }) => dayChangePercent(own)),
  marketPrice: position('price', 'price', ({ position: own }) => own.marketPrice),
  quantity: position('quantity', 'count', ({ position: own }) => own.quantity),
  daysToExpiry: {
    ...position('days to expiry', 'days', ({ position: own }, at) => daysToExpiry(own, at)),
    moves: 'minute',
  },
  inTheMoney: {
    ...position('in the money', 'flag', ({ position: own, view }) => inTheMoney(own, view.prices)),
    moves: 'minute',
  },
  shortInTheMoney: {
    ...position('short option in the money near its end', 'flag', ({ position: own, view }, at) =>
      shortInTheMoney(own, view.prices, at),
    ),
    moves: 'minute',
  },
  orderAgeSeconds: order('age of the order', 'seconds', ({ order: { order: own } }, at) =>
    secondsSince(own.createdAt, at),
  ),
  orderPendingSeconds: order('time for which the order has been pending', 'seconds', ({ order: own }, at) =>
    ['pending', 'pending_cancel'].includes(own.order.status) ? secondsSince(own.statusSince, at) : 0,
  ),
  orderPartialSeconds: order(
    'time for which the order has been partly filled',
    'seconds',
    ({ order: own }, at) => (own.order.status === 'partially_filled' ? secondsSince(own.statusSince, at) : 0),
  ),
  dayOrderAfterClose: order('day order open after the close', 'flag', ({ order: own }, at) =>
    dayOrderAfterClose(own.order, at),
  ),
  connectionDownSeconds: connection(
    'time without connection',
    'seconds',
    ({ connection: { downSince } }, at) => (downSince === null ? 0 : secondsSince(downSince, at)),
  ),
  loginHoursLeft: connection('time until the login ends', 'hours', ({ connection: { status } }, at) => {
    if (status?.state === 'login-required') return 0;
    const ends = status?.loginExpiresAt ?? null;
    return ends === null ? null : Math.max(0, (ends - at) / 3_600_000);
  }),
  apiErrorPercent: connection(
    'share of failed requests',
    'percent',
    ({ connection: { status } }) => status?.apiErrorPercent ?? null,
  ),
  rateLimited: connection('rate limited', 'flag', ({ connection: { status } }) =>
    flag(status?.issues.some(({ code }) => code === 'RATE_LIMITED')),
  ),
};
