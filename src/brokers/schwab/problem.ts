import { z } from 'zod';
import { ConnectionLost, ProtocolError, RateLimited, Rejected, type BrokerageError } from '../../errors.js';
import type { SchwabAnswer } from './exchange.js';
import { quote } from './redact.js';
import { retryAfterMs } from './retry-after.js';
import { parseJson } from './json.js';

/** What went wrong, in words and as the decision it asks for; `unauthorized` asks for another token first. */
export type Problem =
  | { readonly kind: 'unauthorized'; readonly said: string }
  | { readonly kind: 'failed'; readonly error: BrokerageError };

const NumberOrText = z.union([z.number(), z.string()]).transform(String);
/** Gateway and market data: `{errors:[{status, title, detail}]}`. */
const GatewayError = z.object({
  errors: z
    .array(
      z.object({
        status: NumberOrText.optional(),
        title: z.string().optional(),
        detail: z.string().optional(),
      }),
    )
    .min(1),
});
/** Trader API: `{message, errors?}`. */
const TraderError = z.object({ message: z.string(), errors: z.array(z.string()).optional() });
/** Apigee: `{fault:{faultstring}}`. */
const ApigeeError = z.object({ fault: z.object({ faultstring: z.string() }) });

/** Schwab's text in an outage, once with status 401 (reference of the unit test of a public client). */
const OUTAGE = 'Application encountered unexpected error';
/** Akamai's page for a client that it blocks; it was cleared by the next day (Schwabdev #61). */
const BLOCKED = 'Access Denied';
const BLOCKED_MS = 15 * 60_000;
const TRANSIENT: ReadonlySet<number> = new Set([408, 425, 500, 501, 502, 503, 504]);

/**
 * What an answer that is not 2xx means; `what` names the request for people. It stands behind the first sentence of
 * what will go away by itself: the line under a node has room for that one.
 */
export function problemOf(answer: SchwabAnswer, what: string, at: number): Problem {
  const said = saidIn(answer.text);
  const words = said ?? quote(answer.text);
  const refused = `Schwab refused ${what}: ${answer.status}${words === '' ? '' : ` ${words}`}${reference(answer)}`;
  const transient = new ConnectionLost(
    `Schwab cannot answer at the moment (${answer.status}${words === '' ? '' : ` ${words}`}). Request: ${what}. Retrying.`,
    { broker: 'schwab', code: String(answer.status) },
  );
  if (answer.status === 401 && !words.includes(OUTAGE)) return { kind: 'unauthorized', said: words };
  if (answer.status === 429) return failed(tooMany(retryAfterMs(answer.retryAfter, at)));
  if (said === null && answer.text.includes(BLOCKED)) return failed(blocked());
  // A 404 in plain text, or on the accounts themselves, is an outage (Schwabdev #31), not an empty account.
  if (answer.status === 404 && (said === null || !what.includes('/orders/'))) return failed(transient);
  if (answer.status === 401 || TRANSIENT.has(answer.status) || answer.status >= 500) return failed(transient);
  return failed(new Rejected(refused, { broker: 'schwab', code: String(answer.status) }));
}

/** Whether Schwab was there and answered, with an error of its own or with nothing that can be read. */
export function isUselessAnswer(error: unknown): boolean {
  if (error instanceof ConnectionLost) return /^\d{3}$/.test(error.code);
  return error instanceof ProtocolError && (error.code === 'bad-response' || error.code === 'too-large');
}

/** The value in a 2xx answer. @throws ProtocolError when it is no JSON */
export function jsonOf(answer: SchwabAnswer, what: string): unknown {
  try {
    return JSON.parse(answer.text);
  } catch (error) {
    const kind =
      answer.text.trim() === ''
        ? 'nothing'
        : answer.text.trimStart().startsWith('<')
          ? 'a web page'
          : 'damaged data';
    throw new ProtocolError(`Schwab answered with ${kind} instead of figures. Request: ${what}. Retrying.`, {
      broker: 'schwab',
      code: 'bad-response',
      cause: error instanceof Error ? new Error(error.name) : undefined,
    });
  }
}

/** The sentence in an error of any of the families, null when it is none of them. */
function saidIn(text: string): string | null {
  const json = parseJson(text);
  const gateway = GatewayError.safeParse(json);
  if (gateway.success) {
    const [first] = gateway.data.errors;
    return quote([first?.title, first?.detail].filter((word) => word !== undefined).join(': '));
  }
  const trader = TraderError.safeParse(json);
  if (trader.success) return quote([trader.data.message, ...(trader.data.errors ?? [])].join(' '));
  const apigee = ApigeeError.safeParse(json);
  return apigee.success ? quote(apigee.data.fault.faultstring) : null;
}

function tooMany(waitMs: number): RateLimited {
  const message = `Schwab asks for fewer requests; the next one goes out in ${Math.ceil(waitMs / 1000)} s.`;
  return new RateLimited(message, { broker: 'schwab', code: '429', retryAfterMs: waitMs });
}

function blocked(): RateLimited {
  const message =
    'Schwab has blocked this address for a while (Access Denied). The next request goes out in 15 minutes.';
  return new RateLimited(message, { broker: 'schwab', code: 'blocked', retryAfterMs: BLOCKED_MS });
}

function reference({ correlationId }: SchwabAnswer): string {
  return correlationId === null ? '' : ` (Schwab's reference ${quote(correlationId)})`;
}

function failed(error: BrokerageError): Problem {
  return { kind: 'failed', error };
}
