import type { SecretStore } from '../ports.js';

/** Lets one after the other work, within this process. */
export function turns(): SecretStore['exclusively'] {
  let turn: Promise<unknown> = Promise.resolve();
  return async (work) => {
    const own = turn.then(work);
    turn = Promise.allSettled([own]);
    return await own;
  };
}
