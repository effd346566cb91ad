import type { Kept } from './kept-file.js';

/**
 * Writes what is the latest when its turn comes: whatever is asked for while one write is under way is done by one more.
 * The returned function resolves when what was there at its call is on the disk. Never rejects.
 */
export function latestSave<Content>(kept: Kept<Content>, latest: () => Content): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  let next: Promise<void> | null = null;
  return async () => {
    next ??= running.then(async () => {
      next = null;
      running = kept.save(latest());
      await running;
    });
    await next;
  };
}
