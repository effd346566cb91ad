import { systemClock } from '../runtime/system-clock.js';
import { askInChild } from '../secrets/keychain/ask.js';
import { Keychain } from '../secrets/keychain/keychain.js';

/** The keychain of the user that Node-RED runs as: one for all nodes, so that it is asked one thing at a time. */
export const systemKeychain = new Keychain({ ask: askInChild(systemClock), clock: systemClock });
