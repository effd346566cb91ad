import { cleanExact, cleanMoney } from '../../domain/clean-number.js';

/** What TWS writes for "no value": unset double, int, long and 128-bit decimal (message samples; EClient.java). */
const UNSET: ReadonlySet<string> = new Set([
  '',
  '1.7976931348623157E308',
  '1.7976931348623157e+308',
  '2147483647',
  '9223372036854775807',
  '-9223372036854775808',
  '170141183460469231731687303715884105727',
  'Infinity',
  '-Infinity',
]);

/** A number in the text of a field; null when TWS says there is none, or when it is no number (`isBad`). */
export function wireNumber(text: string): number | null {
  if (UNSET.has(text)) return null;
  const value = Number(text.includes(',') ? text.replaceAll(',', '') : text);
  // No quantity, price or balance is that large; ids beyond it have lost digits.
  return Number.isNaN(value) || Math.abs(value) >= Number.MAX_SAFE_INTEGER ? null : value;
}

/** Whether the text is neither a number nor one of TWS's ways to say that there is none. */
export function isBad(text: string): boolean {
  return !UNSET.has(text) && Number.isNaN(Number(text.replaceAll(',', '')));
}

/** Money in the text of a field. */
export function wireMoney(text: string): number | null {
  return cleanMoney(wireNumber(text));
}

/** A price or a quantity in the text of a field. */
export function wireExact(text: string): number | null {
  return cleanExact(wireNumber(text));
}
