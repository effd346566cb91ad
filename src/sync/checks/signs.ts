import type { Position } from '../../domain/position.js';
import type { AccountState } from '../state.js';
import type { Observation } from './suspicions.js';

/** Positions whose value has another sign than their quantity: long is worth more than nothing, short is owed. */
export function signMismatches({ positions }: AccountState): readonly Observation[] {
  return [...(positions?.value.values() ?? [])].flatMap(({ value }) => mismatch(value) ?? []);
}

function mismatch({ instrument, key, marketPrice, marketValue, quantity }: Position): Observation | null {
  if (marketValue === null || marketValue === 0) return null;
  // Oil was worth less than nothing in April 2020: then the value of what is long is, too.
  if (marketPrice !== null && marketPrice < 0) return null;
  if (Math.sign(marketValue) === Math.sign(quantity)) return null;
  const message = `The broker sent ${quantity} ${instrument.symbol} with a market value of ${marketValue}: one of the signs is wrong, so do not rely on this position before you have seen it at the broker.`;
  return { about: key, issue: { code: 'SIGN_MISMATCH', severity: 'warning', message } };
}
