import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { BaselineOutcome, type BaselineRun } from './outcome.js';

const CHILD = fileURLToPath(new URL('child.js', import.meta.url));
/** Above every limit inside a run. */
const RUN_WITHIN_MS = 45_000;

/** Runs each scenario with each seed against IBApiNext, each in a process that is ended when it does not end itself. */
export async function runBaseline(plan: {
  readonly numbers: readonly number[];
  readonly seeds: readonly number[];
  readonly concurrency: number;
}): Promise<readonly BaselineRun[]> {
  const jobs = plan.seeds.flatMap((seed) => plan.numbers.map((number) => ({ number, seed })));
  const runs: BaselineRun[] = [];
  const work = async (): Promise<void> => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) runs.push(await runOne(job));
  };
  await Promise.all(Array.from({ length: plan.concurrency }, work));
  return runs;
}

async function runOne(job: { readonly number: number; readonly seed: number }): Promise<BaselineRun> {
  return await new Promise((resolve) => {
    const options = { timeout: RUN_WITHIN_MS, killSignal: 'SIGKILL' } as const;
    execFile(
      process.execPath,
      [CHILD, String(job.number), String(job.seed)],
      options,
      (error, stdout, stderr) => {
        if (error === null) {
          const outcome = BaselineOutcome.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
          resolve({ ...job, end: 'told', outcome });
        } else if (error.killed === true) resolve({ ...job, end: 'hung' });
        else
          resolve({
            ...job,
            end: 'crashed',
            why: stderr.split('\n').find((line) => line.includes('Error')) ?? error.message,
          });
      },
    );
  });
}
