/**
 * The promise, or an error that names what was awaited: a run must fail and never hang. Real milliseconds.
 * @throws Error after `limitMs`
 */
export async function within<T>(limitMs: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`Not within ${limitMs} ms: ${what}.`)), limitMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether `look` is true before `limitMs` have passed; looks every few milliseconds. */
export async function comesTrue(limitMs: number, look: () => boolean): Promise<boolean> {
  const until = performance.now() + limitMs;
  while (!look()) {
    if (performance.now() > until) return false;
    await rest(LOOK_EVERY_MS);
  }
  return true;
}

/** Real milliseconds. */
export async function rest(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

const LOOK_EVERY_MS = 10;
