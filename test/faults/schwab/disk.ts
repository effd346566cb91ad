import type { SecretStore } from '../../../src/ports.js';
import { memorySecret } from '../../../src/secrets/memory.js';

/** A disk with a secret on it, that outlives processes; one of them may be told to die before it writes. */
export class Disk {
  readonly #secret = memorySecret();
  #dies: (() => void) | null = null;

  /** The secret, as one process sees it. */
  store(): SecretStore {
    const secret = this.#secret;
    // Each process has its own lock: that of a dead one does not keep the next from working.
    const lock = memorySecret();
    let isDead = false;
    return {
      read: async () => await secret.read(),
      remove: async () => await secret.remove(),
      exclusively: async (work) => await lock.exclusively(work),
      write: async (text) => {
        const die = this.#dies;
        this.#dies = null;
        if (die !== null) {
          isDead = true;
          die();
        }
        if (isDead) return await new Promise<void>(() => undefined);
        await secret.write(text);
      },
    };
  }

  /** Resolves when a process was about to write, and died of it. */
  async deathBeforeWriting(): Promise<void> {
    await new Promise<void>((resolve) => (this.#dies = resolve));
  }
}
