import { subscribe } from 'node:diagnostics_channel';
import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import {
  createMarket,
  startSchwabSimulator,
  startTwsSimulator,
  type Market,
  type SchwabSimulator,
  type TwsSimulator,
} from '../../simulators/index.js';
import { DEFAULT_RULES } from '../../src/alerts/index.js';
import { eventually, SkippingClock } from './clocks.js';
import { suiteWatch } from './leak-watch.js';
import { flowOf, helper, nodesWith, type Wiring } from './nodes.js';
import { logInFor } from './schwab-login.js';

/** A Tuesday, ten in the morning in New York. */
export const TUESDAY = Date.UTC(2026, 10, 24, 15, 0, 0);
const STEP_MS = 30_000;
/** Both ends live in this process: what is on its way is there after some turns of its loop. */
const QUIET_TURNS = 12;
/** For what threads do: files, compression. Real time. */
const THREADS_MS = 2;
const QUIET_ROUNDS = 3;
/** At a gateway, whose requests may wait within the library. */
const QUIET_ROUNDS_OF_A_GATEWAY = 20;
/** The library sends no more than four requests to a gateway in a tenth of a second, real time, and lets the rest wait. */
const BURST = 4;
const BURST_MS = 250;
const SECOND_MS = 1_000;

/** Requests of this process that have no answer yet (undici, docs/api/DiagnosticsChannel.md). */
const unanswered = new Set<unknown>();
const About = z.object({ request: z.unknown() });
const requestIn = (message: unknown): unknown => About.safeParse(message).data?.request;
subscribe('undici:request:create', (message) => unanswered.add(requestIn(message)));
for (const end of ['undici:request:trailers', 'undici:request:error'])
  subscribe(end, (message) => unanswered.delete(requestIn(message)));

const Alert = z.object({
  topic: z.string(),
  payload: z.string(),
  priority: z.enum(['high', 'normal', 'low']),
  alert: z.object({
    id: z.string().regex(/^[0-9a-f]{16}$/),
    ruleId: z.string(),
    state: z.enum(['firing', 'resolved']),
    severity: z.enum(['info', 'warning', 'critical']),
    metric: z.string().nullable(),
    value: z.number().nullable(),
    account: z.object({ key: z.string(), label: z.string() }).nullable(),
    count: z.number(),
  }),
});
export type Alert = z.infer<typeof Alert>;
const Live = z.looseObject({
  sync: z.looseObject({ kind: z.string(), quality: z.literal('live'), stale: z.literal(false) }),
});

const Said = z.object({
  payload: z.union([z.array(z.unknown()).transform((rows) => rows.length), z.unknown()]),
  sync: z.looseObject({ kind: z.string() }),
});

export interface AlertStageOptions {
  /** What the user has changed in the rule. */
  readonly rule: { readonly id: string } & Readonly<Record<string, unknown>>;
  /** ms UTC */
  readonly from?: number;
  /** Of account-sync. */
  readonly sync?: Readonly<Record<string, unknown>>;
  readonly prepare?: (market: Market) => void;
}

interface Parts {
  readonly clock: SkippingClock;
  readonly market: Market;
  readonly alerts: readonly unknown[];
  readonly figures: readonly unknown[];
  readonly end: () => Promise<void>;
  /** How many requests the broker has seen, and how many of them it is answering. */
  readonly requests: () => { readonly seen: number; readonly open: number };
  /** For so many rounds nothing must move before time is skipped. */
  readonly quietRounds: number;
}

/** A flow from a simulated broker to the alerts of one default rule, in a time that can be skipped. */
export class AlertStage {
  readonly clock: SkippingClock;
  readonly market: Market;
  readonly #parts: Parts;
  /** How many alerts have been looked at. */
  #seen = 0;
  /** Of the last burst: when, and how many requests had been seen. */
  #pace: readonly { readonly at: number; readonly seen: number }[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
    this.clock = parts.clock;
    this.market = parts.market;
  }

  /** Lets time pass, and gives every answer the time to come. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= STEP_MS) {
      await this.#quiet();
      this.clock.skip(Math.min(STEP_MS, left));
    }
    await this.#quiet();
  }

  /** At once, as a machine that was asleep; nothing may be on its way. */
  async sleep(ms: number): Promise<void> {
    await this.#quiet();
    this.clock.skip(ms);
    await this.#quiet();
  }

  /** Until figures have come, and time for a rule to say what it has to say of them. */
  async settle(): Promise<void> {
    const kinds = ['balances', 'positions', 'orders'];
    await eventually(() => kinds.every((kind) => this.#isLive(kind))).catch(() => {
      throw new Error(`No live figures came. The flow said last: ${this.#lastWords()}`);
    });
    await this.pass(90 * SECOND_MS);
  }

  /** The one alert that comes within so many seconds. @throws Error when there is none, or more */
  async next(withinSeconds: number): Promise<Alert> {
    await this.#until(() => this.#parts.alerts.length > this.#seen, withinSeconds * SECOND_MS);
    const [alert, ...others] = this.take();
    if (alert === undefined || others.length > 0)
      throw new Error(`Of one alert there were ${others.length + (alert === undefined ? 0 : 1)}.`);
    return alert;
  }

  /** The alerts since the last look. */
  take(): readonly Alert[] {
    const news = this.#parts.alerts.slice(this.#seen).map((message) => Alert.parse(message));
    this.#seen += news.length;
    return news;
  }

  async close(): Promise<void> {
    await helper.unload();
    await this.#parts.end();
  }

  async #quiet(): Promise<void> {
    let before = '';
    for (let rounds = 0; rounds < this.#parts.quietRounds;) {
      await new Promise((resolve) => setTimeout(resolve, THREADS_MS));
      for (let turn = 0; turn < QUIET_TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      const { open, seen } = this.#parts.requests();
      const now = `${seen} ${this.#parts.figures.length} ${this.#parts.alerts.length}`;
      rounds = now === before && open === 0 && !this.#isHasty(seen) ? rounds + 1 : 0;
      before = now;
    }
  }

  #lastWords(): string {
    return this.#parts.figures
      .slice(-6)
      .map((message) => JSON.stringify(Said.safeParse(message).data ?? message).slice(0, 700))
      .join('\n');
  }

  #isHasty(seen: number): boolean {
    const now = performance.now();
    this.#pace = [...this.#pace.filter(({ at }) => now - at < BURST_MS), { at: now, seen }];
    return seen - (this.#pace[0]?.seen ?? seen) >= BURST;
  }

  #isLive(wanted: string): boolean {
    return this.#parts.figures.some((message) => Live.safeParse(message).data?.sync.kind === wanted);
  }

  async #until(isSo: () => boolean, withinMs: number): Promise<void> {
    const endsAt = this.clock.monotonic() + withinMs;
    while (!isSo()) {
      if (this.clock.monotonic() > endsAt)
        throw new Error(
          `Nothing came within ${withinMs / SECOND_MS} s. The flow said last: ${this.#lastWords()}`,
        );
      await this.pass(Math.min(STEP_MS, withinMs));
    }
  }
}

/** An account at a simulated IB Gateway. */
export async function ibkrStage(
  options: AlertStageOptions,
): Promise<{ readonly stage: AlertStage; readonly gateway: TwsSimulator; readonly account: string }> {
  const clock = clockFrom(options);
  const market = createMarket({ seed: 7, accounts: 1, schwabAccounts: 0, now: () => clock.now() });
  options.prepare?.(market);
  const gateway = await startTwsSimulator({ market });
  const heard = await load(options, clock, { port: gateway.port });
  const stage = new AlertStage({
    clock,
    market,
    ...heard,
    requests: () => ({ seen: gateway.requests.length, open: 0 }),
    quietRounds: QUIET_ROUNDS_OF_A_GATEWAY,
    end: async () => await gateway.close(),
  });
  return { stage, gateway, account: market.accounts[0] ?? '' };
}

export interface SchwabAlertStageOptions extends AlertStageOptions {
  /** Node-RED's, where the login is kept. */
  readonly userDir: string;
  /** Accounts that the user has ticked when he logged in; absent = all. */
  readonly ticked?: readonly string[];
}

/** Accounts at a simulated Schwab, logged in a minute ago. */
export async function schwabAlertStage(
  options: SchwabAlertStageOptions,
): Promise<{ readonly stage: AlertStage; readonly schwab: SchwabSimulator }> {
  const { sync = { accounts: '4567' }, ticked, userDir } = options;
  const clock = clockFrom(options);
  const now = (): number => clock.now();
  const market = createMarket({ seed: 5, accounts: 0, now });
  options.prepare?.(market);
  const schwab = await startSchwabSimulator({ market, now });
  suiteWatch.knows(() => schwab.handedOut.map((value) => ({ name: 'a token of the simulator', value })));
  const { appKey, appSecret, url: apiUrl } = schwab;
  await logInFor('schwab', { schwab, userDir, clock, ...(ticked === undefined ? {} : { accounts: ticked }) });
  await date(join(userDir, 'brokerage'), now());
  const connection = { id: 'schwab', type: 'schwab-config', name: 'my Schwab', apiUrl };
  const heard = await load({ ...options, sync: { connection: 'schwab', ...sync } }, clock, {
    port: 1,
    userDir,
    more: [connection],
    credentials: { schwab: { appKey, appSecret } },
  });
  const stage = new AlertStage({
    clock,
    market,
    ...heard,
    requests: () => ({ seen: 0, open: schwab.inFlight + unanswered.size }),
    quietRounds: QUIET_ROUNDS,
    end: async () => await schwab.close(),
  });
  return { stage, schwab };
}

/** Files are as old as the stage's clock says: a login of long ago would be swept away. */
async function date(folder: string, at: number): Promise<void> {
  for (const name of await readdir(folder)) await utimes(join(folder, name), at / 1_000, at / 1_000);
}

function clockFrom({ from = TUESDAY }: AlertStageOptions): SkippingClock {
  return new SkippingClock(from);
}

async function load(
  { rule, sync = {} }: Pick<AlertStageOptions, 'rule' | 'sync'>,
  clock: SkippingClock,
  { more = [], userDir, ...wiring }: Wiring & { readonly userDir?: string },
): Promise<Pick<Parts, 'alerts' | 'figures'>> {
  const given = DEFAULT_RULES.find(({ raw }) => raw.id === rule.id)?.raw;
  if (given === undefined) throw new RangeError(`there is no default rule ${rule.id}`);
  const alerts: unknown[] = [];
  const figures: unknown[] = [];
  const own = [
    {
      id: 'alert',
      z: 'tab',
      type: 'account-alert',
      name: 'my alerts',
      rules: [{ ...given, enabled: true, ...rule }],
      wires: [['heard']],
    },
    { id: 'heard', z: 'tab', type: 'helper', name: 'heard by' },
  ];
  const flow = flowOf({ ...wiring, sync, outputs: ['alert'], more: [...more, ...own] });
  await helper.load(
    nodesWith(clock, userDir, () => 0.5),
    flow,
    wiring.credentials ?? {},
  );
  helper.getNode('heard').on('input', (message: unknown) => alerts.push(message));
  for (const output of ['balances', 'positions', 'orders', 'status'])
    helper.getNode(output).on('input', (message: unknown) => figures.push(message));
  return { alerts, figures };
}
