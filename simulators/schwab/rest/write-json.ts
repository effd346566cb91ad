/** Numbers that are whole in every answer: ids and counts. */
const WHOLE: ReadonlySet<string> = new Set([
  'orderId',
  'accountNumber',
  'legId',
  'activityId',
  'instrumentId',
  'positionId',
  'roundTrips',
  'ssid',
  'quoteTime',
  'tradeTime',
]);

/**
 * JSON as Schwab writes it: some answers have 1 where others have 1.0, and the order of keys varies.
 * The same style gives the same text.
 */
export const writeJson = (value: unknown, style: number): string =>
  write(value, '', { decimals: style % 2 === 1, turned: style % 4 >= 2 });

const write = (
  value: unknown,
  key: string,
  style: { readonly decimals: boolean; readonly turned: boolean },
): string => {
  if (typeof value === 'number')
    return style.decimals && Number.isSafeInteger(value) && !WHOLE.has(key)
      ? `${value}.0`
      : JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => write(item, key, style)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(
    ([name, inner]) => `${JSON.stringify(name)}:${write(inner, name, style)}`,
  );
  return `{${(style.turned ? entries.toReversed() : entries).join(',')}}`;
};
