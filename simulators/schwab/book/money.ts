import { cents } from '../../market/round.js';
import { bookTransfer, EMPTY_LINE } from './booking.js';
import type { SchwabInstrument } from './instruments.js';
import type { AccountState, TransactionKind, TransactionState } from './state.js';
import { valueLine } from './valuation.js';

/** Which row of the account's history a move becomes. */
export type Entry = Pick<TransactionState, 'activityId' | 'at'>;

/** Cash from or to a bank: no profit. */
export const moveCash = (state: AccountState, amount: number, entry: Entry): void => {
  const moved = cents(amount);
  const type: TransactionKind = moved > 0 ? 'ACH_RECEIPT' : 'ACH_DISBURSEMENT';
  state.cash = cents(state.cash + moved);
  state.transferredToday = cents(state.transferredToday + moved);
  state.transactions.push({
    ...entry,
    type,
    orderId: null,
    netAmount: moved,
    description: moved > 0 ? 'MONEYLINK TRANSFER IN' : 'MONEYLINK TRANSFER OUT',
    items: [{ kind: 'cash', amount: moved, cost: 0 }],
  });
};

/** A profit of today; the wire names the payer by its company only. */
export const payDividend = (
  state: AccountState,
  { amount, payer }: { readonly amount: number; readonly payer: SchwabInstrument },
  entry: Entry,
): void => {
  const paid = cents(amount);
  state.cash = cents(state.cash + paid);
  state.transactions.push({
    ...entry,
    type: 'DIVIDEND_OR_INTEREST',
    orderId: null,
    netAmount: paid,
    description: payer.description,
    items: [{ kind: 'cash', amount: paid, cost: 0 }],
  });
};

export interface Incoming {
  readonly instrument: SchwabInstrument;
  readonly quantity: number;
  readonly averagePrice: number | undefined;
  /** Last price. */
  readonly price: number;
}

/** Securities from another broker: no fill, no cash, no profit. */
export const receiveSecurities = (state: AccountState, incoming: Incoming, entry: Entry): void => {
  const { averagePrice, instrument, price, quantity } = incoming;
  const { symbol } = instrument;
  const before = state.lines.get(symbol) ?? EMPTY_LINE;
  if (quantity * before.quantity < 0 || quantity * before.previousQuantity < 0)
    throw new RangeError(`${symbol} cannot be transferred against a position of ${before.quantity}`);
  const after = bookTransfer(before, { quantity, averagePrice: averagePrice ?? price, price });
  state.lines.set(symbol, after);
  const came = cents(
    valueLine(instrument, after, price).marketValue - valueLine(instrument, before, price).marketValue,
  );
  state.transferredToday = cents(state.transferredToday + came);
  state.transactions.push({
    ...entry,
    type: 'RECEIVE_AND_DELIVER',
    orderId: null,
    netAmount: 0,
    description: `TRANSFER OF SECURITY ${instrument.description}`,
    items: [{ kind: 'security', instrument, amount: quantity, cost: 0, price, positionEffect: 'OPENING' }],
  });
};
