import { timeout } from '../proxy/toxics.js';
import { comesTrue } from '../within.js';
import { firstFigures, type RedFault } from './red-scenario.js';
import type { Flow, RedStage } from './red-stage.js';

/** Node-RED waits 15 s for its nodes; ms of the product's clock. */
const CLOSES_WITHIN_MS = 5_000;
const SOCKETS_END_WITHIN_MS = 2_000;

/** Node-RED stops while no byte gets through any more and no end of a socket is told; then it starts again. */
export const CLOSING: RedFault = {
  number: 37,
  name: 'close while all sockets hang',
  play: async (stage) => {
    const { between, chance, clock, pass, proxy, trade } = stage.ib;
    await stage.load(twoConnections(stage));
    await firstFigures(stage);
    await trade(3);
    if (chance() < 0.4) proxy.cutAll('reset');
    // While connecting, while loading, or in the middle of a live session.
    await pass(between(0, 4_000));
    const heal = proxy.add(timeout(), chance() < 0.5 ? 'both' : 'downstream');
    await pass(between(0, 20_000));
    await trade(2);
    const tookMs = await stage.unload();
    if (tookMs > CLOSES_WITHIN_MS)
      stage.wrong.leaks.push(`closing took ${(tookMs / 1000).toFixed(1)} s of the product's clock`);
    if (!(await comesTrue(SOCKETS_END_WITHIN_MS, () => proxy.clients === 0)))
      stage.wrong.leaks.push(`${proxy.clients} sockets are open after Node-RED was closed`);
    if (clock.pending > 0) stage.wrong.leaks.push(`${clock.pending} timers wait after Node-RED was closed`);
    heal();
    proxy.cutAll('reset');
    await trade(2);
    await stage.load(twoConnections(stage));
  },
};

function twoConnections(stage: RedStage): Flow {
  const { port } = stage.ib.proxy;
  const second = { type: 'ibkr-config', name: '', host: '127.0.0.1', port: String(port), clientId: '18' };
  const sync = { type: 'account-sync', z: 'tab', connection: 'ibkr2', wires: [[], [], [], []] };
  return stage.flow({
    more: [
      { id: 'ibkr2', ...second },
      { id: 'sync2', ...sync },
    ],
  });
}
