import type { Login } from '../../src/ports.js';

/** A login that the test ends and renews. */
export class MemoryLogin implements Login {
  expiresAt: number | null;
  readonly listeners = new Set<() => void>();

  constructor(expiresAt: number | null) {
    this.expiresAt = expiresAt;
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  become(expiresAt: number | null): void {
    this.expiresAt = expiresAt;
    for (const listener of this.listeners) listener();
  }
}
