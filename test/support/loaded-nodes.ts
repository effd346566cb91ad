import assert from 'node:assert/strict';
import { z } from 'zod';
import type { NodeRedProcess } from './node-red-process.js';

/** What Node-RED says at every start of a new user directory. */
const USUAL = /Projects disabled|Encrypted credentials not found|credentialSecret/;
const PACKAGE = '@tradinghelper/node-red-brokerage';

const nodeSets = z.array(
  z.looseObject({ module: z.string(), types: z.array(z.string()), err: z.unknown().optional() }),
);

/** Fails unless every node of this package has been loaded. */
export async function loadsItsNodes({ url }: NodeRedProcess): Promise<void> {
  const response = await fetch(`${url}/nodes`, { headers: { accept: 'application/json' } });
  const ours = nodeSets.parse(await response.json()).filter(({ module }) => module === PACKAGE);
  assert.deepEqual(ours.flatMap(({ types }) => types).toSorted(), [
    'account-alert',
    'account-mqtt',
    'account-sync',
    'ibkr-config',
    'schwab-config',
  ]);
  assert.deepEqual(
    ours.flatMap(({ err }) => (err === undefined ? [] : [err])),
    [],
  );
}

/** Warnings and errors that a user would find in the log. */
export function complaints(nodeRed: NodeRedProcess): readonly string[] {
  return nodeRed
    .output()
    .split('\n')
    .filter((line) => /\[(warn|error|red)\]|missing types/i.test(line) && !USUAL.test(line));
}
