import assert from 'node:assert/strict';
import { subscribe } from 'node:diagnostics_channel';
import { z } from 'zod';

/** What Node's fetch says of each request before it is sent (undici, docs/api/DiagnosticsChannel.md). */
const Sent = z.object({
  request: z.object({
    origin: z.unknown().transform(String),
    method: z.string(),
    path: z.string(),
    headers: z.unknown(),
  }),
});
/** A list of names and values, or lines of text, as undici's version has it. */
const headersText = (headers: unknown): string =>
  Array.isArray(headers) ? headers.map(String).join('\n') : String(headers);

export interface Recorded {
  readonly origin: string;
  readonly method: string;
  readonly path: string;
  /** Whether a token or the app's secret went along. */
  readonly carries: 'bearer' | 'basic' | 'flex' | null;
}

const recorded: Recorded[] = [];
/** Values of the headers that carried them. */
const secrets = new Set<string>();
const flexTokens = new Set<string>();
/** A header by which a test says that a request is its own, and none of the product. */
export const OF_A_TEST = 'x-request-of-a-test';
const TOKEN_PATH = '/v1/oauth/token';
/** IBKR takes the token of its Flex Web Service in the address, as `t`. */
const FLEX_PATH = /^\/AccountManagement\/FlexWebService\/(SendRequest|GetStatement)$/;
const READABLE = /^\/trader\/v1\/(accounts|orders|userPreference)([/?]|$)/;

subscribe('undici:request:create', (message) => {
  const sent = Sent.safeParse(message);
  if (!sent.success) return;
  const { headers, method, origin, path } = sent.data.request;
  const sentText = headersText(headers);
  const text = sentText.toLowerCase();
  // The simulators' own tests try what no product may.
  if (text.includes(OF_A_TEST)) return;
  const carries = text.includes('bearer ') ? 'bearer' : text.includes('basic ') ? 'basic' : null;
  for (const [, scheme, value = ''] of sentText.matchAll(/\b(bearer|basic) (\S+)/gi))
    for (const secret of scheme?.toLowerCase() === 'basic' ? pairIn(value) : [value]) secrets.add(secret);
  if (carries !== null) recorded.push({ origin, method, path: path.split('?')[0] ?? '', carries });
  noteFlexToken({ origin, method, path }, sentText);
});

/** A token is known from the first request that has one, and recognised wherever else it is put from then on. */
function noteFlexToken(request: Pick<Recorded, 'origin' | 'method' | 'path'>, headers: string): void {
  const [path = '', query = ''] = request.path.split('?');
  const token = new URLSearchParams(query).get('t') ?? '';
  if (token !== '') {
    flexTokens.add(token);
    secrets.add(token);
  }
  const isElsewhere = [...flexTokens].some((known) => path.includes(known) || headers.includes(known));
  if (token !== '' || isElsewhere)
    recorded.push({
      ...request,
      path: isElsewhere ? 'a token where it does not belong' : path,
      carries: 'flex',
    });
}

/** Key and secret. */
function pairIn(basic: string): readonly string[] {
  return Buffer.from(basic, 'base64').toString().split(':');
}

/** Tokens, keys and secrets that were sent so far. */
export function secretsOnTheWire(): readonly string[] {
  return [...secrets];
}

/** Why a request is none that a read-only bridge may send; null = it may. */
export function misdeedOf({ carries, method, origin, path }: Recorded): string | null {
  const what = `${method} ${origin}${path}`;
  if (!/^http:\/\/(127\.0\.0\.1|localhost)(:|$)/.test(origin)) return `${what}: a secret left this machine`;
  if (carries === 'flex') return method === 'GET' && FLEX_PATH.test(path) ? null : `${what}: the Flex token`;
  if (carries === 'basic') return method === 'POST' && path === TOKEN_PATH ? null : `${what}: the app secret`;
  return method === 'GET' && READABLE.test(path) ? null : `${what}: a token`;
}

/** Everything that this process has sent with a secret so far. */
export function recordedRequests(): readonly Recorded[] {
  return recorded;
}

/** Looks at the whole run: whatever any test made the product send. */
export const mochaHooks = {
  afterAll(): void {
    assert.deepEqual(
      recorded.map(misdeedOf).filter((misdeed) => misdeed !== null),
      [],
      'something other than reading was asked of a broker, or a secret went elsewhere',
    );
  },
};
