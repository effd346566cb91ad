import type { NodeAPI } from 'node-red';
import type { Chance, Clock } from '../ports.js';
import { systemChance, systemClock } from '../runtime/system-clock.js';
import { askInChild } from '../secrets/keychain/ask.js';
import { Keychain } from '../secrets/keychain/keychain.js';
import { guardedClock } from './guarded-clock.js';
import { saidInLog } from './said.js';

/** What a connection needs of the machine; tests bring their own. */
export interface Surroundings {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly keychain: Keychain;
}

/** The keychain of the user that Node-RED runs as: one for all nodes, so that it is asked one thing at a time. */
export const systemKeychain = new Keychain({ ask: askInChild(systemClock), clock: systemClock });

export function systemSurroundings(RED: NodeAPI): Surroundings {
  const clock = guardedClock(systemClock, saidInLog(RED).error);
  return { clock, chance: systemChance, keychain: systemKeychain };
}
