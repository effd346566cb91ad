import type { NodeAPI } from 'node-red';
import { z } from 'zod';
import type { Clock } from '../ports.js';
import type { KeychainItem } from '../secrets/keychain/item.js';
import type { Keychain, Probe } from '../secrets/keychain/keychain.js';
import type { Trouble } from '../secrets/keychain/trouble.js';
import { guardedGet, guardedPost } from './admin-routes.js';
import { knownSecrets } from './known-secrets.js';
import { variableOf } from './placeholders.js';
import { keychainIsOpen } from './keychain-users.js';
import { enteredCredentials, withdrawCredentials } from './kept-secrets.js';

export interface SecretRoutes {
  readonly clock: Clock;
  /** Part of the path: `schwab`. */
  readonly broker: string;
  /** Names of the credentials: `appKey`, `appSecret`. */
  readonly names: readonly string[];
  readonly itemOf: (nodeId: string) => KeychainItem;
  /** What a running node with this id shall work with has changed. */
  readonly changed: (nodeId: string) => void;
}

const LONGEST_SECRET = 4_000;
const Where = z.object(
  { store: z.enum(['keychain', 'node-red'], { error: 'The store is "keychain" or "node-red".' }) },
  { error: 'The body must name the store.' },
);
const entered = z.record(
  z.string(),
  z.string({ error: 'A secret is text.' }).trim().min(1, 'A secret is not blank.').max(LONGEST_SECRET),
  { error: 'The body must hold the secrets by their names.' },
);

/** The editors' servers that have the route of all brokers already. */
const probed = new WeakSet<object>();

/** `POST brokerage/secrets/:id/probe`: whether secrets can be kept there; whoever waits for it tries again. */
export function registerProbeRoute(
  RED: NodeAPI,
  { clock, keychain }: { readonly clock: Clock; readonly keychain: Keychain },
): void {
  if (probed.has(RED.httpAdmin)) return;
  probed.add(RED.httpAdmin);
  guardedPost(RED, '/brokerage/secrets/:id/probe', {
    permission: 'brokerage.write',
    clock,
    schema: Where,
    handle: async ({ body }) => {
      if (body.store === 'node-red') return { state: 'available', message: IN_NODE_RED };
      const probe = await keychain.probe();
      if (probe.ok) keychainIsOpen();
      return answerOf(probe);
    },
  });
}

/**
 * The secrets of one broker's connections. Secrets come in and never go out; what is set is told by name. A move
 * copies and reads back; the copy left behind goes with the deploy, so that whoever cancels loses nothing.
 */
export function registerSecretRoutes(RED: NodeAPI, options: SecretRoutes): void {
  const { broker, changed, clock, itemOf, names } = options;
  const path = `/brokerage/${broker}/:id/secrets`;
  const only = entered.refine((secrets) => Object.keys(secrets).every((name) => names.includes(name)), {
    error: `The secrets of this connection are ${names.join(' and ')}.`,
  });
  const setIn = async (nodeId: string) => {
    const kept = await itemOf(nodeId).names();
    return Object.fromEntries(names.map((name) => [name, kept.includes(name)]));
  };

  guardedGet(RED, path, {
    permission: 'brokerage.read',
    handle: async (id) => ({ isSet: await setIn(id) }),
  });
  guardedPost(RED, path, {
    permission: 'brokerage.write',
    clock,
    schema: only,
    handle: async ({ body, id }) => {
      for (const secret of Object.values(body)) if (variableOf(secret) === null) knownSecrets.secret(secret);
      await itemOf(id).enter(body);
      // An older copy in Node-RED must not come back with the next deploy; what was not entered stays where it is.
      await withdrawCredentials(RED, { nodeId: id, names: Object.keys(body) });
      changed(id);
      return { message: KEPT, isSet: await setIn(id) };
    },
  });
  guardedPost(RED, `${path}/move`, {
    permission: 'brokerage.write',
    clock,
    schema: Where,
    handle: async ({ body, id }) => {
      const inNodeRed = enteredCredentials(RED, { nodeId: id, names });
      if (body.store === 'keychain') {
        if (Object.keys(inNodeRed).length > 0) await itemOf(id).enter(inNodeRed);
        return { message: TO_KEYCHAIN, moved: Object.keys(inNodeRed), isSet: await setIn(id) };
      }
      const kept = Object.entries(await readIfUsed(itemOf(id))).filter(([name]) => names.includes(name));
      if (kept.length > 0) await RED.nodes.addCredentials(id, { ...inNodeRed, ...Object.fromEntries(kept) });
      return { message: TO_NODE_RED, moved: kept.map(([name]) => name), isSet: await setIn(id) };
    },
  });
}

const IN_NODE_RED = "Secrets are kept in Node-RED's encrypted credentials.";
const KEPT = 'Kept in the system keychain, and read back.';
const TO_KEYCHAIN =
  "The secrets are in the system keychain, and were read back. Deploy to remove them from Node-RED's credentials.";
const TO_NODE_RED =
  'The secrets are in Node-RED. Deploy to save them there and to remove them from the system keychain.';

async function readIfUsed(item: KeychainItem) {
  return (await item.isUsed()) ? await item.read() : {};
}

function answerOf(probe: Probe) {
  if (probe.ok)
    return {
      state: 'available',
      message: `The system keychain is open; a test entry was written, read and removed (through ${probe.library}).`,
    };
  return { state: STATES[probe.trouble.kind], message: probe.trouble.sentence };
}

/** The words of the route for what is wrong. */
const STATES: Readonly<Record<Trouble['kind'], 'locked' | 'absent'>> = {
  locked: 'locked',
  denied: 'locked',
  late: 'locked',
  gone: 'absent',
  damaged: 'absent',
  absent: 'absent',
  'not-installed': 'absent',
  orphaned: 'absent',
  other: 'absent',
};
