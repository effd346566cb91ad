import type { SecretStore } from '../../../src/ports.js';
import { memorySecret } from '../../../src/secrets/memory.js';

/** A disk with a secret on it, that outlives processes; one of them may be told to die before it writes. */
export class Disk {
  readonly #secret = memorySecret();
  #dies: (() => void) | null = null;

  /** The secret, as one process sees it. */
  store(): SecretStore {
    const { read, remove } = this.#secret;
    let isDead = false;
    // Each process has its own lock: that of a dead one does not keep the next from working.
    const { exclusively } = memorySecret();
    return {
      read: async () => await read(),
      remove: async () => await remove(),
      exclusively,
      write: async (text) => {
        const die = this.#dies;
        this.#dies = null;
        if (die !== null) {
          isDead = true;
          die();
        }
        if (isDead) return await new Promise<void>(() => undefined);
        await this.#secret.write(text);
      },
    };
  }

  /** Resolves when a process was about to write, and died of it. */
  async deathBeforeWriting(): Promise<void> {
    await new Promise<void>((resolve) => (this.#dies = resolve));
  }
}
