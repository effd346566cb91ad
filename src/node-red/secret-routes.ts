import type { NodeAPI } from 'node-red';
import { z } from 'zod';
import type { Clock } from '../ports.js';
import type { KeychainItem } from '../secrets/keychain/item.js';
import { guardedGet, guardedPost } from './admin-routes.js';
import { knownSecrets } from './known-secrets.js';
import { variableOf } from './placeholders.js';
import { Where } from './probe-route.js';
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
const entered = z.record(
  z.string(),
  z.string({ error: 'A secret is text.' }).trim().min(1, 'A secret is not blank.').max(LONGEST_SECRET),
  { error: 'The body must hold the secrets by their names.' },
);

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

const KEPT = 'Kept in the system keychain, and read back.';
const TO_KEYCHAIN =
  "The secrets are in the system keychain, and were read back. Deploy to remove them from Node-RED's credentials.";
const TO_NODE_RED =
  'The secrets are in Node-RED. Deploy to save them there and to remove them from the system keychain.';

async function readIfUsed(item: KeychainItem) {
  return (await item.isUsed()) ? await item.read() : {};
}
