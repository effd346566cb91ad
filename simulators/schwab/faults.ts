import { gatewayError, htmlAnswer, jsonAnswer, textAnswer, traderError, type Answer } from './answer.js';
import { tokenErrors } from './login/token-errors.js';

/** How an answer goes wrong on its way, beyond what is in it. */
export type Delivery =
  | { readonly kind: 'whole' }
  | { readonly kind: 'hang' }
  | { readonly kind: 'cut'; readonly afterBytes: number }
  | { readonly kind: 'slow'; readonly bytesPerSecond: number }
  | { readonly kind: 'broken-gzip' };

export interface Faulty {
  readonly answer: Answer;
  readonly delivery: Delivery;
}

/** What was asked, as far as a fault looks at it. */
export interface Asked {
  readonly path: string;
  readonly authorization: string;
  readonly body: string;
  /** Numbers of the accounts that Schwab has. */
  readonly accounts: readonly string[];
  /** The server's clock, ms since epoch. */
  readonly at: number;
}

/** What one fault does to an answer; null = nothing this time. */
type Fault = (answer: Answer, asked: Asked) => Partial<Faulty> | null;

/** `data`: what is read; `token`: the login; `stream`: the streamer; `clock`: the Date header of everything. */
export type Aim = 'data' | 'token' | 'stream' | 'clock';

interface Kind {
  readonly aim: Aim;
  readonly make: (argument: string) => Fault;
}

const data = (make: Kind['make']): Kind => ({ aim: 'data', make });
const always =
  (answer: () => Answer): Kind['make'] =>
  () =>
  () => ({ answer: answer() });
const delivered =
  (delivery: (argument: string) => Delivery): Kind['make'] =>
  (argument) =>
  () => ({ delivery: delivery(argument) });

const TRANSIENT = 'Application encountered unexpected error that prevented fulfilling this request';
const BLOCK = `<HTML><HEAD>
<TITLE>Access Denied</TITLE>
</HEAD><BODY>
<H1>Access Denied</H1>

You don't have permission to access "http&#58;&#47;&#47;api&#46;schwabapi&#46;com&#47;" on this server.<P>
</BODY></HTML>`;

/** `503` or `503x2`: so many times, then no more. */
const statusFault = (argument: string): Fault => {
  const [, status = '503', times] = /^(\d{3})(?:x(\d+))?$/.exec(argument || '503') ?? [];
  let left = times === undefined ? Infinity : Number(times);
  return () => {
    if (left <= 0) return null;
    left -= 1;
    return { answer: traderError(Number(status), TRANSIENT) };
  };
};

const tooMany = (retryAfter: (argument: string, at: number) => string | null): Kind['make'] => {
  return (argument) => (_answer, asked) => {
    const wait = retryAfter(argument, asked.at);
    const answer = textAnswer('Too many requests', 429);
    return { answer: wait === null ? answer : { ...answer, headers: { 'retry-after': wait } } };
  };
};

/** Takes the answer apart and puts it together again; what is no JSON stays as it is. */
const rewritten =
  (change: (value: unknown) => unknown): Kind['make'] =>
  () =>
  (answer) => {
    if (answer.type !== 'application/json' || answer.status !== 200) return null;
    return { answer: { ...answer, body: JSON.stringify(change(JSON.parse(answer.body))) } };
  };

const mapDeep = (value: unknown, change: (key: string, value: unknown) => unknown): unknown => {
  if (Array.isArray(value)) return value.map((item) => mapDeep(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      const changed = change(key, mapDeep(inner, change));
      return changed === undefined ? [] : [[key, changed]];
    }),
  );
};

const changedKey = (name: string, change: (value: unknown) => unknown): Kind =>
  data(rewritten((value) => mapDeep(value, (key, inner) => (key === name ? change(inner) : inner))));

const redirect =
  (status: number): Kind['make'] =>
  (argument) =>
  () => ({
    answer: { ...textAnswer('', status), headers: { location: argument || 'https://example.com/' } },
  });

/** What a client is told whose refresh token is good no more, in the words that were seen. */
const ENDED: Readonly<Record<string, () => Answer>> = {
  ended: tokenErrors.refreshTokenEnded,
  invalid: tokenErrors.refreshTokenInvalid,
  missing: tokenErrors.refreshTokenMissing,
};
const ended = (word: string): Answer => {
  const make = ENDED[word || 'ended'];
  if (!make) throw new RangeError(`a login ends with one of ${Object.keys(ENDED).join(', ')}, not "${word}"`);
  return make();
};

const ENUMS: ReadonlySet<string> = new Set(['status', 'assetType', 'instruction', 'orderType', 'duration']);
const NULLABLE: ReadonlySet<string> = new Set([
  'currentDayProfitLoss',
  'longOpenProfitLoss',
  'shortOpenProfitLoss',
  'maintenanceRequirement',
  'buyingPower',
  'availableFunds',
  'description',
]);

const KINDS: Readonly<Record<string, Kind>> = {
  'schwab-status': data(statusFault),
  'schwab-401-gateway': data(always(() => gatewayError(401, 'Unauthorized', 'Client not authorized'))),
  'schwab-401-trader': data(always(() => traderError(401, 'Unauthorized'))),
  'schwab-401-transient-text': data(always(() => traderError(401, TRANSIENT))),
  'schwab-429': data(tooMany((argument) => argument || '1')),
  'schwab-429-bare': data(tooMany(() => null)),
  'schwab-429-date': data(
    tooMany((argument, at) => new Date(at + Number(argument || '2') * 1000).toUTCString()),
  ),
  'schwab-404-text': data(
    always(() =>
      textAnswer(
        "404 Not Found: Requested route ('traderapi-accounts.apigx-origin.schwab.com') does not exist.",
        404,
      ),
    ),
  ),
  'schwab-html-200': data(always(() => htmlAnswer('<html><body>Maintenance</body></html>'))),
  'schwab-html-block': data(always(() => htmlAnswer(BLOCK, 403))),
  'schwab-truncated-json': data(() => (answer) => ({
    answer: { ...answer, body: answer.body.slice(0, Math.floor(answer.body.length / 2)) },
  })),
  'schwab-truncated-gzip': data(delivered(() => ({ kind: 'broken-gzip' }))),
  'schwab-empty-body': data(() => (answer) => ({ answer: { ...answer, body: '' } })),
  'schwab-plain-204': data(always(() => textAnswer('', 204))),
  'schwab-no-positions': changedKey('positions', () => undefined),
  'schwab-empty-positions': changedKey('positions', () => []),
  'schwab-unknown-status': changedKey('status', (status) => `NEW_${String(status)}`),
  // A leading zero is lost on the way.
  'schwab-numeric-accounts': changedKey('accountNumber', Number),
  'schwab-unknown-enums': data(
    rewritten((value) =>
      mapDeep(value, (key, inner) => (ENUMS.has(key) && typeof inner === 'string' ? `NEW_${inner}` : inner)),
    ),
  ),
  'schwab-nulls': data(
    rewritten((value) => mapDeep(value, (key, inner) => (NULLABLE.has(key) ? null : inner))),
  ),
  'schwab-hang': data(delivered(() => ({ kind: 'hang' }))),
  'schwab-cut': data(delivered((argument) => ({ kind: 'cut', afterBytes: Number(argument || '100') }))),
  'schwab-slow': data(delivered((argument) => ({ kind: 'slow', bytesPerSecond: Number(argument || '1') }))),
  'schwab-redirect': data(redirect(302)),
  // A managed account shows balances and positions, and neither orders nor transactions.
  'schwab-managed': data(
    () =>
      (_answer, { path }) =>
        /\/(orders|transactions)/.test(path) ? { answer: traderError(403, 'Forbidden') } : null,
  ),
  // Gateways that are set to debug put what they were sent into the error.
  'schwab-echo': data((argument) => (_answer, asked) => ({
    answer: traderError(Number(argument || '403'), echoOf(asked)),
  })),
  'schwab-token-echo': {
    aim: 'token',
    make: () => (_answer, asked) => ({
      answer: jsonAnswer({ error: 'invalid_request', error_description: echoOf(asked) }, 400),
    }),
  },
  'schwab-token-ended': {
    aim: 'token',
    make: (argument) => {
      const answer = ended(argument);
      return (_answer, { body }) => (body.includes('grant_type=refresh_token') ? { answer } : null);
    },
  },
  // Method and body go along with a 307.
  'schwab-token-redirect': { aim: 'token', make: redirect(307) },
  'schwab-token-status': { aim: 'token', make: statusFault },
  'schwab-token-lost': { aim: 'token', make: delivered(() => ({ kind: 'cut', afterBytes: 0 })) },
  'schwab-no-refresh-token': {
    aim: 'token',
    make: rewritten((value) => mapDeep(value, (key, inner) => (key === 'refresh_token' ? undefined : inner))),
  },
  'schwab-skewed-date': { aim: 'clock', make: () => () => null },
  'schwab-stream-code': { aim: 'stream', make: () => () => null },
  'schwab-stream-silence': { aim: 'stream', make: () => () => null },
  'schwab-stream-bad-json': { aim: 'stream', make: () => () => null },
};

/** Short pieces first: whoever cuts a long text keeps its beginning. */
const echoOf = ({ accounts, authorization, body, path }: Asked): string => {
  const [scheme, sent = ''] = authorization.split(' ');
  const pair = scheme === 'Basic' ? Buffer.from(sent, 'base64').toString() : '';
  return `Accounts ${accounts.join(' ')} client ${pair} sent ${authorization} ${body} to ${path}`;
};

export const SCHWAB_FAULT_NAMES: readonly string[] = Object.keys(KINDS);

/** `name=argument` in its two parts. */
export const splitFault = (text: string): { readonly name: string; readonly argument: string } => {
  const [name = '', ...rest] = text.split('=');
  return { name, argument: rest.join('=') };
};

/** Throws a RangeError with a sentence when there is no such fault. */
export const checkSchwabFault = (text: string): void => {
  const { name, argument } = splitFault(text);
  new Faults().add(name, argument).clear();
};

interface Active {
  readonly name: string;
  readonly argument: string;
  /** Only paths that contain this word, or end in it when it ends in `$`. */
  readonly path: string | null;
  readonly aim: Aim;
  readonly apply: Fault;
}

/**
 * The faults that are switched on. An argument may end in `@word`: only paths with that word go wrong; in `@word$`:
 * only paths that end in it.
 */
export class Faults {
  readonly #active = new Set<Active>();

  add(name: string, argument = ''): { clear(): void } {
    const kind = KINDS[name];
    if (!kind) throw new RangeError(`there is no fault "${name}", only ${SCHWAB_FAULT_NAMES.join(', ')}`);
    const [value = '', path = null] = argument.split('@');
    const active = { name, argument: value, path, aim: kind.aim, apply: kind.make(value) };
    this.#active.add(active);
    return { clear: () => void this.#active.delete(active) };
  }

  clear(): void {
    this.#active.clear();
  }

  /** The argument of a fault that is on; null = it is off. */
  argumentOf(name: string): string | null {
    for (const active of this.#active) if (active.name === name) return active.argument;
    return null;
  }

  apply(answer: Answer, aim: Aim, asked: Asked): Faulty {
    let faulty: Faulty = { answer, delivery: { kind: 'whole' } };
    for (const fault of this.#active) {
      if (fault.aim !== aim || !isMeant(fault.path, asked.path)) continue;
      faulty = { ...faulty, ...fault.apply(faulty.answer, asked) };
    }
    return faulty;
  }
}

const isMeant = (word: string | null, path: string): boolean => {
  if (word === null) return true;
  return word.endsWith('$') ? path.endsWith(word.slice(0, -1)) : path.includes(word);
};
