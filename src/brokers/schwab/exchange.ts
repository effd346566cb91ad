import { z } from 'zod';
import { ConfigError, ConnectionLost, ProtocolError } from '../../errors.js';
import type { Clock } from '../../ports.js';
import { closed } from './abortable.js';

/** A request to Schwab: data are read with GET, and tokens are asked for at one address. Nothing else can be said. */
export type SchwabRequest =
  | { readonly method: 'GET'; readonly path: string; readonly bearer: string }
  | {
      readonly method: 'POST';
      readonly path: typeof TOKEN_PATH;
      readonly basic: string;
      readonly form: string;
    };

export interface SchwabAnswer {
  readonly status: number;
  readonly text: string;
  /** Value of `Retry-After`, null when there is none. */
  readonly retryAfter: string | null;
  /** The server's clock, ms since the epoch; null when it did not say. */
  readonly serverTime: number | null;
  /** Schwab's number of this exchange, for its support. */
  readonly correlationId: string | null;
}

export const TOKEN_PATH = '/v1/oauth/token';
/** Every address that data are read from begins like this; orders are placed below other names of the same ones. */
const READABLE = /^\/trader\/v1\/(accounts|orders|userPreference)(\/|\?|$)/;

/**
 * A login lost with its answer costs the user a walk to the computer, so it gets more time than the next poll. The
 * time of a reading is its caller's: its signal ends it.
 */
const LOGIN_WITHIN_MS = 30_000;
const LARGEST_ANSWER_BYTES = 64 * 1024 * 1024;

const Cause = z.object({ cause: z.object({ code: z.string() }) });
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/;

/**
 * The one place that speaks to Schwab: one attempt, no redirect followed, no cookie kept.
 * @throws ConnectionLost, ProtocolError for a redirect, ConfigError for a certificate that does not hold
 */
export async function exchange(
  apiUrl: string,
  request: SchwabRequest,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<SchwabAnswer> {
  if (request.method === 'GET' && !READABLE.test(request.path))
    throw new TypeError('Only accounts, orders, transactions and the user preference are ever read.');
  const what = `${request.method} ${plainPath(request.path)}`;
  const timeout = new AbortController();
  const timer = request.method === 'POST' ? clock.after(LOGIN_WITHIN_MS, () => timeout.abort()) : null;
  try {
    const response = await fetch(new URL(request.path, apiUrl), {
      ...headed(request),
      redirect: 'manual',
      signal: AbortSignal.any([signal, timeout.signal]),
    });
    if (response.status >= 300 && response.status < 400) {
      await response.body?.cancel();
      throw redirected(what);
    }
    return {
      status: response.status,
      text: await bodyOf(response, what),
      retryAfter: response.headers.get('retry-after'),
      serverTime: timeOf(response.headers.get('date')),
      correlationId: response.headers.get('schwab-client-correlid'),
    };
  } catch (error) {
    if (error instanceof ProtocolError) throw error;
    throw explained(error, { what, timedOut: timeout.signal.aborted, stopped: signal.aborted });
  } finally {
    timer?.cancel();
  }
}

function headed(request: SchwabRequest): RequestInit {
  const accept = 'application/json';
  switch (request.method) {
    case 'GET':
      return { method: 'GET', headers: { accept, authorization: `Bearer ${request.bearer}` } };
    case 'POST':
      return {
        method: 'POST',
        headers: {
          accept,
          authorization: `Basic ${request.basic}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: request.form,
      };
  }
}

async function bodyOf(response: Response, what: string): Promise<string> {
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > LARGEST_ANSWER_BYTES)
      throw new ProtocolError(
        `Schwab answered with more than 64 MB. Request: ${what}.`,
        details('too-large'),
      );
    parts.push(decoder.decode(chunk, { stream: true }));
  }
  return parts.join('') + decoder.decode();
}

function redirected(what: string): ProtocolError {
  const message = `Schwab answered with a redirect to another address. It was not followed: the login goes to Schwab only. Request: ${what}.`;
  return new ProtocolError(message, details('redirect'));
}

function explained(
  error: unknown,
  {
    what,
    timedOut,
    stopped,
  }: { readonly what: string; readonly timedOut: boolean; readonly stopped: boolean },
): ConnectionLost | ConfigError {
  if (stopped) return closed();
  if (timedOut)
    return new ConnectionLost(
      `Schwab did not finish its answer in time. Request: ${what}.`,
      details('timeout'),
    );
  const parsed = Cause.safeParse(error);
  const code = parsed.success ? parsed.data.cause.code : 'network';
  if (CERTIFICATE.test(code)) {
    const message = `The certificate of Schwab's server does not hold (${code}). Something between Node-RED and Schwab may be reading along: check proxy and clock.`;
    return new ConfigError(message, { ...details(code), retrySlowly: true });
  }
  // Without a cause: fetch repeats a header that it does not accept, token and all (undici, `Headers.append`).
  return new ConnectionLost(`Schwab is not reachable at the moment (${code}). Retrying.`, details(code));
}

function details(code: string) {
  return { broker: 'schwab', code };
}

/** The path without query and without the hash of an account. */
export function plainPath(path: string): string {
  return (path.split('?')[0] ?? '').replace(/[0-9A-Fa-f]{64}/, '…');
}

function timeOf(date: string | null): number | null {
  const time = date === null ? Number.NaN : Date.parse(date);
  return Number.isNaN(time) ? null : time;
}
