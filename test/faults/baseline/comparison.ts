import { aligned } from '../aligned.js';
import { isWrong, type Run } from '../runner.js';
import type { BaselineRun } from './outcome.js';

/** Of how many runs of one scenario what is true. */
export interface Comparison {
  readonly number: number;
  readonly name: string;
  readonly runs: number;
  /** Runs of the product in which anything was wrong. */
  readonly oursWrong: number;
  /** Runs of IBApiNext whose positions and balances were not right within the product's limit. */
  readonly neverRight: number;
  readonly phantomCloses: number;
  readonly crashed: number;
  readonly hung: number;
}

/** The product and IBApiNext on the same faults with the same seeds, scenario by scenario. */
export function compare(ours: readonly Run[], baseline: readonly BaselineRun[]): readonly Comparison[] {
  const scenarios = [...new Map(ours.map(({ scenario }) => [scenario.number, scenario])).values()];
  return scenarios
    .toSorted((a, b) => a.number - b.number)
    .map(({ name, number }) => {
      const own = ours.filter(({ scenario }) => scenario.number === number);
      const theirs = baseline.filter((run) => run.number === number);
      const told = theirs.flatMap((run) => (run.end === 'told' ? [run.outcome] : []));
      return {
        number,
        name,
        runs: own.length,
        oursWrong: own.filter(isWrong).length,
        neverRight: told.filter(({ recoveryMs }) => recoveryMs === null).length,
        phantomCloses: told.filter(({ phantomCloses }) => phantomCloses.length > 0).length,
        crashed: theirs.filter(({ end }) => end === 'crashed').length,
        hung: theirs.filter(({ end }) => end === 'hung').length,
      };
    });
}

export function comparisonTable(rows: readonly Comparison[]): string {
  return aligned([
    ['scenario', 'runs', 'ours wrong', 'IBApiNext: never right', 'phantom closes', 'crashed', 'hung'],
    ...rows.map((row) => [
      `${row.number} ${row.name}`,
      ...[row.runs, row.oursWrong, row.neverRight, row.phantomCloses, row.crashed, row.hung].map(String),
    ]),
  ]);
}
