import { isIPv6 } from 'node:net';
import { field, show } from './config-field.js';
import type { Right, Wrong } from './config-field.js';

export interface WholeNumber {
  readonly name: string;
  readonly fallback: number;
  readonly from: number;
  readonly to: number;
  /** Said after the range, where the range needs a reason. */
  readonly because?: string;
}

export function wholeNumber({ name, fallback, from, to, because }: WholeNumber) {
  const reason = because === undefined ? '' : ` (${because})`;
  const wrong = `it must be a whole number from ${from} to ${to}${reason}`;
  return field<number>({
    name,
    fallback,
    read: (raw) => {
      const number = typeof raw === 'number' || typeof raw === 'string' ? Number(raw) : Number.NaN;
      return Number.isInteger(number) && number >= from && number <= to ? { right: number } : { wrong };
    },
  });
}

export function oneOf<const Word extends string>(name: string, words: readonly [Word, ...Word[]]) {
  return field<Word>({
    name,
    fallback: words[0],
    read: (raw) => {
      const word = words.find((candidate) => candidate === raw);
      return word === undefined ? { wrong: `it must be ${words.join(' or ')}` } : { right: word };
    },
  });
}

/** Free text; an environment variable may have made a number of it. */
export function text(name: string, fallback: string) {
  return field<string>({
    name,
    fallback,
    read: (raw) => {
      const word = asText(raw);
      return word === null ? { wrong: 'it must be text' } : { right: word };
    },
  });
}

export function host(name: string, fallback: string) {
  return field<string>({ name, fallback, read: readHost });
}

function readHost(raw: unknown): Right<string> | Wrong {
  const word = asText(raw);
  if (word !== null && (isIPv6(word) || /^[^\s/:@?#[\]]+$/.test(word))) return { right: word };
  return { wrong: 'it must be a name or an address, without http://, port or path' };
}

/** A comma list; what does not match is refused without being repeated, for it may be an account number. */
export function list(name: string, entry: { readonly pattern: RegExp; readonly wrong: string }) {
  return field<readonly string[]>({
    name,
    fallback: [],
    read: (raw) => {
      const words = asText(raw)
        ?.split(',')
        .map((word) => word.trim())
        .filter((word) => word !== '');
      const misfit = words?.findIndex((word) => !entry.pattern.test(word)) ?? 0;
      if (words !== undefined && misfit < 0) return { right: words };
      return { shown: `a list whose entry ${misfit + 1} does not fit`, wrong: entry.wrong };
    },
  });
}

export function asText(raw: unknown): string | null {
  if (typeof raw === 'string') return raw.trim();
  return typeof raw === 'number' || typeof raw === 'boolean' ? show(raw) : null;
}
