import { seeded } from '../support/seeded.js';
import type { Outcome, Scenario } from './scenario.js';
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
}

export interface Plan {
  readonly scenarios: readonly Scenario[];
  readonly seeds: readonly number[];
  readonly concurrency: number;
  readonly onRun: (run: Run) => void;
}

/** Above every limit inside a run. */
const RUN_WITHIN_MS = 60_000;

/** Runs every scenario with every seed, several at once. */
export async function runAll({ concurrency, onRun, scenarios, seeds }: Plan): Promise<readonly Run[]> {
  const jobs = seeds.flatMap((seed) => scenarios.map((scenario) => ({ scenario, seed })));
  const crashes = new Crashes();
  const runs: Run[] = [];
  const work = async (): Promise<void> => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
      const run = await runOne(job, crashes);
      runs.push(run);
      onRun(run);
    }
  };
  try {
    await Promise.all(Array.from({ length: concurrency }, work));
  } finally {
    crashes.stop();
  }
  return runs;
}

async function runOne(
  { scenario, seed }: { readonly scenario: Scenario; readonly seed: number },
  crashes: Crashes,
): Promise<Run> {
  const heard: string[] = [];
  const leave = crashes.attribute(heard);
  // One seed, another course in each scenario.
  const chance = seeded(seed * 1_000 + scenario.number);
  try {
    const outcome = await within(
      RUN_WITHIN_MS,
      `scenario ${scenario.number} ends`,
      scenario.run({ seed, chance }),
    );
    return { scenario, seed, outcome, failure: null, crashes: heard };
  } catch (error) {
    return {
      scenario,
      seed,
      outcome: null,
      failure: error instanceof Error ? error.message : String(error),
      crashes: heard,
    };
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
