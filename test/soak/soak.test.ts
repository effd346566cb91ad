import assert from 'node:assert/strict';
import { startRuntime, stopRuntime } from '../support/nodes.js';
import { soak } from './soak.js';

const trades = Number(process.env['SOAK_TRADES'] ?? 200);
const disconnects = Number(process.env['SOAK_DISCONNECTS'] ?? 10);
const seeds = (process.env['SOAK_SEEDS'] ?? '1').split(',').map(Number);

describe('account-sync against the ledger of a gateway that is traded and cut off at random', () => {
  before(async () => {
    await startRuntime();
  });
  after(async () => {
    await stopRuntime();
  });

  for (const seed of seeds) {
    it(`tells every figure as it is, after ${trades} trades and ${disconnects} disconnects (seed ${seed})`, async function () {
      this.timeout(300_000);
      const { fills, reconnects, ...wrong } = await soak({ seed, trades, disconnects });
      console.log(`      ${fills} fills, ${reconnects} disconnects, ${wrong.differences.length} differences`);
      assert.ok(fills > trades / 10, `only ${fills} fills: the market hardly traded`);
      assert.deepEqual(wrong, {
        seed,
        trades,
        disconnects,
        differences: [],
        phantomCloses: [],
        missingFills: [],
        repeatedEvents: [],
        issues: [],
        brokenChains: [],
      });
    });
  }
});
