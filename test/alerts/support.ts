import type { Balances } from '../../src/domain/balances.js';
import {
  EMPTY_ENGINE_STATE,
  engineOf,
  parseRules,
  ruleBook,
  withRules,
  withSample,
  withTick,
  type AlertMessage,
  type AlertSettings,
  type Engine,
  type QuietHours,
  type Rule,
  type Sample,
  type SampledAccount,
  type SampledStatus,
  type Trust,
} from '../../src/alerts/index.js';
import { balances, digest, T0 } from '../support/builders.js';

const { ALERT_RUNS, CI } = process.env;
/** How many runs a law gets: ALERT_RUNS, or enough for a look; a test run that waits for nobody gets more. */
export const RUNS = Number(ALERT_RUNS ?? (CI === 'true' ? 1_000 : 300));
/** A run of the whole engine takes twenty times as long: fewer, unless their number was named. */
export const ENGINE_RUNS = ALERT_RUNS === undefined ? Math.ceil(RUNS / 20) : RUNS;

export const MINUTE_MS = 60_000;

/** Rules as the editor saves them; a test fails when one does not fit. */
export function rulesOf(...raw: readonly Readonly<Record<string, unknown>>[]): readonly Rule[] {
  const { problems, rules } = parseRules(raw.map((one, index) => ({ id: `r${index + 1}`, ...one })));
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return rules;
}

export function settingsOf(rules: readonly Rule[], quietHours: QuietHours | null = null): AlertSettings {
  return { rules: ruleBook(rules), quietHours, digest };
}

export function sampledAccount(given: Partial<SampledAccount> = {}): SampledAccount {
  return {
    key: 'a1b2c3d4e5f6',
    label: 'IBKR main',
    broker: 'ibkr',
    currency: 'USD',
    connection: 'c1',
    ...given,
  };
}

export function trust(given: Partial<Trust> = {}): Trust {
  return { quality: 'live', stale: false, staleSeconds: 0, asOf: null, issues: [], ...given };
}

/** Out of reach unless it is `live`, `degraded` or `stale`, or says otherwise. */
export function status(given: Partial<SampledStatus> = {}): SampledStatus {
  const { since = T0, state = 'live' } = given;
  return {
    state,
    reason: null,
    since,
    lostSince: ['live', 'degraded', 'stale'].includes(state) ? null : since,
    loginExpiresAt: null,
    quietUntil: null,
    issues: [],
    apiErrorPercent: null,
    ...given,
  };
}

export function balancesSample(
  at: number,
  given: Partial<Balances>,
  more: Partial<{ account: SampledAccount; trust: Trust }> = {},
): Extract<Sample, { readonly of: 'balances' }> {
  return {
    of: 'balances',
    at,
    account: sampledAccount(),
    trust: trust(),
    balances: balances(given),
    ...more,
  };
}

/** An engine at work: samples and ticks go in, and what was sent is collected. */
export class Stage {
  engine: Engine;
  settings: AlertSettings;
  at: number;
  readonly sent: AlertMessage[] = [];
  /** Every message, with the time at which it was sent, ms since the epoch. */
  readonly timed: { readonly at: number; readonly message: AlertMessage }[] = [];
  /** The node ticks every five seconds; the laws hold for any pace, and are tried at a slower one. */
  tickMs = Number(process.env['ALERT_TICK_MS'] ?? 5_000);

  constructor(settings: AlertSettings, at = T0) {
    this.settings = settings;
    this.at = at;
    this.engine = withRules(engineOf(EMPTY_ENGINE_STATE), settings, at).engine;
  }

  /** Takes a sample now. */
  sample(make: (at: number) => Sample): void {
    this.#take(withSample(this.engine, this.settings, make(this.at)));
  }

  /** Lets time pass, tick by tick. */
  pass(ms: number): void {
    const until = this.at + ms;
    while (this.at < until) {
      this.at = Math.min(until, this.at + this.tickMs);
      this.#take(withTick(this.engine, this.settings, this.at));
    }
  }

  /** What was sent since the last time. */
  take(): readonly AlertMessage[] {
    return this.sent.splice(0);
  }

  #take({ engine, messages }: { readonly engine: Engine; readonly messages: readonly AlertMessage[] }): void {
    this.engine = engine;
    this.sent.push(...messages);
    for (const message of messages) this.timed.push({ at: this.at, message });
  }
}

/** What a message says, in short. */
export function said({ alert, topic }: AlertMessage): string {
  return `${alert.state} ${alert.ruleId}: ${topic}`;
}
