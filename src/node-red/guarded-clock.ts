import { sentenceOf } from '../errors.js';
import type { Clock } from '../ports.js';

/**
 * A clock whose timers cannot end Node-RED: an exception in a timer is an uncaught one, and Node-RED exits on
 * these. It would be a mistake of ours, so it is told with its stack.
 */
export function guardedClock(clock: Clock, report: (message: string) => void): Clock {
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    after: (delayMs, callback) =>
      clock.after(delayMs, () => {
        try {
          callback();
        } catch (error) {
          report(`Brokerage: ${error instanceof Error ? (error.stack ?? error.message) : sentenceOf(error)}`);
        }
      }),
  };
}
