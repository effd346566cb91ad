const LOOK_EVERY_MS = 10;

/**
 * How late this process was. The product's clock is fast, so that a tenth of a second in which the machine did
 * something else is seconds to it, and answers that were on their way are overdue.
 */
export class Stalls {
  #lastAt = performance.now();
  readonly #watchers = new Set<{ longestMs: number }>();
  readonly #timer = setInterval(() => this.#look(), LOOK_EVERY_MS);

  /** The longest stall from now on, ms. */
  watch(): { readonly longestMs: number; readonly stop: () => void } {
    const watcher = { longestMs: 0, stop: () => void this.#watchers.delete(watcher) };
    this.#watchers.add(watcher);
    return watcher;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = performance.now();
    const lateMs = now - this.#lastAt - LOOK_EVERY_MS;
    this.#lastAt = now;
    for (const watcher of this.#watchers) watcher.longestMs = Math.max(watcher.longestMs, lateMs);
  }
}
