import type { Clock } from '../ports.js';

export interface Deadline {
  readonly ms: number;
  readonly clock: Clock;
  /** Called when the time is up first. */
  readonly late: () => void;
}

/** Waits for `work`, but not longer than `ms`. */
export async function deadline(work: Promise<void>, { ms, clock, late }: Deadline): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = clock.after(ms, () => {
      late();
      resolve();
    });
    work.then(resolve, reject).finally(() => timer.cancel());
  });
}
