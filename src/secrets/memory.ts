import type { SecretStore } from '../ports.js';
import { turns } from './turns.js';

/** Keeps a secret for as long as the process lives: where there is no folder to keep it in. */
export function memorySecret(): SecretStore {
  let kept: string | null = null;
  return {
    read: async () => kept,
    write: async (text) => void (kept = text),
    remove: async () => void (kept = null),
    exclusively: turns(),
  };
}
