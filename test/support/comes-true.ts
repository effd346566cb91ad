import { poll } from './poll.js';

/** Tries until nothing is wrong, and says what was wrong last. */
export async function comesTrue(
  what: string,
  check: () => Promise<void> | void,
  withinMs = 20_000,
): Promise<void> {
  let trouble: unknown = null;
  const isSo = async (): Promise<true | null> => {
    try {
      await check();
      return true;
    } catch (error) {
      trouble = error;
      return null;
    }
  };
  await poll(isSo, { withinMs, what }).catch((error: unknown) => {
    throw new Error(`${String(error)}: ${String(trouble)}`);
  });
}
