import { cleanExact, cleanMoney } from '../../domain/clean-number.js';

const UNSET_INT = 2_147_483_647;
const WITH_THOUSANDS = /^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$/;

/**
 * A number in the text of a field; null when it is none (`isBad`), or when TWS says that there is none: empty,
 * or one of its "unset" values, all but one of which lie beyond what a quantity, a price or a balance can be
 * (1.7976931348623157E308, 9223372036854775807 and its negative, 2^127 − 1, Infinity). Ids that large have lost
 * digits as doubles, so they are no numbers either.
 */
export function wireNumber(text: string): number | null {
  if (text.trim() === '') return null;
  const value = toNumber(text);
  // Adding 0 takes the sign of a minus zero away.
  return Math.abs(value) < Number.MAX_SAFE_INTEGER && value !== UNSET_INT ? value + 0 : null;
}

/** Whether the text is neither a number nor one of TWS's ways to say that there is none. */
export function isBad(text: string): boolean {
  return Number.isNaN(toNumber(text));
}

/** Decimals may have thousands separators; a comma anywhere else would make another number of it. */
function toNumber(text: string): number {
  if (!text.includes(',')) return Number(text);
  return WITH_THOUSANDS.test(text) ? Number(text.replaceAll(',', '')) : Number.NaN;
}

/** Money in the text of a field. */
export function wireMoney(text: string): number | null {
  return cleanMoney(wireNumber(text));
}

/** A price or a quantity in the text of a field. */
export function wireExact(text: string): number | null {
  return cleanExact(wireNumber(text));
}
