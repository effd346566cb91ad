import type { Instrument } from './instrument.js';
import { cents } from './round.js';

export type Side = 'BUY' | 'SELL';

/** One line of an account; kept with quantity 0 until the day ends, because its realised P&L still counts. */
export interface Holding {
  /** Signed, short < 0. */
  readonly quantity: number;
  /** Per unit, multiplier and commission included: IB's averageCost. Positive also when short. */
  readonly averageCost: number;
  /** Today's, in the instrument's currency. */
  readonly realizedPnl: number;
  /** Paid for today's fills, commissions included; received < 0. */
  readonly paidToday: number;
}

export interface Fill {
  readonly side: Side;
  readonly quantity: number;
  readonly price: number;
  readonly commission: number;
}

export interface CashMove {
  readonly currency: string;
  readonly amount: number;
}

export interface Booked {
  readonly holding: Holding;
  readonly cash: readonly CashMove[];
  /** null for a fill that only opens, as TWS leaves it unset. */
  readonly realizedPnl: number | null;
}

export const EMPTY_HOLDING: Holding = { quantity: 0, averageCost: 0, realizedPnl: 0, paidToday: 0 };

/** Same direction averages; a reduction keeps the average and realises; a flip starts anew. */
export const book = (instrument: Instrument, before: Holding, fill: Fill): Booked => {
  const signed = fill.side === 'BUY' ? fill.quantity : -fill.quantity;
  const unitValue = fill.price * instrument.multiplier;
  const closes = before.quantity * signed < 0 ? Math.min(Math.abs(before.quantity), fill.quantity) : 0;
  const opens = fill.quantity - closes;
  const commissionPerUnit = fill.commission / fill.quantity;
  const realizedPnl =
    closes === 0
      ? null
      : cents(
          closes * (unitValue - before.averageCost) * Math.sign(before.quantity) - closes * commissionPerUnit,
        );
  const kept = closes === 0 ? Math.abs(before.quantity) : 0;
  const openedUnitCost = unitValue + Math.sign(signed) * commissionPerUnit;
  const quantity = before.quantity + signed;
  const averageCost =
    opens > 0 ? (kept * before.averageCost + opens * openedUnitCost) / (kept + opens) : before.averageCost;
  const paid = cents(signed * unitValue + fill.commission);
  return {
    holding: {
      quantity,
      averageCost: quantity === 0 ? 0 : averageCost,
      realizedPnl: cents(before.realizedPnl + (realizedPnl ?? 0)),
      paidToday: cents(before.paidToday + paid),
    },
    cash: cashMoves(instrument, { signed, paid, realizedPnl }),
    realizedPnl,
  };
};

const cashMoves = (
  instrument: Instrument,
  {
    signed,
    paid,
    realizedPnl,
  }: { readonly signed: number; readonly paid: number; readonly realizedPnl: number | null },
): readonly CashMove[] => {
  const { secType, currency, symbol } = instrument;
  // Nothing is paid for a future: its running P&L is added to the cash when that is valued, here only the realised part lands.
  if (secType === 'FUT') return [{ currency, amount: realizedPnl ?? 0 }];
  if (secType === 'CASH')
    return [
      { currency: symbol, amount: signed },
      { currency, amount: -paid },
    ];
  return [{ currency, amount: -paid }];
};

/** Today's fills of one line again from the start of the day: how a correction is booked. */
export const replay = (
  instrument: Instrument,
  opening: Holding,
  fills: readonly Fill[],
): Booked & { readonly each: readonly (number | null)[] } => {
  let holding = opening;
  const cash: CashMove[] = [];
  const each: (number | null)[] = [];
  for (const fill of fills) {
    const booked = book(instrument, holding, fill);
    holding = booked.holding;
    cash.push(...booked.cash);
    each.push(booked.realizedPnl);
  }
  return { holding, cash, realizedPnl: each.at(-1) ?? null, each };
};

// Close to IBKR's fixed schedule, in whole cents so that cash stays exact.
export const commissionOf = (instrument: Instrument, quantity: number): number => {
  switch (instrument.secType) {
    case 'STK':
      return cents(Math.max(1, quantity * 0.005));
    case 'OPT':
      return cents(Math.max(1, quantity * 0.65));
    case 'FUT':
      return cents(quantity * 2.25);
    case 'CASH':
      return 2;
  }
};
