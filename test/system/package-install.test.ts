import assert from 'node:assert/strict';
import { createMarket, startTwsSimulator, type TwsSimulator } from '../../simulators/index.js';
import { compatRuntime } from '../support/compat.js';
import { complaints, loadsItsNodes } from '../support/loaded-nodes.js';
import { startNodeRed, type NodeRedRuntime } from '../support/node-red-process.js';
import { askProbe, probeFlow } from '../support/probe-flow.js';
import { poll } from '../support/poll.js';
import { packPackage, type PackedPackage } from '../support/packed-package.js';

function flowsFor(twsPort: number): readonly object[] {
  return [...probeFlow('ibkr'), { id: 'ibkr', type: 'ibkr-config', name: 'TWS', port: String(twsPort) }];
}

describe('the package as it would be published', function () {
  this.timeout(60_000);
  let pack: PackedPackage;
  let tws: TwsSimulator;

  before(async () => {
    pack = await packPackage();
    tws = await startTwsSimulator({ market: createMarket({ accounts: 2, positions: 6 }) });
  });
  after(async () => {
    await tws.close();
    await pack.remove();
  });

  async function emitsTheAccounts(runtime?: NodeRedRuntime): Promise<void> {
    const nodeRed = await startNodeRed({
      install: (userDir) => pack.install(userDir),
      ...(runtime === undefined ? {} : { runtime }),
    });
    try {
      await loadsItsNodes(nodeRed);
      await nodeRed.deploy(flowsFor(tws.port));
      const truth = Object.fromEntries(
        tws.market.accounts.map((account) => [
          `…${account.slice(-4)}`,
          {
            netLiquidation: tws.market.balances(account).netLiquidation,
            positions: tws.market.positions(account).length,
          },
        ]),
      );
      const answer = await poll(async () => await askProbe(nodeRed.url, 2), {
        withinMs: 15_000,
        what: 'balances and positions of both accounts',
      });
      assert.deepEqual(answer, truth);
      assert.deepEqual(complaints(nodeRed), []);
    } finally {
      await nodeRed.stop();
    }
  }

  it('loads in a stock Node-RED 4.1 and emits what the accounts hold', async () => {
    await emitsTheAccounts();
  });

  it('does the same in Node-RED 5 on Node.js 24', async function () {
    const runtime = compatRuntime();
    if (runtime === null) {
      console.log('      skipped: Node-RED 5 is not installed (npm ci --prefix compat)');
      this.skip();
    }
    await emitsTheAccounts(runtime);
  });
});
