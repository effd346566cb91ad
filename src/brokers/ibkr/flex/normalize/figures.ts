import type { Balances } from '../../../../domain/balances.js';
import type { Execution } from '../../../../domain/execution.js';
import type { Issue, IssueCode } from '../../../../domain/issue.js';
import type { Position } from '../../../../domain/position.js';
import { badNumbers } from '../../telling.js';
import { closeOf, flexDate } from '../dates.js';
import type { EquityRow } from '../rows.js';
import type { FlexStatement } from '../statement.js';
import { balancesOf, baseCurrencyOf, lastEquity } from './balances.js';
import { exchangeRates } from './exchange-rates.js';
import { readExecutions } from './executions.js';
import { readPositions } from './positions.js';

/** One kind of figures, at the close of a day (ms since the epoch), or why there are none to rely on. */
export type Part<T> =
  | {
      readonly kind: 'known';
      readonly value: T;
      readonly asOf: number | null;
      readonly issues: readonly Issue[];
    }
  | { readonly kind: 'unusable'; readonly issue: Issue };

/** What one account's statement comes to. */
export interface FlexFigures {
  /** Lower case, as TWS tells it; null when the query has no such field. */
  readonly type: string | null;
  readonly currency: string | null;
  /** The day of the figures, `20261124`. */
  readonly reportDate: string | null;
  readonly balances: Part<Balances>;
  readonly positions: Part<readonly Position[]>;
  /** null = the query has no fills, which is said with the balances. */
  readonly executions: Extract<Part<readonly Execution[]>, { readonly kind: 'known' }> | null;
}

const EDIT = 'In Client Portal → Performance & Reports → Flex Queries, edit the query:';
/** Where nothing is held, net liquidation is cash and what is accrued, to the cent. */
const NOTHING = 1;

/** Pure and total: whatever is in a statement, it gives figures or says why there are none. */
export function figuresOf(statement: FlexStatement): FlexFigures {
  const equity = lastEquity(statement);
  const rates = exchangeRates(statement);
  const reportDate = reportDateOf(statement, equity);
  const fills = readExecutions(statement);
  const issues = dateIssues(reportDate);
  const context = { equity, rates, reportDate, issues };
  const noFills = fills.kind === 'missing' ? [fillsMissing(fills.tick)] : [];
  return {
    type: statement.information?.customerType?.toLowerCase() ?? null,
    currency: baseCurrencyOf(statement),
    reportDate,
    balances: balancesPart(statement, { ...context, issues: [...issues, ...noFills] }),
    positions: positionsPart(statement, context),
    executions:
      fills.kind === 'missing'
        ? null
        : { kind: 'known', value: fills.executions, asOf: closeOf(reportDate), issues },
  };
}

interface Context {
  readonly equity: EquityRow | null;
  readonly rates: ReadonlyMap<string, number>;
  readonly reportDate: string | null;
  /** What is to be said of all figures of the statement. */
  readonly issues: readonly Issue[];
}

function balancesPart(
  statement: FlexStatement,
  { equity, issues, rates, reportDate }: Context,
): Part<Balances> {
  if (statement.equity === null)
    return unusable(
      `The Flex query has no net liquidation. ${EDIT} tick the section Net Asset Value (NAV) in Base, all fields.`,
    );
  if (equity === null || equity.total === null)
    return unusable(
      `IBKR sent a Flex statement without the total of the net asset value; the last balances are kept. ${EDIT} in Net Asset Value (NAV) in Base tick Total.`,
    );
  const bad = [
    ...(statement.equity.findLast(({ row }) => row === equity)?.bad ?? []),
    ...(statement.cash ?? []).flatMap((row) => row.bad),
  ];
  return {
    kind: 'known',
    value: balancesOf(statement, equity, rates),
    asOf: closeOf(reportDate),
    issues: [...issues, ...badFields(bad)],
  };
}

function positionsPart(statement: FlexStatement, context: Context): Part<readonly Position[]> {
  const { equity, issues, rates, reportDate } = context;
  const reading = readPositions(statement, { netLiquidation: equity?.total ?? null, rates });
  if (reading.kind === 'unusable') return unusable(reading.why);
  if (reading.positions.length === 0) {
    const doubt = doubtOfEmpty(equity);
    if (doubt !== null) return unusable(doubt, 'SUSPECT_EMPTY');
  }
  const date = flexDate(statement.positions?.at(0)?.row.reportDate ?? null) ?? reportDate;
  return {
    kind: 'known',
    value: reading.positions,
    asOf: closeOf(date),
    issues: [...issues, ...badFields(reading.bad)],
  };
}

/** Why an account is not taken for one that holds nothing; null = it does hold nothing. */
function doubtOfEmpty(equity: EquityRow | null): string | null {
  if (equity === null || equity.total === null || equity.cash === null)
    return 'IBKR sent no position and not what all is worth; the last positions are kept.';
  // Each for itself: what is long and what is short may cancel out.
  const held = [equity.stock, equity.options, equity.bonds, equity.funds].map((value) =>
    Math.abs(value ?? 0),
  );
  const rest = equity.total - equity.cash - (equity.interestAccruals ?? 0) - (equity.dividendAccruals ?? 0);
  const worth = Math.max(Math.abs(rest), ...held);
  if (worth <= NOTHING) return null;
  return `IBKR sent no position, yet values what is held at ${worth.toFixed(2)}; the last positions are kept.`;
}

function reportDateOf(statement: FlexStatement, equity: EquityRow | null): string | null {
  const dates = [equity?.reportDate, statement.positions?.at(0)?.row.reportDate, statement.toDate];
  return dates.map((date) => flexDate(date ?? null)).find((date) => date !== null) ?? null;
}

function dateIssues(reportDate: string | null): readonly Issue[] {
  if (reportDate !== null) return [];
  return [
    warning(
      'BAD_RESPONSE',
      `The Flex statement does not say of which day it is. ${EDIT} set the date format to yyyyMMdd, and tick Report Date.`,
    ),
  ];
}

function fillsMissing(tick: string): Issue {
  const message = `The Flex statement has no fills that can be told. ${EDIT} tick ${tick}.`;
  return { code: 'FILL_MISSING', severity: 'info', message };
}

function badFields(bad: readonly string[]): readonly Issue[] {
  return bad.length === 0 ? [] : [badNumbers(new Set(bad))];
}

function unusable(message: string, code: IssueCode = 'BAD_RESPONSE') {
  return { kind: 'unusable', issue: { code, severity: 'error', message } } as const;
}

function warning(code: IssueCode, message: string): Issue {
  return { code, severity: 'warning', message };
}
