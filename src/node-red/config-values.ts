import { isIPv6 } from 'node:net';
import { field } from './config-field.js';
import type { Right, Wrong } from './config-field.js';
import { knownSecrets } from './known-secrets.js';

export interface WholeNumber {
  readonly name: string;
  readonly fallback: number;
  readonly from: number;
  readonly to: number;
  /** Said after the range, where the range needs a reason. */
  readonly because?: string;
}

export function wholeNumber({ name, fallback, ...range }: WholeNumber) {
  return field<number>({ name, fallback, read: (raw) => readWholeNumber(raw, range) });
}

/** null = left blank. */
export function wholeNumberIfAny({ name, ...range }: Omit<WholeNumber, 'fallback'>) {
  return field<number | null>({ name, fallback: null, read: (raw) => readWholeNumber(raw, range) });
}

function readWholeNumber(
  raw: unknown,
  { from, to, because }: Omit<WholeNumber, 'fallback' | 'name'>,
): Right<number> | Wrong {
  const number = typeof raw === 'number' || typeof raw === 'string' ? Number(raw) : Number.NaN;
  if (Number.isInteger(number) && number >= from && number <= to) return { right: number };
  const reason = because === undefined ? '' : ` (${because})`;
  return { wrong: `it must be a whole number from ${from} to ${to}${reason}` };
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

/** A number that only names something; '' = left blank. */
export function digits(name: string, what: string) {
  return field<string>({
    name,
    fallback: '',
    read: (raw) => {
      const word = asText(raw) ?? '';
      return /^\d{1,20}$/.test(word) ? { right: word } : { wrong: `it must be ${what}` };
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

/** What the user enters as a secret: never repeated in a sentence, of this field or any other. */
export function secret(name: string) {
  return field<string>({
    name,
    fallback: '',
    read: (raw) => {
      const word = asText(raw);
      if (word === null) return { shown: 'not text', wrong: 'it must be text' };
      knownSecrets.secret(word);
      return { right: word };
    },
  });
}

/** The address that Schwab sends the browser to. It compares the text, so a slash too many is another address. */
export function callbackUrl(name: string, fallback: string) {
  return field<string>({ name, fallback, read: readCallbackUrl });
}

function readCallbackUrl(raw: unknown): Right<string> | Wrong {
  const word = asText(raw) ?? '';
  if (!URL.canParse(word) || new URL(word).protocol !== 'https:')
    return { wrong: 'it must begin with https://, exactly as in the Schwab portal' };
  if (new URL(word).hostname === 'localhost')
    return { wrong: 'Schwab does not accept localhost, use https://127.0.0.1' };
  if (word.endsWith('/')) return { wrong: 'it must not end in a slash' };
  if (word.includes(',')) return { wrong: 'it must be one address, also where the portal lists several' };
  return { right: word };
}

/** The server that gets the login: Schwab's own, or one on this very machine (the simulator). */
export function apiUrl(name: string, fallback: string) {
  return field<string>({ name, fallback, read: readApiUrl });
}

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]', 'localhost']);
const SCHWAB = /(^|\.)schwabapi\.com$/;
const IBKR = /(^|\.)interactivebrokers\.com$/;

function readApiUrl(raw: unknown): Right<string> | Wrong {
  const url = trusted(raw, SCHWAB);
  return url !== null
    ? { right: url.origin }
    : {
        wrong:
          'it must be https://api.schwabapi.com, or a simulator on this machine such as http://127.0.0.1:4080',
      };
}

/** The server that gets the Flex token: one of IBKR's, or one on this very machine; '' = IBKR's usual one. */
export function flexUrl(name: string) {
  return field<string>({
    name,
    fallback: '',
    read: (raw) => {
      const url = trusted(raw, IBKR);
      return url !== null && url.search === '' && url.hash === ''
        ? { right: url.href.replace(/\/$/, '') }
        : { wrong: 'it must be an address of interactivebrokers.com that begins with https://, or be empty' };
    },
  });
}

/** Whoever may press a button in the editor could send a secret to a host of his choice otherwise. */
function trusted(raw: unknown, names: RegExp): URL | null {
  const word = asText(raw) ?? '';
  const url = URL.canParse(word) ? new URL(word) : null;
  if (url === null || url.username !== '' || url.password !== '') return null;
  const isTrusted = LOOPBACK.has(url.hostname)
    ? url.protocol === 'http:' || url.protocol === 'https:'
    : url.protocol === 'https:' && names.test(url.hostname);
  return isTrusted ? url : null;
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

export function trueOrFalse(name: string, fallback: boolean) {
  return field<boolean>({
    name,
    fallback,
    read: (raw) => {
      if (raw === true || raw === 'true') return { right: true };
      return raw === false || raw === 'false' ? { right: false } : { wrong: 'it must be true or false' };
    },
  });
}

export function asText(raw: unknown): string | null {
  if (typeof raw === 'string') return raw.trim();
  return typeof raw === 'number' || typeof raw === 'boolean' ? String(raw) : null;
}
