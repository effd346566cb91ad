import { cents } from '../../market/round.js';
import { bookTrade, EMPTY_LINE } from './booking.js';
import type { SchwabInstrument } from './instruments.js';
import type { AccountState, TransactionState } from './state.js';

export interface Assigned {
  readonly option: SchwabInstrument;
  readonly underlying: SchwabInstrument;
  readonly strike: number;
  readonly putCall: 'PUT' | 'CALL';
}

/**
 * All contracts of a written option are assigned: they are gone, the shares moved at the strike, and no order says why.
 * What the account's history will show of it.
 */
export const assignAll = (
  state: AccountState,
  { option, putCall, strike, underlying }: Assigned,
  nextId: () => number,
): readonly Omit<TransactionState, 'at'>[] => {
  const written = state.lines.get(option.symbol) ?? EMPTY_LINE;
  const contracts = -written.quantity;
  const shares = (putCall === 'PUT' ? 1 : -1) * contracts * option.multiplier;
  const paid = cents(shares * strike);
  const ended = { signed: contracts, price: 0, multiplier: option.multiplier, fees: 0 };
  const moved = { signed: shares, price: strike, multiplier: 1, fees: 0 };
  state.lines.set(option.symbol, bookTrade(written, ended));
  state.lines.set(underlying.symbol, bookTrade(state.lines.get(underlying.symbol) ?? EMPTY_LINE, moved));
  state.cash = cents(state.cash - paid);
  return [
    {
      activityId: nextId(),
      type: 'RECEIVE_AND_DELIVER',
      orderId: null,
      netAmount: 0,
      description: `ASSIGNED ${option.description}`,
      items: [
        {
          kind: 'security',
          instrument: option,
          amount: contracts,
          cost: 0,
          price: 0,
          positionEffect: 'CLOSING',
        },
      ],
    },
    {
      activityId: nextId(),
      type: 'TRADE',
      orderId: null,
      netAmount: -paid,
      description: null,
      items: [
        {
          kind: 'security',
          instrument: underlying,
          amount: shares,
          cost: -paid,
          price: strike,
          positionEffect: 'OPENING',
        },
      ],
    },
  ];
};
