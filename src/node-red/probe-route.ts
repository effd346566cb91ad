import type { NodeAPI } from 'node-red';
import { z } from 'zod';
import type { Clock } from '../ports.js';
import type { Keychain, Probe } from '../secrets/keychain/keychain.js';
import type { Trouble } from '../secrets/keychain/trouble.js';
import { guardedPost } from './admin-routes.js';
import { keychainIsOpen } from './keychain-users.js';

/** Which of the two places a dialog asks about. */
export const Where = z.object(
  { store: z.enum(['keychain', 'node-red'], { error: 'The store is "keychain" or "node-red".' }) },
  { error: 'The body must name the store.' },
);

const IN_NODE_RED = "Secrets are kept in Node-RED's encrypted credentials.";

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
