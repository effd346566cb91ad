import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

// npm run soak -- --trades 1000 --disconnects 50 --seeds 1,2,3
const { values } = parseArgs({
  options: {
    trades: { type: 'string', default: '1000' },
    disconnects: { type: 'string', default: '50' },
    seeds: { type: 'string', default: '1' },
  },
});
const file = (path) => fileURLToPath(new URL(path, import.meta.url));
const { status } = spawnSync(
  process.execPath,
  [
    file('../node_modules/mocha/bin/mocha.js'),
    '--no-config',
    '--enable-source-maps',
    '--exit',
    '--reporter',
    file('count-reporter.cjs'),
    file('../dist/test/soak/soak.test.js'),
  ],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      SOAK_TRADES: values.trades,
      SOAK_DISCONNECTS: values.disconnects,
      SOAK_SEEDS: values.seeds,
    },
  },
);
process.exit(status ?? 1);
