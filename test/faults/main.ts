import { optionsFrom } from './options.js';
import { complaint, figuresOf, isGood, table } from './report.js';
import { runAll } from './runner.js';
import { SCENARIOS } from './scenarios.js';

const { concurrency, log, scenarios, seeds } = optionsFrom(process.argv.slice(2));
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
console.log(
  JSON.stringify({
    scenarios: chosen.length,
    seeds: seeds.length,
    took: Math.round((performance.now() - startedAt) / 1000),
    ...figures,
  }),
);
process.exit(isGood(figures) ? 0 : 1);
