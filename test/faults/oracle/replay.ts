import type { Row } from '../../support/differences.js';
import type { ToldChange } from './news.js';
import type { Truth } from './truth.js';

export interface Replayed {
  readonly lost: readonly string[];
  readonly duplicates: readonly string[];
  readonly phantomCloses: readonly string[];
}

/**
 * The changes of one account as their owner would replay them, each event id once: they must lead from figure to
 * figure without a gap and end at the ledger, and name each fill once.
 */
export function replay(truth: Truth, account: string, told: readonly ToldChange[]): Replayed {
  const rows = truth.rowsOf(account);
  const changes = [...new Map(told.map((change) => [change.eventId, change])).values()];
  const lost: string[] = [];
  const duplicates: string[] = [];
  /** position key → quantity, null = closed */
  const held = new Map<string, number | null>();
  const closes = new Map<string, number>();
  const ended = new Set<string>();
  /** execution id → revisions */
  const fills = new Map<string, readonly number[]>();
  for (const change of changes) {
    if (change.of === 'positions') {
      const key = (change.after ?? change.before)?.key ?? '';
      const known = held.get(key);
      const before = change.before?.quantity ?? null;
      if (known !== undefined && known !== before)
        lost.push(`position ${key}: ${known} was told, then ${before} as before`);
      held.set(key, change.after?.quantity ?? null);
      if (change.change === 'closed') closes.set(key, (closes.get(key) ?? 0) + 1);
    }
    if (change.of === 'orders' && change.change === 'closed') {
      if (ended.has(change.after.key)) duplicates.push(`order ${change.after.key} was told twice as ended`);
      ended.add(change.after.key);
    }
    if (change.of === 'executions') {
      const { executionId, revision } = change.after;
      const isNew = change.before === null || change.before.revision < revision;
      const known = fills.get(executionId) ?? [];
      if (isNew && known.includes(revision))
        duplicates.push(`execution ${executionId}.${revision} was told twice`);
      fills.set(executionId, [...known, revision]);
    }
  }
  return {
    duplicates,
    lost: [...lost, ...missingFills(rows, fills), ...wrongEnds(rows, held)],
    phantomCloses: [...closes]
      .filter(([key, count]) => count > truth.closesOf(account, key))
      .map(([key, count]) => `position ${key} was told as closed ${count} times`),
  };
}

function missingFills(
  rows: readonly Row[],
  fills: ReadonlyMap<string, readonly number[]>,
): readonly string[] {
  return named('execution ', rows)
    .filter(({ figures, key }) => fills.get(key)?.includes(Number(figures['revision'])) !== true)
    .map(({ figures, key }) => `execution ${key}.${String(figures['revision'])} was never told`);
}

function wrongEnds(rows: readonly Row[], held: ReadonlyMap<string, number | null>): readonly string[] {
  const truth = new Map(named('position ', rows).map(({ figures, key }) => [key, figures['quantity']]));
  return [...held]
    .filter(([key, quantity]) => quantity !== (truth.get(key) ?? null))
    .map(([key, quantity]) => `the changes of position ${key} end at ${quantity}`);
}

/** The rows of one kind, with what follows its name. */
function named(kind: string, rows: readonly Row[]): readonly (Row & { readonly key: string })[] {
  return rows
    .filter(({ name }) => name.startsWith(kind))
    .map((row) => ({ ...row, key: row.name.slice(kind.length) }));
}
