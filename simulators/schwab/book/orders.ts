import { cents, round } from '../../market/round.js';
import { bookTrade, EMPTY_LINE, isBuy, positionEffectOf, quantityOf } from './booking.js';
import { feesOf, sumOfFees } from './fees.js';
import type { Ids } from './ids.js';
import { flatten } from './ledger.js';
import type { SchwabInstrument } from './instruments.js';
import type { AccountState, ActivityState, LegState, OrderState, OrderStatus } from './state.js';

const TERMINAL: ReadonlySet<OrderStatus> = new Set(['FILLED', 'CANCELED', 'REJECTED', 'EXPIRED', 'REPLACED']);

export const isOpen = ({ status }: OrderState): boolean => !TERMINAL.has(status);

/** Open and at the market: it can fill. */
export const isWorking = (order: OrderState): boolean =>
  isOpen(order) && order.status !== 'AWAITING_PARENT_ORDER' && order.legs.length > 0;

export interface Booking {
  readonly ids: Ids;
  readonly at: number;
  readonly price: (instrument: SchwabInstrument) => number;
}

/** Books one fill: lines, cash, transactions and order move together. */
export const fillOrder = (
  state: AccountState,
  what: { readonly order: OrderState; readonly quantity: number },
  booking: Booking,
): ActivityState => {
  const { order, quantity } = what;
  const legs = order.legs.map((leg) => fillLeg(state, { order, leg, quantity }, booking));
  order.filled = quantityOf(order.filled + quantity);
  const remaining = quantityOf(order.quantity - order.filled);
  const activity: ActivityState = {
    activityId: booking.ids.activity(),
    executionType: 'FILL',
    quantity,
    remaining,
    at: booking.at,
    // Schwab tells the legs of a spread in no fixed order; ours come last leg first.
    legs: legs.toReversed(),
  };
  // Nor are activities in a fixed order: newest first here.
  order.activities.unshift(activity);
  order.status = remaining === 0 ? 'FILLED' : 'WORKING';
  if (remaining === 0) order.closedAt = booking.at;
  return activity;
};

const fillLeg = (
  state: AccountState,
  { order, leg, quantity }: { readonly order: OrderState; readonly leg: LegState; readonly quantity: number },
  { ids, at, price: priceOf }: Booking,
): ActivityState['legs'][number] => {
  const { instrument, instruction, legId } = leg;
  const filled = quantityOf((quantity * leg.quantity) / order.quantity);
  const signed = isBuy(instruction) ? filled : -filled;
  const price = ownPrice(order) ?? priceOf(instrument);
  const fees = feesOf(instrument, signed, price);
  const paidFees = sumOfFees(fees);
  const { symbol, multiplier } = instrument;
  const line = state.lines.get(symbol) ?? EMPTY_LINE;
  state.lines.set(symbol, bookTrade(line, { signed, price, multiplier, fees: paidFees }));
  const cost = cents(-signed * price * multiplier);
  const netAmount = cents(cost - paidFees);
  state.cash = cents(state.cash + netAmount);
  state.transactions.push({
    activityId: ids.activity(),
    at,
    type: 'TRADE',
    orderId: order.orderId,
    netAmount,
    description: null,
    items: [
      ...fees.map((fee) => ({ kind: 'fee' as const, fee })),
      {
        kind: 'security',
        instrument,
        amount: signed,
        cost,
        price,
        positionEffect: positionEffectOf(instruction),
      },
    ],
  });
  return { legId, quantity: filled, price, fees: paidFees };
};

/** What a single order fills at; a spread has only a net price. */
const ownPrice = ({ orderType, price, stopPrice }: OrderState): number | null => {
  switch (orderType) {
    case 'LIMIT':
    case 'STOP_LIMIT':
      return price;
    case 'STOP':
      return stopPrice;
    case 'MARKET':
    case 'NET_DEBIT':
    case 'NET_CREDIT':
      return null;
  }
};

/** Ends what remains; an order that was at the market tells so by an activity of price 0. */
export const endOrder = (
  order: OrderState,
  status: 'CANCELED' | 'REPLACED' | 'EXPIRED',
  { ids, at }: Pick<Booking, 'ids' | 'at'>,
): ActivityState | null => {
  const wasWorking = isWorking(order);
  for (const child of order.children.flatMap(flatten)) {
    if (!isOpen(child)) continue;
    child.status = 'CANCELED';
    child.closedAt = at;
  }
  order.status = status;
  order.closedAt = at;
  if (!wasWorking || status === 'EXPIRED') return null;
  const quantity = quantityOf(order.quantity - order.filled);
  const activity: ActivityState = {
    activityId: ids.activity(),
    executionType: 'CANCELED',
    quantity,
    remaining: 0,
    at,
    legs: order.legs.map((leg) => ({
      legId: leg.legId,
      quantity: round((quantity * leg.quantity) / order.quantity, 4),
      price: 0,
      fees: 0,
    })),
  };
  order.activities.unshift(activity);
  return activity;
};

/** Children of a filled TRIGGER start to work. */
export const wakeChildren = (order: OrderState): readonly OrderState[] => {
  const woken = order.children.flatMap(flatten).filter(({ status }) => status === 'AWAITING_PARENT_ORDER');
  for (const child of woken) child.status = 'WORKING';
  return woken.filter(({ legs }) => legs.length > 0);
};
