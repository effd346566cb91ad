import { z } from 'zod';
import { BrokerageError, ConfigError, type ConnectionLost } from '../../../errors.js';
import type { Clock } from '../../../ports.js';
import type { FlexQuery } from './options.js';
import type { FlexPace } from './pace.js';
import { limited, lost, TOO_MANY_MS, unreadable } from './problems.js';
import { closed } from './waiting.js';

/** Begin a statement, or hand out the one of a reference. */
export type FlexQuestion =
  { readonly ask: 'SendRequest' } | { readonly ask: 'GetStatement'; readonly reference: string };

export interface FlexLine {
  readonly query: FlexQuery;
  readonly pace: FlexPace;
  readonly clock: Clock;
}

const TIMEOUT_MS = 30_000;
const LARGEST_ANSWER_BYTES = 25 * 1024 * 1024;
const MOST_REDIRECTS = 3;
/** Both serve (documentation of the service; `<Url>` in its answers names the second). */
const HOSTS_OF_IBKR: ReadonlySet<string> = new Set([
  'ndcdyn.interactivebrokers.com',
  'gdcdyn.interactivebrokers.com',
]);
/** IBKR refuses clients that name no technology it knows (403). */
const USER_AGENT = `Node.js/${process.versions.node}`;
const Cause = z.object({ cause: z.object({ code: z.string() }) });
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/;

/**
 * The one place that speaks to the Flex Web Service: one question and the text of its answer. The token travels in the
 * address, so that no error repeats an address, and no cause is kept.
 * @throws ConnectionLost, RateLimited, ProtocolError, ConfigError for a certificate that does not hold
 */
export async function exchange(question: FlexQuestion, line: FlexLine, signal: AbortSignal): Promise<string> {
  let url = addressOf(question, line.query);
  for (let redirects = 0; ; redirects += 1) {
    await line.pace.take(signal);
    const answer = await attempt(url, line.clock, signal);
    if (answer.kind === 'text') return answer.text;
    if (answer.kind === 'too-many') throw tooMany(line.pace);
    if (redirects >= MOST_REDIRECTS || !mayFollow(url, answer.to)) throw redirected();
    url = answer.to;
  }
}

/** Whether a redirect leads to where the token was on its way to, or from one server of IBKR to the other. */
export function mayFollow(from: URL, to: URL | null): to is URL {
  if (to === null || to.username !== '' || to.password !== '') return false;
  if (to.origin === from.origin) return true;
  const isAtIbkr = ({ hostname, port, protocol }: URL): boolean =>
    protocol === 'https:' && port === '' && HOSTS_OF_IBKR.has(hostname);
  return isAtIbkr(from) && isAtIbkr(to);
}

function addressOf(question: FlexQuestion, { queryId, token, url }: FlexQuery): URL {
  const address = new URL(url);
  address.pathname = `${url.pathname}/${question.ask}`;
  const q = question.ask === 'SendRequest' ? queryId : question.reference;
  address.search = new URLSearchParams({ t: token, q, v: '3' }).toString();
  return address;
}

type Attempt =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'too-many' }
  | { readonly kind: 'redirect'; readonly to: URL | null };

async function attempt(url: URL, clock: Clock, signal: AbortSignal): Promise<Attempt> {
  const timeout = new AbortController();
  const timer = clock.after(TIMEOUT_MS, () => timeout.abort());
  try {
    const response = await fetch(url, {
      headers: { 'user-agent': USER_AGENT, accept: 'application/xml, text/xml, */*' },
      redirect: 'manual',
      signal: AbortSignal.any([signal, timeout.signal]),
    });
    if (response.status >= 300 && response.status < 400) {
      await response.body?.cancel();
      return { kind: 'redirect', to: target(response.headers.get('location'), url) };
    }
    if (!response.ok) {
      await response.body?.cancel();
      if (response.status === 429) return { kind: 'too-many' };
      throw refused(response.status);
    }
    return { kind: 'text', text: await bodyOf(response) };
  } catch (error) {
    if (error instanceof BrokerageError) throw error;
    throw explained(error, { timedOut: timeout.signal.aborted, stopped: signal.aborted });
  } finally {
    timer.cancel();
  }
}

function target(location: string | null, base: URL): URL | null {
  return location !== null && URL.canParse(location, base) ? new URL(location, base) : null;
}

async function bodyOf(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > LARGEST_ANSWER_BYTES)
      throw unreadable(
        'too-large',
        'The Flex statement is larger than 25 MB. Choose a shorter period and fewer sections in the Flex query.',
      );
    parts.push(decoder.decode(chunk, { stream: true }));
  }
  return parts.join('') + decoder.decode();
}

function refused(status: number): BrokerageError {
  return lost(String(status), `IBKR's Flex Web Service cannot answer at the moment (${status}). Retrying.`);
}

function tooMany(pace: FlexPace): BrokerageError {
  const error = limited('429', 'IBKR asks for fewer requests to its Flex Web Service (429).', TOO_MANY_MS);
  pace.pause(error);
  return error;
}

function redirected(): BrokerageError {
  return unreadable(
    'redirect',
    "IBKR's Flex Web Service answered with a redirect to another address. It was not followed: the token goes to IBKR only.",
  );
}

function explained(
  error: unknown,
  { stopped, timedOut }: { readonly stopped: boolean; readonly timedOut: boolean },
): ConnectionLost | ConfigError {
  if (stopped) return closed();
  if (timedOut)
    return lost('timeout', "IBKR's Flex Web Service did not finish its answer within 30 s. Retrying.");
  const parsed = Cause.safeParse(error);
  const code = parsed.success ? parsed.data.cause.code : 'network';
  if (CERTIFICATE.test(code))
    return new ConfigError(
      `The certificate of the Flex Web Service does not hold (${code}). Something between Node-RED and IBKR may be reading along: check proxy and clock.`,
      { broker: 'ibkr', code, retrySlowly: true },
    );
  return lost(code, `IBKR's Flex Web Service is not reachable at the moment (${code}). Retrying.`);
}
