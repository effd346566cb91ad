import { join } from 'node:path';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { AlertNode, runAlertNode } from '../../src/node-red/alert/alert-node.js';
import { alertConfig } from '../../src/node-red/alert/config.js';
import { registerAlertRoutes } from '../../src/node-red/alert/routes.js';
import { definitionId } from '../../src/node-red/definition-id.js';
import { guardedClock } from '../../src/node-red/guarded-clock.js';
import { isInFlow } from '../../src/node-red/in-flow.js';
import { idInFileName, ownFolder } from '../../src/node-red/own-folder.js';
import { errorPercentOf } from '../../src/node-red/request-errors.js';
import { saidByNode, saidInLog } from '../../src/node-red/said.js';
import { stableId } from '../../src/node-red/stable-id.js';
import type { Clock } from '../../src/ports.js';
import { systemClock } from '../../src/runtime/system-clock.js';
import { decodeAlerts, encodeAlerts, type KeptAlerts } from '../../src/state/alerts.js';
import { keptFile, type Kept } from '../../src/state/kept-file.js';

export default function register(RED: NodeAPI): void {
  registerWith(RED, { clock: guardedClock(systemClock, saidInLog(RED).error) });
}

/** Registers the node that turns what account-sync tells into alerts. */
export function registerWith(RED: NodeAPI, { clock }: { readonly clock: Clock }): void {
  /** node id → the node that runs under it */
  const running = new Map<string, AlertNode>();
  registerAlertRoutes(RED, { clock, nodeOf: (id) => running.get(id) ?? null });

  RED.nodes.registerType('account-alert', function (config: NodeDef) {
    RED.nodes.createNode(this, config);
    const file = fileOf(RED, this, config);
    const alerts = alertConfig(config);
    for (const problem of alerts.problems) saidByNode(this).error(problem);
    const memory = file === null ? {} : { memory: file };
    const node = new AlertNode(this, alerts, { clock, errorPercentOf, ...memory });
    running.set(this.id, node);
    runAlertNode(this, node);
    this.on('close', () => {
      if (running.get(this.id) === node) running.delete(this.id);
    });
    // After the handler that remembers all, for that one writes the file once more.
    this.on('close', (removed: boolean, done: () => void) => {
      if (file === null || !removed || isInFlow(RED, definitionId(this.id, config))) return done();
      file.remove().then(done, done);
    });
  });
}

/** null without a user directory. */
function fileOf(RED: NodeAPI, node: Node, config: NodeDef): Kept<KeptAlerts> | null {
  const { userDir } = RED.settings;
  if (userDir === undefined) return null;
  return keptFile({
    path: join(ownFolder(userDir), `alert-${idInFileName(stableId(RED, node, config))}.json`),
    encode: encodeAlerts,
    decode: decodeAlerts,
    warn: saidByNode(node).warn,
    loss: 'after a restart, alerts may come again, and what was silenced may speak.',
  });
}
