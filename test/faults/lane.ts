import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Run } from './runner.js';
import type { Scenario } from './scenario.js';

const CHILD = fileURLToPath(new URL('lane-child.js', import.meta.url));
/** Above the limit of a run that is run twice. */
const RUN_WITHIN_MS = 150_000;
const MOST_STDERR = 2_000;

export const LaneJob = z.object({ number: z.int(), seed: z.int() });
export type LaneJob = z.infer<typeof LaneJob>;

const lines = z.array(z.string());
/** What a process says of a run; the scenario itself does not cross over. */
const LaneAnswer = z.object({
  outcome: z
    .object({
      lost: lines,
      duplicates: lines,
      phantomCloses: lines,
      wrongLive: lines,
      leaks: lines,
      writes: lines,
      recoveryMs: z.number().nullable(),
      log: lines,
    })
    .nullable(),
  failure: z.string().nullable(),
  crashes: lines,
  isRepeated: z.boolean(),
});
export type LaneAnswer = z.infer<typeof LaneAnswer>;

export interface LanePlan {
  /** Those that want to be alone in their process. */
  readonly scenarios: readonly Scenario[];
  readonly seeds: readonly number[];
  readonly processes: number;
  readonly onRun: (run: Run) => void;
}

/** Runs each of them with every seed, one at a time in each of some processes. */
export async function runInLanes({ onRun, processes, scenarios, seeds }: LanePlan): Promise<readonly Run[]> {
  const jobs = seeds.flatMap((seed) => scenarios.map((scenario) => ({ scenario, seed })));
  const runs: Run[] = [];
  const work = async (): Promise<void> => {
    let child: ChildProcess | null = null;
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
      child ??= fork(CHILD, {
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        execArgv: ['--enable-source-maps'],
      });
      const answer = await ask(child, { number: job.scenario.number, seed: job.seed });
      if (child.exitCode !== null || !child.connected) child = null;
      const run = { ...job, ...answer };
      runs.push(run);
      onRun(run);
    }
    child?.kill('SIGKILL');
  };
  await Promise.all(Array.from({ length: Math.min(processes, jobs.length) }, work));
  return runs;
}

/** One run in that process. One that ends, or that does not answer, was ended by the run. */
async function ask(child: ChildProcess, job: LaneJob): Promise<LaneAnswer> {
  return await new Promise<LaneAnswer>((resolve) => {
    let printed = '';
    const finish = (answer: LaneAnswer): void => {
      clearTimeout(timer);
      child.off('message', onMessage).off('exit', onExit);
      child.stderr?.off('data', onPrint);
      resolve(answer);
    };
    const onMessage = (message: unknown): void => finish(LaneAnswer.parse(message));
    const onExit = (code: number | null): void => finish(crashed(`The process ended (${code}). ${printed}`));
    const onPrint = (text: Buffer): void => void (printed = `${printed}${String(text)}`.slice(-MOST_STDERR));
    const timer = setTimeout(() => child.kill('SIGKILL'), RUN_WITHIN_MS);
    child.on('message', onMessage).on('exit', onExit);
    child.stderr?.on('data', onPrint);
    child.send(job);
  });
}

function crashed(why: string): LaneAnswer {
  return { outcome: null, failure: null, crashes: [why], isRepeated: false };
}
