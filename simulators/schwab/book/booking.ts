import { cents, round } from '../../market/round.js';
import type { Instruction, LineState } from './state.js';

export const EMPTY_LINE: LineState = {
  quantity: 0,
  averagePrice: 0,
  sidePrice: 0,
  paidToday: 0,
  keptCost: 0,
  previousQuantity: 0,
  previousClose: 0,
};

export interface Trade {
  /** Bought > 0, sold < 0. */
  readonly signed: number;
  readonly price: number;
  readonly multiplier: number;
  readonly fees: number;
}

/** Quantities have at most 4 decimals; without rounding 0.1 + 0.2 would never be closed by 0.3. */
export const quantityOf = (value: number): number => round(value, 4);

/** Same direction averages; a reduction keeps the average; a flip starts anew. */
export const bookTrade = (before: LineState, trade: Trade): LineState => {
  const { signed, price, multiplier, fees } = trade;
  const closes = before.quantity * signed < 0 ? Math.min(Math.abs(before.quantity), Math.abs(signed)) : 0;
  const opens = quantityOf(Math.abs(signed) - closes);
  const kept = closes === 0 ? Math.abs(before.quantity) : 0;
  const feePerShare = fees / (Math.abs(signed) * multiplier);
  const quantity = quantityOf(before.quantity + signed);
  const mean = (had: number, comes: number): number =>
    round((kept * had + opens * comes) / (kept + opens), 10);
  return {
    ...before,
    quantity,
    averagePrice:
      quantity === 0
        ? 0
        : opens > 0
          ? mean(before.averagePrice, price + Math.sign(signed) * feePerShare)
          : before.averagePrice,
    sidePrice: quantity === 0 ? 0 : opens > 0 ? mean(before.sidePrice, price) : before.sidePrice,
    paidToday: cents(before.paidToday + signedValue(trade)),
    // A fill of the new session ends the confusion about the old one.
    keptCost: 0,
  };
};

/** Paid > 0, received < 0, without fees. */
export const signedValue = ({ signed, price, multiplier }: Omit<Trade, 'fees'>): number =>
  cents(signed * price * multiplier);

/** Comes in or goes out without a trade: as if it had been there since the last close. */
export const bookTransfer = (
  before: LineState,
  {
    quantity,
    averagePrice,
    price,
  }: { readonly quantity: number; readonly averagePrice: number; readonly price: number },
): LineState => {
  const had = before.previousQuantity;
  const previousQuantity = quantityOf(had + quantity);
  const weighted = (old: number, comes: number, of: number): number =>
    of + quantity === 0 ? comes : round((old * of + comes * quantity) / (of + quantity), 10);
  return {
    ...before,
    quantity: quantityOf(before.quantity + quantity),
    averagePrice: weighted(before.averagePrice, averagePrice, before.quantity),
    sidePrice: weighted(before.sidePrice, averagePrice, before.quantity),
    previousQuantity,
    previousClose: weighted(before.previousClose, price, had),
  };
};

/** The line after the session has rolled; the quirk leaves today's cost where it is. */
export const rollLine = (line: LineState, close: number, keepsDayCost: boolean): LineState => ({
  ...line,
  previousQuantity: line.quantity,
  previousClose: close,
  keptCost: keepsDayCost ? cents(line.keptCost + line.paidToday) : 0,
  paidToday: 0,
});

export const isBuy = (instruction: Instruction): boolean => instruction.startsWith('BUY');

export const positionEffectOf = (instruction: Instruction): 'OPENING' | 'CLOSING' => {
  switch (instruction) {
    case 'BUY':
    case 'SELL_SHORT':
    case 'BUY_TO_OPEN':
    case 'SELL_TO_OPEN':
      return 'OPENING';
    case 'SELL':
    case 'BUY_TO_COVER':
    case 'BUY_TO_CLOSE':
    case 'SELL_TO_CLOSE':
      return 'CLOSING';
  }
};
