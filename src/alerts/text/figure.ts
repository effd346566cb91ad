const LOCALE = 'en-US';

/** currency → format; making one takes a thousand times as long as using it */
const formats = new Map<string, Intl.NumberFormat>();
const PLAIN = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 8, maximumSignificantDigits: 12 });
const PERCENT = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 2 });

/** A figure with its unit, as people read it: `4.2 %`, `USD 1,200.00`; `unknown` for null. `unit` is one of a metric's. */
export function figureText(value: number | null, unit: string, currency: string | null): string {
  if (value === null || !Number.isFinite(value)) return 'unknown';
  switch (unit) {
    case 'fraction':
      return `${PERCENT.format(value * 100)} %`;
    case 'percent':
      return `${PERCENT.format(value)} %`;
    case 'money':
      return money(value, currency);
    case 'price':
      return currency === null ? PLAIN.format(value) : `${PLAIN.format(value)} ${currency}`;
    case 'flag':
      return value === 0 ? 'no' : 'yes';
    case 'seconds':
      return duration(value);
    case 'hours':
      return value < 2 ? duration(value * 3600) : `${PERCENT.format(value)} hours`;
    case 'days':
      return value === 1 ? '1 day' : `${PLAIN.format(value)} days`;
    case 'ratio':
      return `${PERCENT.format(value)} x`;
    default:
      return PLAIN.format(value);
  }
}

/** Seconds in the largest unit that says them well: `90 s`, `5 minutes`. */
export function duration(seconds: number): string {
  const steps = [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ] as const;
  const step = steps.find(([, size]) => seconds >= size && (seconds % size === 0 || seconds >= 2 * size));
  if (step === undefined) return `${PERCENT.format(Math.floor(seconds))} s`;
  const [word, size] = step;
  const count = Math.floor(seconds / size);
  return `${PLAIN.format(count)} ${word}${count === 1 ? '' : 's'}`;
}

function money(value: number, currency: string | null): string {
  // Whatever is no code of ISO 4217 throws.
  if (currency === null || !/^[A-Z]{3}$/.test(currency)) return PERCENT.format(value);
  const known = formats.get(currency);
  const format =
    known ?? new Intl.NumberFormat(LOCALE, { style: 'currency', currency, currencyDisplay: 'code' });
  if (known === undefined && formats.size < 200) formats.set(currency, format);
  return format.format(value).replaceAll(/\u00a0/gu, ' ');
}
