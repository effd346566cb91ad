import { compare, comparisonTable } from './baseline/comparison.js';
import { runBaseline } from './baseline/run-baseline.js';
import { IB_FAULTS } from './ib/faults.js';
import { optionsFrom } from './options.js';
import { complaint, figuresOf, isGood, table } from './report.js';
import { runInLanes } from './lane.js';
import { runAll, type Run } from './runner.js';
import { SCENARIOS } from './scenarios.js';

const BASELINE_PROCESSES = 4;
/** They wait most of the time. */
const LANES = 3;

const { baseline, concurrency, log, scenarios, seeds } = optionsFrom(process.argv.slice(2));
const chosen = SCENARIOS.filter(({ number }) => scenarios?.includes(number) ?? true);
const startedAt = performance.now();
const onRun = (run: Run): void => {
  const wrong = complaint(run, log);
  if (wrong !== null) console.log(`${wrong}\n`);
};
const [lonely, sociable] = [true, false].map((alone) =>
  chosen.filter((scenario) => (scenario.alone ?? false) === alone),
);
const runs = [
  ...(await runAll({ scenarios: sociable ?? [], seeds, concurrency, onRun })),
  ...(await runInLanes({ scenarios: lonely ?? [], seeds, processes: LANES, onRun })),
];
const figures = figuresOf(runs);
console.log(table(runs));
const tookSeconds = Math.round((performance.now() - startedAt) / 1000);
const summary = { scenarios: chosen.length, seeds: seeds.length, tookSeconds, ...figures };
if (baseline) {
  // The others do not lie on the way to TWS, so that there is no IBApiNext to be compared with.
  const comparable = new Set(IB_FAULTS.map(({ number }) => number));
  const numbers = chosen.map(({ number }) => number).filter((number) => comparable.has(number));
  const rows = compare(runs, await runBaseline({ numbers, seeds, concurrency: BASELINE_PROCESSES }));
  console.log(`\n${comparisonTable(rows)}`);
  console.log(JSON.stringify({ ...summary, baseline: rows }));
} else console.log(JSON.stringify(summary));
process.exit(isGood(figures) ? 0 : 1);
