import type { AccountInformation, CashRow, EquityRow, PositionRow, Row, TradeRow } from './rows.js';

/** One account's statement. null = the query has no such section, which is not an empty one. */
export interface FlexStatement {
  /** The full account number; it goes no further than this folder. */
  readonly accountId: string;
  /** The last day of the statement, `20261124`; null when it cannot be read. */
  readonly toDate: string | null;
  readonly information: AccountInformation | null;
  readonly equity: readonly Row<EquityRow>[] | null;
  readonly cash: readonly Row<CashRow>[] | null;
  readonly positions: readonly Row<PositionRow>[] | null;
  readonly trades: readonly Row<TradeRow>[] | null;
}

/** One statement for each account: a query that breaks out by day makes several, of which the last day counts. */
export function latestOfEach(statements: readonly FlexStatement[]): ReadonlyMap<string, FlexStatement> {
  const latest = new Map<string, FlexStatement>();
  for (const statement of statements) {
    const known = latest.get(statement.accountId);
    latest.set(statement.accountId, known === undefined ? statement : together(known, statement));
  }
  return latest;
}

/** The later of the two, with the trades of both. */
function together(a: FlexStatement, b: FlexStatement): FlexStatement {
  const later = (a.toDate ?? '') > (b.toDate ?? '') ? a : b;
  const trades = a.trades === null && b.trades === null ? null : [...(a.trades ?? []), ...(b.trades ?? [])];
  return { ...later, trades };
}
