import { aligned } from './aligned.js';
import type { Run } from './runner.js';
import type { Outcome } from './scenario.js';

/** What is counted; every count is 0 when all is well. */
export const COUNTS = [
  'failed',
  'lost',
  'duplicates',
  'phantomCloses',
  'wrongLive',
  'crashes',
  'leaks',
  'writes',
] as const;

export type Counts = Readonly<Record<(typeof COUNTS)[number], number>>;

export interface Figures extends Counts {
  readonly runs: number;
  /** Runs that were run again because the machine had stood still. */
  readonly repeated: number;
  /** Seconds of the product's clock; null = no run came right. */
  readonly recovery: {
    readonly p50: number | null;
    readonly p95: number | null;
    readonly p99: number | null;
  };
}

/** How many runs were wrong, and in what. */
export function figuresOf(runs: readonly Run[]): Figures {
  const wrongIn = (of: Exclude<keyof Outcome, 'recoveryMs' | 'log'>): number =>
    runs.filter(({ outcome }) => (outcome?.[of].length ?? 0) > 0).length;
  const recoveries = runs.flatMap(({ outcome }) => outcome?.recoveryMs ?? []).toSorted((a, b) => a - b);
  return {
    runs: runs.length,
    repeated: runs.filter(({ isRepeated }) => isRepeated).length,
    failed: runs.filter(({ failure }) => failure !== null).length,
    lost: wrongIn('lost'),
    duplicates: wrongIn('duplicates'),
    phantomCloses: wrongIn('phantomCloses'),
    wrongLive: wrongIn('wrongLive'),
    crashes: runs.filter(({ crashes }) => crashes.length > 0).length,
    leaks: wrongIn('leaks'),
    writes: wrongIn('writes'),
    recovery: { p50: at(recoveries, 0.5), p95: at(recoveries, 0.95), p99: at(recoveries, 0.99) },
  };
}

export function isGood(figures: Figures): boolean {
  return COUNTS.every((count) => figures[count] === 0);
}

/** A table, one line a scenario, and a line for all. */
export function table(runs: readonly Run[]): string {
  const scenarios = [...new Map(runs.map(({ scenario }) => [scenario.number, scenario])).values()];
  const rows = [
    ...scenarios
      .toSorted((a, b) => a.number - b.number)
      .map(({ name, number }) =>
        line(`${number} ${name}`, figuresOf(runs.filter((run) => run.scenario.number === number))),
      ),
    line('all', figuresOf(runs)),
  ];
  const head = [
    'scenario',
    'runs',
    'again',
    'failed',
    'lost',
    'twice',
    'phantom',
    'wrong live',
    'crashes',
    'leaks',
    'writes',
    'p50 s',
    'p95 s',
    'p99 s',
  ];
  return aligned([head, ...rows]);
}

/** Everything that was wrong in one run, and how to see it again; null = nothing. */
export function complaint(run: Run, withLog: boolean): string | null {
  const { crashes, failure, outcome, scenario, seed } = run;
  const wrong = [
    ...(failure === null ? [] : [`failed: ${failure}`]),
    ...crashes.map((crash) => `crash: ${crash}`),
    ...(outcome === null
      ? []
      : (['lost', 'duplicates', 'phantomCloses', 'wrongLive', 'leaks', 'writes'] as const).flatMap((of) =>
          outcome[of].map((text) => `${of}: ${text}`),
        )),
  ];
  if (wrong.length === 0) return null;
  return [
    `Scenario ${scenario.number} (${scenario.name}), seed ${seed}: npm run test:faults -- --scenarios ${scenario.number} --first ${seed} --seeds 1 --log`,
    ...wrong.map((text) => `  ${text}`),
    ...(withLog ? (outcome?.log ?? []) : []).map((text) => `    ${text}`),
  ].join('\n');
}

function line(name: string, figures: Figures): readonly string[] {
  const { p50, p95, p99 } = figures.recovery;
  const seconds = [p50, p95, p99].map((value) => value?.toFixed(1) ?? '-');
  return [
    name,
    String(figures.runs),
    String(figures.repeated),
    ...COUNTS.map((count) => String(figures[count])),
    ...seconds,
  ];
}

/** Nearest rank, in seconds with one decimal. */
function at(sorted: readonly number[], share: number): number | null {
  const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  return value === undefined ? null : Math.round(value / 100) / 10;
}
