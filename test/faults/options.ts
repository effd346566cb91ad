import { parseArgs } from 'node:util';

export interface FaultOptions {
  readonly seeds: readonly number[];
  /** null = all */
  readonly scenarios: readonly number[] | null;
  readonly concurrency: number;
  /** Whether IBApiNext is run beside the product. */
  readonly baseline: boolean;
  /** Whether what the product said is printed below a failure. */
  readonly log: boolean;
}

/** @throws TypeError, RangeError that say what is wrong with the words */
export function optionsFrom(words: readonly string[]): FaultOptions {
  const { values } = parseArgs({
    args: [...words],
    options: {
      seeds: { type: 'string', default: '25' },
      first: { type: 'string', default: '1' },
      scenarios: { type: 'string' },
      concurrency: { type: 'string', default: '8' },
      baseline: { type: 'boolean', default: false },
      log: { type: 'boolean', default: false },
    },
  });
  const first = wholeNumber('--first', values.first);
  const count = wholeNumber('--seeds', values.seeds);
  return {
    seeds: Array.from({ length: count }, (_, index) => first + index),
    scenarios: values.scenarios?.split(',').map((word) => wholeNumber('--scenarios', word)) ?? null,
    concurrency: wholeNumber('--concurrency', values.concurrency),
    baseline: values.baseline,
    log: values.log,
  };
}

function wholeNumber(name: string, word: string): number {
  const value = Number(word);
  if (!Number.isInteger(value) || value < 1)
    throw new RangeError(`${name} takes whole numbers from 1, not "${word}"`);
  return value;
}
