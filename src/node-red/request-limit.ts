import type { Clock } from '../ports.js';

const WINDOW_MS = 60_000;

/** A gate that lets `perMinute` requests through in any sixty seconds. */
export function requestLimit(clock: Clock, perMinute: number): () => boolean {
  const passed: number[] = [];
  return () => {
    const now = clock.monotonic();
    while (passed[0] !== undefined && now - passed[0] >= WINDOW_MS) passed.shift();
    if (passed.length >= perMinute) return false;
    passed.push(now);
    return true;
  };
}
