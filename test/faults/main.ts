import { compare, comparisonTable } from './baseline/comparison.js';
import { runBaseline } from './baseline/run-baseline.js';
import { optionsFrom } from './options.js';
import { complaint, figuresOf, isGood, table } from './report.js';
import { runAll } from './runner.js';
import { SCENARIOS } from './scenarios.js';

/** The others have no IBApiNext to be compared with. */
const LAST_OF_IBKR = 20;
const BASELINE_PROCESSES = 4;

const { baseline, concurrency, log, scenarios, seeds } = optionsFrom(process.argv.slice(2));
const chosen = SCENARIOS.filter(({ number }) => scenarios?.includes(number) ?? true);
const startedAt = performance.now();
const runs = await runAll({
  scenarios: chosen,
  seeds,
  concurrency,
  onRun: (run) => {
    const wrong = complaint(run, log);
    if (wrong !== null) console.log(`${wrong}\n`);
  },
});
const figures = figuresOf(runs);
console.log(table(runs));
const tookSeconds = Math.round((performance.now() - startedAt) / 1000);
const summary = { scenarios: chosen.length, seeds: seeds.length, tookSeconds, ...figures };
if (baseline) {
  const numbers = chosen.map(({ number }) => number).filter((number) => number <= LAST_OF_IBKR);
  const rows = compare(runs, await runBaseline({ numbers, seeds, concurrency: BASELINE_PROCESSES }));
  console.log(`\n${comparisonTable(rows)}`);
  console.log(JSON.stringify({ ...summary, baseline: rows }));
} else console.log(JSON.stringify(summary));
process.exit(isGood(figures) ? 0 : 1);
