import type { SecretStore } from '../ports.js';

/** Keeps a secret for as long as the process lives: where there is no folder to keep it in. */
export function memorySecret(): SecretStore {
  let kept: string | null = null;
  let turn: Promise<unknown> = Promise.resolve();
  return {
    read: async () => kept,
    write: async (text) => void (kept = text),
    remove: async () => void (kept = null),
    exclusively: async (work) => {
      const own = turn.then(work);
      turn = Promise.allSettled([own]);
      return await own;
    },
  };
}
