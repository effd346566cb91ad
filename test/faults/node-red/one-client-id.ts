import { findConnection } from '../../../src/node-red/connections.js';
import type { ConnectionStatus } from '../../../src/runtime/status.js';
import { comesTrue } from '../within.js';
import { firstFigures, type RedFault } from './red-scenario.js';
import type { Flow, RedStage } from './red-stage.js';

const COME_RIGHT_WITHIN_MS = 10_000;

/** Two connections of one flow have the same client id: TWS takes one of them, and the other must find its way. */
export const ONE_CLIENT_ID: RedFault = {
  number: 38,
  name: 'two connections with one client id',
  play: async (stage) => {
    const { between, chance, pass, proxy, trade } = stage.ib;
    await stage.load(both(stage));
    await trade(3);
    await pass(between(0, 30_000));
    if (chance() < 0.5) proxy.cutAll('reset');
    await trade(3);
    const live = (id: string): boolean => statusOf(id)?.state === 'live';
    if (!(await comesTrue(COME_RIGHT_WITHIN_MS, () => live('ibkr') && live('ibkr2'))))
      stage.wrong.lost.push(`the connections are ${told('ibkr')} and ${told('ibkr2')}`);
    await firstFigures(stage);
    await trade(3);
  },
};

function both(stage: RedStage): Flow {
  const { chance, proxy } = stage.ib;
  const second = {
    type: 'ibkr-config',
    name: '',
    host: '127.0.0.1',
    port: String(proxy.port),
    clientId: '17',
  };
  const sync = { type: 'account-sync', z: 'tab', connection: 'ibkr2', wires: [[], [], [], []] };
  const more = [
    { id: 'ibkr2', ...second },
    { id: 'sync2', ...sync },
  ];
  // Which of them is the first to connect.
  const flow = stage.flow({ more });
  return chance() < 0.5 ? flow : flow.toReversed();
}

function statusOf(id: string): ConnectionStatus | null {
  const offer = findConnection(id);
  return offer?.kind === 'ready' ? offer.ways.first.status : null;
}

function told(id: string): string {
  const status = statusOf(id);
  return `${status?.state ?? 'missing'} (${status?.reason ?? ''})`;
}
