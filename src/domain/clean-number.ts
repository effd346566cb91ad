/** Digits that keep every cent up to 1e10 and drop the noise of binary fractions. */
const MONEY_DIGITS = 12;
/** Quantities and prices: crypto has eight decimals, so only the last, noisy digits go. */
const EXACT_DIGITS = 15;
const LARGE_MONEY = 1e10;

/**
 * A number from outside as a number of ours, or null when it is none: `NaN`, infinities and the brokers'
 * "unset" doubles are null, −0 is 0, and the noise behind `digits` significant digits is dropped.
 */
export function cleanNumber(value: unknown, digits = MONEY_DIGITS): number | null {
  if (typeof value !== 'number' || !Number.isFinite(value) || Math.abs(value) >= Number.MAX_VALUE)
    return null;
  if (isShortDecimal(value, digits)) return value === 0 ? 0 : value;
  const cleaned = Number(value.toPrecision(digits));
  if (!Number.isFinite(cleaned)) return null;
  return cleaned === 0 ? 0 : cleaned;
}

/**
 * Whether the value is the double nearest to a decimal of at most four places and `digits` digits, as nearly
 * all money is: printing and reading it again would give the same double, and costs ten times as much.
 */
function isShortDecimal(value: number, digits: number): boolean {
  const scaled = Math.round(value * 10_000);
  return scaled / 10_000 === value && Math.abs(scaled) < 10 ** digits;
}

/**
 * Money: twelve significant digits, and cents above 1e10 (yen, won) where twelve would cut them:
 * there integer digits + 2, at most 15.
 */
export function cleanMoney(value: unknown): number | null {
  if (typeof value !== 'number' || !Number.isFinite(value)) return null;
  const size = Math.abs(value);
  if (size < LARGE_MONEY) return cleanNumber(value);
  return cleanNumber(value, Math.min(EXACT_DIGITS, Math.floor(Math.log10(size)) + 3));
}

/**
 * A sum of money, without the noise that comes of adding: 45,000.10 − 44,996.64 leaves 3.46000000000095, whose noise
 * is small beside the summands, not beside the sum. null when it is beyond all numbers.
 */
export function cleanSum(values: readonly number[]): number | null {
  const total = values.reduce((sum, value) => sum + value, 0);
  const largest = Math.max(Math.abs(total), ...values.map(Math.abs));
  if (!Number.isFinite(largest) || largest === 0) return cleanMoney(total);
  const integerDigits = Math.max(1, Math.floor(Math.log10(largest)) + 1);
  const decimals = Math.max(2, MONEY_DIGITS - integerDigits);
  return cleanMoney(largest >= 1e21 ? total : Number(total.toFixed(decimals)));
}

/** Quantities and prices keep fifteen significant digits. */
export function cleanExact(value: unknown): number | null {
  return cleanNumber(value, EXACT_DIGITS);
}
