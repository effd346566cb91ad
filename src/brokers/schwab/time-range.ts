/** From and to, both included, ms since the epoch. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

export const DAY_MS = 24 * 60 * 60 * 1000;
/** No list reaches further back than a year, and the orders of all accounts not further than 60 days. */
export const LONGEST_RANGE_MS = 364 * DAY_MS;
export const LONGEST_ORDERS_RANGE_MS = 59 * DAY_MS;
/** A range is not split below this: so many rows in a second are no list to be trusted. */
const SHORTEST_RANGE_MS = 1_000;

/** A time as Schwab takes it in a question: milliseconds and a literal Z; `+0000` is refused with 400. */
export function windowTime(at: number): string {
  return new Date(at).toISOString();
}

/** Both halves of a range, null when it is too short to be split. */
export function halves({ from, to }: TimeRange): readonly [TimeRange, TimeRange] | null {
  if (to - from < 2 * SHORTEST_RANGE_MS) return null;
  const middle = Math.floor((from + to) / 2);
  return [
    { from, to: middle },
    { from: middle + 1, to },
  ];
}

export interface Rows {
  readonly rows: readonly unknown[];
  /** Whether a part was cut and could not be split any further. */
  readonly truncated: boolean;
}

/** All rows of a range: a list as long as Schwab makes them may have been cut, so its halves are asked for. */
export async function allRows(
  range: TimeRange,
  mostRows: number,
  fetchRows: (range: TimeRange) => Promise<readonly unknown[]>,
): Promise<Rows> {
  const rows = await fetchRows(range);
  if (rows.length < mostRows) return { rows, truncated: false };
  const parts = halves(range);
  if (parts === null) return { rows, truncated: true };
  const [earlier, later] = parts;
  const first = await allRows(earlier, mostRows, fetchRows);
  const second = await allRows(later, mostRows, fetchRows);
  return { rows: [...first.rows, ...second.rows], truncated: first.truncated || second.truncated };
}
