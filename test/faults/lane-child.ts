import { LaneJob } from './lane.js';
import { runAll } from './runner.js';
import { SCENARIOS } from './scenarios.js';

// A process that runs one scenario after the other, for those of which a process can run only one at a time.
process.on('message', (message) => {
  run(LaneJob.parse(message)).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});

async function run({ number, seed }: LaneJob): Promise<void> {
  const scenarios = SCENARIOS.filter((scenario) => scenario.number === number);
  const [done] = await runAll({ scenarios, seeds: [seed], concurrency: 1, onRun: () => undefined });
  if (done === undefined) throw new RangeError(`there is no scenario ${number}`);
  const { scenario: _scenario, seed: _seed, ...answer } = done;
  process.send?.(answer);
}
