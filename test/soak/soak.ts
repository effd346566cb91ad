import { z } from 'zod';
import { createMarket, startTwsSimulator, type LedgerAccount, type Market } from '../../simulators/index.js';
import { fastClock } from '../support/clocks.js';
import { BalancesMessage, ExecutionsMessage, OrdersMessage, PositionsMessage } from '../support/messages.js';
import { flowOf, helper, nodesWith } from '../support/nodes.js';
import { differences, type Told } from '../support/differences.js';
import { seeded } from '../support/seeded.js';

export interface SoakOptions {
  readonly seed: number;
  readonly trades: number;
  readonly disconnects: number;
}

export interface SoakResult extends SoakOptions {
  readonly fills: number;
  readonly differences: readonly string[];
  /** `closed` events of positions that the ledger never closed. */
  readonly phantomCloses: readonly string[];
  /** Fills of the ledger that were never reported. */
  readonly missingFills: readonly string[];
  /** Event ids that were told twice. */
  readonly repeatedEvents: readonly string[];
  /** What live messages said against their own figures; that an answer came late is no such thing (`BAD_RESPONSE`). */
  readonly issues: readonly string[];
  /** Changes whose `before` is not what was told before. */
  readonly brokenChains: readonly string[];
  readonly reconnects: number;
}

const CLOCK_FACTOR = 20;
const Doubts = z.looseObject({
  sync: z.looseObject({
    quality: z.string(),
    issues: z.array(z.looseObject({ code: z.string(), severity: z.string(), message: z.string() })),
  }),
});

/**
 * A gateway with three accounts, traded at random and cut off at random, behind real nodes in a real runtime;
 * what came out is compared with the ledger, figure by figure. The server must run (`helper.startServer`).
 */
export async function soak(options: SoakOptions): Promise<SoakResult> {
  const chance = seeded(options.seed);
  const market = createMarket({ seed: options.seed, accounts: 3 });
  const gateway = await startTwsSimulator({ market });
  const listener = new Listener(market);
  const flow = flowOf({ port: gateway.port });
  await helper.load(nodesWith(fastClock(CLOCK_FACTOR), undefined, chance), flow);
  listener.listen();
  await listener.until(() => differencesOf(market, listener).length === 0, 'the first figures');

  const cuts = new Set<number>();
  while (cuts.size < options.disconnects) cuts.add(Math.floor(chance() * options.trades));
  let reconnects = 0;
  for (let trade = 0; trade < options.trades; trade++) {
    market.trade();
    listener.lookAtTruth();
    if (trade % 5 === 0) market.tick();
    if (cuts.has(trade)) {
      gateway.disconnectAll(chance() < 0.5 ? 'reset' : 'fin');
      reconnects += 1;
    }
    // Some trades fall into one burst, some between two downloads.
    if (chance() < 0.4) await new Promise((resolve) => setTimeout(resolve, chance() * 12));
  }
  await listener
    .until(() => differencesOf(market, listener).length === 0, 'the last figures')
    .catch(() => undefined);
  const result = {
    ...options,
    ...listener.judge(),
    reconnects,
    differences: differencesOf(market, listener),
  };
  await helper.unload();
  await gateway.close();
  return result;
}

function differencesOf(market: Market, listener: Listener): readonly string[] {
  return market.ledger().ibkr.accounts.flatMap((account) => differences(account, listener.toldOf(account)));
}

/** Keeps what account-sync said, and what was true meanwhile. */
class Listener {
  readonly #market: Market;
  /** label → what was told of the account */
  readonly #told = new Map<string, Told>();
  /** `label|position key` → quantity as the changes tell it, null = closed */
  readonly #chain = new Map<string, number | null>();
  /** `label|position key` → how often the ledger has closed it */
  readonly #trueCloses = new Map<string, number>();
  readonly #held = new Set<string>();
  readonly #toldCloses = new Map<string, number>();
  readonly #events: string[] = [];
  readonly #broken: string[] = [];
  readonly #issues = new Set<string>();

  constructor(market: Market) {
    this.#market = market;
    this.lookAtTruth();
  }

  listen(): void {
    for (const output of ['balances', 'positions', 'orders'])
      helper.getNode(output).on('input', (raw: unknown) => {
        const { sync } = Doubts.parse(raw);
        if (sync.quality === 'live')
          // What was sold during an outage is kept until a second image lacks it, too.
          for (const { code, message, severity } of sync.issues)
            if (code !== 'BAD_RESPONSE' && severity !== 'info') this.#issues.add(`${code}: ${message}`);
      });
    helper.getNode('balances').on('input', (raw: unknown) => {
      const { account, payload } = BalancesMessage.parse(raw);
      this.#set(account.label, { balances: payload });
    });
    helper.getNode('positions').on('input', (raw: unknown) => this.#positions(raw));
    helper.getNode('orders').on('input', (raw: unknown) => {
      const orders = OrdersMessage.safeParse(raw);
      if (orders.success && orders.data.sync.kind === 'orders') {
        this.#events.push(...orders.data.changes.map(({ eventId }) => eventId));
        return this.#set(orders.data.account.label, { orders: orders.data.payload });
      }
      const { account, changes, payload } = ExecutionsMessage.parse(raw);
      this.#events.push(...changes.map(({ eventId }) => eventId));
      const before = this.#told.get(account.label)?.executions ?? [];
      const latest = new Map([...before, ...payload].map((execution) => [execution.executionId, execution]));
      this.#set(account.label, { executions: [...latest.values()] });
    });
  }

  toldOf({ account }: LedgerAccount): Told {
    return this.#told.get(`…${account.slice(-4)}`) ?? NOTHING;
  }

  lookAtTruth(): void {
    for (const { account, positions } of this.#market.ledger().ibkr.accounts) {
      const label = `…${account.slice(-4)}`;
      const now = new Set(positions.map(({ conId }) => `${label}|${conId}`));
      for (const key of this.#held) {
        if (!key.startsWith(label) || now.has(key)) continue;
        this.#held.delete(key);
        this.#trueCloses.set(key, (this.#trueCloses.get(key) ?? 0) + 1);
      }
      for (const key of now) this.#held.add(key);
    }
  }

  judge() {
    const accounts = this.#market.ledger().ibkr.accounts;
    const reported = new Set(
      [...this.#told.values()].flatMap(({ executions }) => executions.map(({ executionId }) => executionId)),
    );
    const fills = accounts.flatMap(({ executions }) =>
      executions.map(({ execId }) => execId.replace(/\.\d+$/, '')),
    );
    return {
      fills: fills.length,
      missingFills: fills.filter((id) => !reported.has(id)),
      phantomCloses: [...this.#toldCloses]
        .filter(([key, count]) => count > (this.#trueCloses.get(key) ?? 0))
        .map(([key]) => key),
      repeatedEvents: this.#events.filter((id, index) => this.#events.indexOf(id) !== index),
      issues: [...this.#issues],
      brokenChains: this.#broken,
    };
  }

  async until(look: () => boolean, what: string): Promise<void> {
    const started = performance.now();
    while (!look()) {
      if (performance.now() - started > 30_000) throw new Error(`Not within 30 s: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  #positions(raw: unknown): void {
    const { account, changes, payload } = PositionsMessage.parse(raw);
    this.#set(account.label, { positions: payload });
    for (const { change, before, after, eventId } of changes) {
      this.#events.push(eventId);
      const was = heldIn(before);
      const is = heldIn(after);
      const key = `${account.label}|${(is ?? was)?.key ?? ''}`;
      if (change === 'closed') this.#toldCloses.set(key, (this.#toldCloses.get(key) ?? 0) + 1);
      const told = this.#chain.get(key);
      if (told !== undefined && told !== (was?.quantity ?? null))
        this.#broken.push(`${key}: ${told} was told, then ${was?.quantity} as before`);
      this.#chain.set(key, is?.quantity ?? null);
    }
  }

  #set(label: string, part: Partial<Told>): void {
    this.#told.set(label, { ...(this.#told.get(label) ?? NOTHING), ...part });
  }
}

const NOTHING: Told = { balances: null, positions: [], orders: [], executions: [] };

function heldIn(value: unknown): PositionsMessage['payload'][number] | null {
  return value === null ? null : (PositionsMessage.shape.payload.element.parse(value) ?? null);
}
