import { KeychainItem } from '../../src/secrets/keychain/item.js';
import { memoryMarker } from '../../src/secrets/keychain/marker.js';
import { turns } from '../../src/secrets/turns.js';
import { FakeClock } from './clocks.js';
import { MemoryKeychain } from './memory-keychain.js';

export const SERVICE = 'TradingHelperBot_Test';
export const ACCOUNT = 'node-1';
/** So long a keychain that refused is left alone. */
export const REST_MS = 5 * 60_000;

/** One entry in a keychain in memory. */
export function keychainItem() {
  const clock = new FakeClock();
  const memory = new MemoryKeychain(clock);
  const marker = memoryMarker();
  const { keychain } = memory;
  const make = () =>
    new KeychainItem({ keychain, service: SERVICE, account: ACCOUNT, marker, exclusively: turns() });
  return { clock, item: make(), marker, memory };
}

/** Names an error of the keychain by its code. */
export function trouble(kind: string, message = /./) {
  return { name: 'ConfigError', code: `keychain-${kind}`, message };
}
