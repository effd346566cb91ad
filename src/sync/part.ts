import { equal } from './equal.js';
import type { Part } from './state.js';

/** `after`, unless it says the same as `before`: then `before` itself, so that `===` means "no news". */
export function sameOr<T>(before: T | undefined, after: T): T {
  return before !== undefined && equal(before, after) ? before : after;
}

/** The part with its value changed; the same part when nothing changed, null while there is no part yet. */
export function changedPart<T>(
  part: Part<T> | null,
  update: { readonly receivedAt: number },
  change: (before: T) => T,
): Part<T> | null {
  if (part === null) return null;
  const value = change(part.value);
  return value === part.value ? part : { ...part, value, receivedAt: update.receivedAt };
}
