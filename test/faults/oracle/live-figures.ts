import type { Kind } from '../../../src/domain/update.js';
import { rowsTold, type Row, type Told } from '../../support/differences.js';
import type { Place, Truth } from './truth.js';

export interface LiveQuestion {
  /** Account number. */
  readonly account: string;
  readonly told: Told;
  /** What of it is presented as live. */
  readonly live: ReadonlySet<Kind>;
  /** A figure must have been true at some moment since then, on the truth's clock. */
  readonly since: number;
}

export interface WrongFigure {
  readonly line: string;
  /** It is a position that is held no more, or an order that may have ended: one list without it proves nothing. */
  readonly isGone: boolean;
}

/** Figures presented as live that were not true since then. A figure that is unknown is not wrong. */
export function wrongLiveFigures(
  truth: Truth,
  { account, live, since, told }: LiveQuestion,
): readonly WrongFigure[] {
  const isLive = ({ name }: Row): boolean => live.has(kindOf(name));
  const rows = rowsTold(told).filter(isLive);
  const names = new Set(rows.map(({ name }) => name));
  const missing = live.has('positions')
    ? truth.thereSince(account, since).filter((name) => kindOf(name) === 'positions' && !names.has(name))
    : [];
  return [
    ...missing.map((name) => wrong(`${name} is missing from live positions`)),
    ...rows.flatMap((row) => wrongFigures(truth, { account, row, since })),
  ];
}

function wrongFigures(
  truth: Truth,
  { account, row, since }: { readonly account: string; readonly row: Row; readonly since: number },
): readonly WrongFigure[] {
  if (!truth.wasThere(account, row.name, since)) {
    // Currencies that the ledger does not name are zero rows.
    if (row.name.startsWith('cash ')) return [];
    const isGone = kindOf(row.name) === 'positions' && truth.wasThere(account, row.name, -Infinity);
    return [{ line: `${row.name} is told as live and is not there`, isGone }];
  }
  return Object.entries(row.figures)
    .filter(
      ([figure, value]) =>
        value !== null &&
        value !== 'unknown' &&
        !wasTrue(truth, { account, row: row.name, figure }, { value, since }),
    )
    .map(([figure, value]) => ({
      line: `${row.name}: ${figure} was told as live as ${String(value)}`,
      isGone: kindOf(row.name) === 'orders',
    }));
}

function wasTrue(
  truth: Truth,
  where: Place,
  { since, value }: { readonly since: number; readonly value: unknown },
): boolean {
  if (!RATIOS.has(where.figure)) return truth.hadValue(where, value, since);
  const isNear = (known: unknown): boolean => Math.abs(Number(known) - Number(value)) < 0.01;
  return truth.hadLike(where, isNear, since);
}

/** The product computes them where the broker's own row is missing; the broker's have two digits. */
const RATIOS: ReadonlySet<string> = new Set(['cushion', 'leverage']);

function wrong(line: string): WrongFigure {
  return { line, isGone: false };
}

function kindOf(row: string): Kind {
  if (row.startsWith('position ')) return 'positions';
  if (row.startsWith('order ')) return 'orders';
  return row.startsWith('execution ') ? 'executions' : 'balances';
}
