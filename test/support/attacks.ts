import type { AdminRoute } from './admin-routes.js';

export interface Attempt {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends it and answers with the status. */
export type Ask = (attempt: Attempt) => Promise<number>;

const JSON_TYPE = { 'Content-Type': 'application/json' } as const;
const REBOUND = { Host: 'evil.example.com', Origin: 'http://evil.example.com' } as const;
const REFUSALS: readonly number[] = [401, 403, 415, 429];

const FOREIGN_PAGES = [
  ['a foreign Origin', { Origin: 'https://evil.example.com' }],
  ['the Origin of a sandboxed page', { Origin: 'null' }],
  ['a cross-site request', { 'Sec-Fetch-Site': 'cross-site' }],
  ['a page on another port', { 'Sec-Fetch-Site': 'same-site' }],
] as const;

/** A browser sends `Sec-Fetch-Site` to https and to loopback only (W3C, Fetch Metadata): both must be refused. */
const REBOUND_PAGES = [
  ['a rebound name', REBOUND],
  ['a rebound name, same-origin to its browser', { ...REBOUND, 'Sec-Fetch-Site': 'same-origin' }],
] as const;

const WRONG_BODIES = [
  ['plain text', 'text/plain', '{}', 415],
  ['text that pretends to be JSON', 'text/plain; application/json', '{}', 415],
  ['a form', 'application/x-www-form-urlencoded', 'host=gateway', 415],
  ['an upload', 'multipart/form-data; boundary=x', '--x--', 415],
  ['a body of the wrong shape', JSON_TYPE['Content-Type'], '[]', 400],
] as const;

/** What the editor itself would send, with a body that no route takes: past the guards a write is answered 400. */
export function attemptOf(route: string, headers: Attempt['headers'] = {}): Attempt {
  const [method = '', path = ''] = route.replace(/:\w+/, 'c1').split(' ');
  return method === 'GET'
    ? { method, path, headers, body: '' }
    : { method, path, headers: { ...JSON_TYPE, ...headers }, body: '[]' };
}

/** In words, what a route lets through that it must refuse to whoever may use it; empty = nothing. */
export async function weaknessesOf({ route }: AdminRoute, ask: Ask): Promise<readonly string[]> {
  const attempt = attemptOf(route);
  const pages = FOREIGN_PAGES.map(([what, headers]) => ({
    what,
    attempt: attemptOf(route, headers),
    status: 403,
  }));
  const bodies = WRONG_BODIES.map(([what, type, body, status]) => ({
    what,
    attempt: { ...attempt, headers: { 'Content-Type': type }, body },
    status,
  }));
  return await surprises(attempt.method === 'GET' ? pages : [...pages, ...bodies], ask);
}

/** The same for a page whose name was made to point here: nobody but whoever is logged in may come under it. */
export async function reboundWeaknessesOf({ route }: AdminRoute, ask: Ask): Promise<readonly string[]> {
  return await surprises(
    REBOUND_PAGES.map(([what, headers]) => ({ what, attempt: attemptOf(route, headers), status: 403 })),
    ask,
  );
}

/** Whether a request got past the guards, whatever the route then made of it. */
export function isLetIn(status: number): boolean {
  return !REFUSALS.includes(status);
}

interface Attack {
  readonly what: string;
  readonly attempt: Attempt;
  readonly status: number;
}

async function surprises(attacks: readonly Attack[], ask: Ask): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { attempt, status, what } of attacks) {
    const answered = await ask(attempt);
    if (answered !== status) found.push(`${what} is answered ${answered}, not ${status}`);
  }
  return found;
}
