import { sentenceOf } from '../../src/errors.js';
import { seeded } from '../support/seeded.js';
import type { Outcome, Scenario } from './scenario.js';
import { Stalls } from './stalls.js';
import { within } from './within.js';

/** One run of one scenario. */
export interface Run {
  readonly scenario: Scenario;
  readonly seed: number;
  /** null = the run itself failed. */
  readonly outcome: Outcome | null;
  /** Why the run failed: something was awaited in vain. */
  readonly failure: string | null;
  /** Errors that nobody caught while it ran. */
  readonly crashes: readonly string[];
  /** Whether this is the second try, after a wrong first one in which the machine stood still. */
  readonly isRepeated: boolean;
}

export function isWrong({ crashes, failure, outcome }: Run): boolean {
  if (failure !== null || crashes.length > 0 || outcome === null) return true;
  const { duplicates, leaks, lost, phantomCloses, writes, wrongLive } = outcome;
  return [duplicates, leaks, lost, phantomCloses, writes, wrongLive].some((lines) => lines.length > 0);
}

export interface Plan {
  readonly scenarios: readonly Scenario[];
  readonly seeds: readonly number[];
  readonly concurrency: number;
  readonly onRun: (run: Run) => void;
}

/** Above every limit inside a run. */
const RUN_WITHIN_MS = 60_000;
/** Real time; three seconds of the product's clock. */
const STALLED_MS = 120;

type Job = Pick<Run, 'scenario' | 'seed'>;

interface Watch {
  readonly crashes: Crashes;
  readonly stalls: Stalls;
}

/** Runs every scenario with every seed, several at once; after them, one by one, those that want to be alone. */
export async function runAll({ concurrency, onRun, scenarios, seeds }: Plan): Promise<readonly Run[]> {
  const jobsOf = (alone: boolean): Job[] => {
    const chosen = scenarios.filter((scenario) => (scenario.alone ?? false) === alone);
    return seeds.flatMap((seed) => chosen.map((scenario) => ({ scenario, seed })));
  };
  const watch = { crashes: new Crashes(), stalls: new Stalls() };
  const runs: Run[] = [];
  const work = async (jobs: Job[]): Promise<void> => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
      const run = await runUndisturbed(job, watch);
      runs.push(run);
      onRun(run);
    }
  };
  try {
    const beside = jobsOf(false);
    await Promise.all(Array.from({ length: concurrency }, async () => await work(beside)));
    await work(jobsOf(true));
  } finally {
    watch.crashes.stop();
    watch.stalls.stop();
  }
  return runs;
}

/** What went wrong while the machine stood still says nothing: it is run once more, and counted. */
async function runUndisturbed(job: Job, watch: Watch): Promise<Run> {
  const stall = watch.stalls.watch();
  const run = await runOne(job, watch.crashes);
  stall.stop();
  if (!isWrong(run) || stall.longestMs < STALLED_MS || run.crashes.length > 0) return run;
  return { ...(await runOne(job, watch.crashes)), isRepeated: true };
}

async function runOne({ scenario, seed }: Job, crashes: Crashes): Promise<Run> {
  const heard: string[] = [];
  const leave = crashes.attribute(heard);
  // One seed, another course in each scenario.
  const chance = seeded(seed * 1_000 + scenario.number);
  const end = { scenario, seed, crashes: heard, isRepeated: false };
  try {
    const what = `scenario ${scenario.number} ends`;
    const outcome = await within(RUN_WITHIN_MS, what, scenario.run({ seed, chance }));
    return { ...end, outcome, failure: null };
  } catch (error) {
    return { ...end, outcome: null, failure: sentenceOf(error) };
  } finally {
    leave();
  }
}

/** Hears of errors that nobody caught, for all runs that are under way: whose it is, cannot be told. */
class Crashes {
  readonly #running = new Set<string[]>();
  readonly #onError = (error: unknown): void => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    for (const heard of this.#running) heard.push(text);
  };

  constructor() {
    process.on('uncaughtException', this.#onError);
    process.on('unhandledRejection', this.#onError);
  }

  attribute(heard: string[]): () => void {
    this.#running.add(heard);
    return () => void this.#running.delete(heard);
  }

  stop(): void {
    process.off('uncaughtException', this.#onError);
    process.off('unhandledRejection', this.#onError);
  }
}
