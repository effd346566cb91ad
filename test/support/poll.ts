import { setTimeout as pause } from 'node:timers/promises';

const LOOK_EVERY_MS = 100;

/** Asks again and again until there is an answer; for what other processes do, in real time. */
export async function poll<T>(
  ask: () => Promise<T | null> | T | null,
  { withinMs, what }: { readonly withinMs: number; readonly what: string },
): Promise<T> {
  const until = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (performance.now() > until) throw new Error(`Not within ${withinMs / 1000} s: ${what}`);
    await pause(LOOK_EVERY_MS);
  }
}
