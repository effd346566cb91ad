import type { NodeAPI, NodeDef } from 'node-red';
import { AccountSync, refuseInput, runAccountSync } from '../../src/node-red/account-sync-node.js';
import { findConnection } from '../../src/node-red/connections.js';
import { guardedClock } from '../../src/node-red/guarded-clock.js';
import { parseAccountSyncConfig } from '../../src/node-red/editor-config.js';
import { saidInLog } from '../../src/node-red/said.js';
import type { Clock } from '../../src/ports.js';
import { systemClock } from '../../src/runtime/system-clock.js';

export default function register(RED: NodeAPI): void {
  registerWith(RED, { clock: guardedClock(systemClock, saidInLog(RED).error) });
}

/** Registers the node that turns a broker's connection into messages. */
export function registerWith(RED: NodeAPI, { clock }: { readonly clock: Clock }): void {
  RED.nodes.registerType('account-sync', function (config: NodeDef) {
    RED.nodes.createNode(this, config);
    const parsed = parseAccountSyncConfig(config);
    if (!parsed.ok) return refuseInput(this, parsed.message);
    const source = findConnection(parsed.value.connection);
    if (source === null)
      return refuseInput(this, 'No connection is chosen: open this node and choose or add one.');
    if (source.kind === 'misconfigured') return refuseInput(this, source.reason);
    runAccountSync(this, new AccountSync(this, parsed.value, { source, clock }));
  });
}
