import { inspect } from 'node:util';

/** Everything that an error could say: message, stack, causes and whatever else hangs on it. */
export function everyWordOf(error: unknown): string {
  return `${inspect(error, { depth: 12, showHidden: true })} ${error instanceof Error ? (error.stack ?? '') : ''}`;
}
