import type { Node, NodeAPI, NodeDef } from 'node-red';
import { AccountSync, refuseInput, runAccountSync } from '../../src/node-red/account-sync-node.js';
import { findConnection, type BrokerConnection } from '../../src/node-red/connections.js';
import { definitionId } from '../../src/node-red/definition-id.js';
import { guardedClock } from '../../src/node-red/guarded-clock.js';
import { parseAccountSyncConfig, type AccountSyncConfig } from '../../src/node-red/editor-config.js';
import { isInFlow } from '../../src/node-red/in-flow.js';
import { saidByNode, saidInLog } from '../../src/node-red/said.js';
import { toldFileOf } from '../../src/node-red/told-files.js';
import type { Clock } from '../../src/ports.js';
import { systemClock } from '../../src/runtime/system-clock.js';
import type { ToldStore } from '../../src/state/told-file.js';
import type { Told } from '../../src/state/told.js';

export default function register(RED: NodeAPI): void {
  registerWith(RED, { clock: guardedClock(systemClock, saidInLog(RED).error) });
}

/** Registers the node that turns a broker's connection into messages. */
export function registerWith(RED: NodeAPI, { clock }: { readonly clock: Clock }): void {
  RED.nodes.registerType('account-sync', function (config: NodeDef) {
    RED.nodes.createNode(this, config);
    const file = toldFileOf(RED, this, config);
    start(this, config, { clock, file });
    // After the handler that remembers all, for that one writes the file once more.
    this.on('close', (removed: boolean, done: () => void) => {
      if (file === null || !removed || isInFlow(RED, definitionId(this.id, config))) return done();
      file.remove().then(done, done);
    });
  });
}

function start(
  node: Node,
  config: NodeDef,
  { clock, file }: { readonly clock: Clock; readonly file: ToldStore | null },
): void {
  const parsed = parseAccountSyncConfig(config);
  if (!parsed.ok) return refuseInput(node, parsed.message);
  const { connection } = parsed.value;
  const source = findConnection(connection);
  if (source === null)
    return refuseInput(node, 'No connection is chosen: open this node and choose or add one.');
  if (source.kind === 'misconfigured') return refuseInput(node, source.reason);
  const fallback = fallbackOf(parsed.value, source);
  if ('wrong' in fallback) return refuseInput(node, fallback.wrong);
  const memory = file === null ? {} : { memory: memoryIn(file, connection, saidByNode(node).warn) };
  runAccountSync(node, new AccountSync(node, parsed.value, { source, clock, ...memory, ...fallback }));
}

type Ready = Extract<BrokerConnection, { readonly kind: 'ready' }>;

/** One that cannot stand in is better known now than on the day it is needed. */
function fallbackOf(
  { connection, fallback: id }: AccountSyncConfig,
  source: Ready,
): { readonly fallback?: Ready } | { readonly wrong: string } {
  if (id === '') return {};
  if (id === connection) return { wrong: 'The fallback is the connection itself: choose another, or none.' };
  const fallback = findConnection(id);
  if (fallback === null)
    return { wrong: 'The connection chosen as fallback is gone: choose another, or none.' };
  if (fallback.kind === 'misconfigured') return { wrong: `The fallback: ${fallback.reason}` };
  if (fallback.broker === source.broker) return { fallback };
  return {
    wrong: `The fallback must lead to the same accounts, and ${fallback.name} is one to another broker: choose another, or none.`,
  };
}

function memoryIn(file: ToldStore, connection: string, warn: (message: string) => void) {
  const kept = file.load();
  const told = kept?.connection === connection ? kept : null;
  return { connection, told, save: async (all: Told) => await file.save(all), warn };
}
