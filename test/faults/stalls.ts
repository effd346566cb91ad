const LOOK_EVERY_MS = 10;
/** Several short stalls in a row are as bad as a long one. */
const WINDOW_MS = 300;

/**
 * How late this process was. The product's clock is fast, so that a tenth of a second in which the machine did
 * something else is seconds to it, and answers that were on their way are overdue.
 */
export class Stalls {
  #lastAt = performance.now();
  /** What was late within the window, the oldest first. */
  #late: readonly { readonly at: number; readonly lateMs: number }[] = [];
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
    const lateMs = Math.max(0, now - this.#lastAt - LOOK_EVERY_MS);
    this.#late = [...this.#late.filter(({ at }) => at > now - WINDOW_MS - lateMs), { at: now, lateMs }];
    this.#lastAt = now;
    const stalledMs = this.#late.reduce((sum, one) => sum + one.lateMs, 0);
    for (const watcher of this.#watchers) watcher.longestMs = Math.max(watcher.longestMs, stalledMs);
  }
}
