import type { Kind } from '../../../src/domain/update.js';
import { rowsTold, type Row, type Told } from '../../support/differences.js';
import type { Truth } from './truth.js';

export interface LiveQuestion {
  /** Account number. */
  readonly account: string;
  readonly told: Told;
  /** What of it is presented as live. */
  readonly live: ReadonlySet<Kind>;
  /** A figure must have been true at some moment since then, on the truth's clock. */
  readonly since: number;
}

/** Figures presented as live that were not true since then, one line each. A figure that is unknown is not wrong. */
export function wrongLiveFigures(
  truth: Truth,
  { account, live, since, told }: LiveQuestion,
): readonly string[] {
  const isLive = ({ name }: Row): boolean => live.has(kindOf(name));
  const rows = rowsTold(told).filter(isLive);
  const names = new Set(rows.map(({ name }) => name));
  const absent = truth
    .thereSince(account, since)
    .filter((name) => live.has(kindOf(name)) && name.startsWith('position ') && !names.has(name))
    .map((name) => `${name} is missing from live positions`);
  return [...absent, ...rows.flatMap((row) => wrongFigures(truth, { account, row, since }))];
}

function wrongFigures(
  truth: Truth,
  { account, row, since }: { readonly account: string; readonly row: Row; readonly since: number },
): readonly string[] {
  // Currencies that the ledger does not name are zero rows.
  if (!truth.wasThere(account, row.name, since))
    return row.name.startsWith('cash ') ? [] : [`${row.name} is told as live and is not there`];
  return Object.entries(row.figures)
    .filter(
      ([figure, value]) =>
        value !== null && !truth.hadValue({ account, row: row.name, figure }, value, since),
    )
    .map(([figure, value]) => `${row.name}: ${figure} was told as live as ${String(value)}`);
}

function kindOf(row: string): Kind {
  if (row.startsWith('position ')) return 'positions';
  if (row.startsWith('order ')) return 'orders';
  return row.startsWith('execution ') ? 'executions' : 'balances';
}
