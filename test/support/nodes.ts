import { createRequire } from 'node:module';
import helper from 'node-red-node-test-helper';
import type { NodeAPI } from 'node-red';
import { z } from 'zod';
import { registerWith as registerAlert } from '../../nodes/alert/alert.js';
import { registerWith as registerAccountSync } from '../../nodes/account-sync/account-sync.js';
import { registerWith as registerIbkrConfig } from '../../nodes/ibkr-config/ibkr-config.js';
import { registerWith as registerMqttFeed } from '../../nodes/mqtt-feed/mqtt-feed.js';
import { registerWith as registerSchwabConfig } from '../../nodes/schwab-config/schwab-config.js';
import type { Chance, Clock } from '../../src/ports.js';
import { NodeRedUtil, suiteWatch } from './leak-watch.js';
import { MemoryKeychain } from './memory-keychain.js';

const require = createRequire(import.meta.url);
export const NODE_RED = process.env['NODE_RED'] ?? require.resolve('node-red');
helper.init(NODE_RED);
/** What all parts of this Node-RED share. */
export const nodeRedUtil = NodeRedUtil.parse(createRequire(NODE_RED)('@node-red/util'));
suiteWatch.listenTo(nodeRedUtil);

export { helper };

const CoreNode = z.custom<(RED: NodeAPI) => void>((value) => typeof value === 'function');

/** The helper's types hide that these return promises. */
export async function startRuntime(): Promise<void> {
  await Promise.resolve(helper.startServer());
}

export async function stopRuntime(): Promise<void> {
  await Promise.resolve(helper.stopServer());
}

/** A node of Node-RED itself, such as `function/10-function`. */
export function coreNode(path: string): (RED: NodeAPI) => void {
  return CoreNode.parse(createRequire(NODE_RED)(`@node-red/nodes/core/${path}.js`));
}

/** Our nodes, living by this clock; without a user directory they remember nothing. */
export function nodesWith(
  clock: Clock,
  userDir?: string,
  chance: Chance = Math.random,
  feedClock: Clock = clock,
) {
  const { keychain } = new MemoryKeychain(clock);
  const within = (RED: NodeAPI): NodeAPI => ({ ...RED, settings: { ...RED.settings, userDir } });
  return [
    (RED: NodeAPI) => registerIbkrConfig(within(RED), { clock, chance, keychain }),
    (RED: NodeAPI) => registerSchwabConfig(within(RED), { clock, chance, keychain }),
    (RED: NodeAPI) => registerAccountSync(within(RED), { clock }),
    (RED: NodeAPI) => registerAlert(within(RED), { clock }),
    (RED: NodeAPI) => registerMqttFeed(within(RED), { clock: feedClock, chance }),
  ];
}

export interface Wiring {
  readonly port: number;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly sync?: Readonly<Record<string, unknown>>;
  /** Ids of further nodes that hear all outputs of account-sync. */
  readonly outputs?: readonly string[];
  /** Node id → its credentials. */
  readonly credentials?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Further nodes of the flow. */
  readonly more?: readonly ({ readonly id: string; readonly type: string; readonly name: string } & Readonly<
    Record<string, unknown>
  >)[];
}

/** One connection, one account-sync, and a helper node behind each of its outputs and behind its errors. */
export function flowOf({ port, config = {}, sync = {}, more = [], outputs = [] }: Wiring) {
  return [
    ...more,
    { id: 'tab', type: 'tab', label: 'test' },
    {
      id: 'ibkr',
      type: 'ibkr-config',
      name: 'my gateway',
      host: '127.0.0.1',
      port: String(port),
      clientId: '17',
      ...config,
    },
    {
      id: 'sync',
      z: 'tab',
      type: 'account-sync',
      connection: 'ibkr',
      coalesceMs: '20',
      ...sync,
      wires: ['balances', 'positions', 'orders', 'status'].map((output) => [output, ...outputs]),
    },
    { id: 'balances', z: 'tab', type: 'helper' },
    { id: 'positions', z: 'tab', type: 'helper' },
    { id: 'orders', z: 'tab', type: 'helper' },
    { id: 'status', z: 'tab', type: 'helper' },
    { id: 'catcher', z: 'tab', type: 'catch', scope: null, uncaught: false, wires: [['errors']] },
    { id: 'errors', z: 'tab', type: 'helper' },
  ];
}
