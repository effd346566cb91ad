import { createMarket, startTwsSimulator, type Market } from '../../simulators/index.js';
import type { AlertMessage, Sample } from '../../src/alerts/index.js';
import { createIbkrBroker } from '../../src/brokers/ibkr/index.js';
import { KINDS, type BrokerUpdate, type Kind } from '../../src/domain/update.js';
import { alertEvent } from '../../src/feeds/alert-event.js';
import { EMPTY_FEED, heard } from '../../src/feeds/feed.js';
import { textOf } from '../../src/feeds/leaf.js';
import { Topics } from '../../src/feeds/topics.js';
import { accountTree } from '../../src/feeds/tree.js';
import { sampleOf } from '../../src/node-red/alert/door.js';
import { messagesFor, statusMessage, type AccountMessage } from '../../src/node-red/messages.js';
import type { Broker, BrokerSession } from '../../src/ports.js';
import type { ConnectionStatus } from '../../src/runtime/status.js';
import { delta } from '../../src/sync/delta.js';
import { freshness } from '../../src/sync/freshness.js';
import { reconcile } from '../../src/sync/reconcile.js';
import { EMPTY_STATE, type AccountState, type SyncState } from '../../src/sync/state.js';
import { rulesOf, settingsOf, Stage } from '../alerts/support.js';
import { digest, stateOf } from '../support/builders.js';
import { eventually, FakeClock, fastClock } from '../support/clocks.js';
import { schwabStage } from '../support/schwab-stage.js';

/** A Tuesday, ten in the morning in New York: the wall clock of all examples stands there. */
const NOW = Date.UTC(2026, 10, 24, 15, 0, 0);
const EVERYTHING = { kind: null, account: null } as const;
const CONNECTIONS = {
  ibkr: { key: '8f1c2d3e4a5b6c7d', label: 'my gateway' },
  schwab: { key: '1a2b3c4d5e6f7a8b', label: 'my Schwab' },
} as const;
const SALT = 'the salt of the examples';

const accountKey = (broker: string, number: string): string =>
  digest(`${SALT} ${broker}:${number}`).slice(0, 12);

/** Every message and payload that a user may see, made by the package from what the simulators tell: the same each time. */
export interface ExampleMessages {
  readonly balances: AccountMessage;
  /** All positions. */
  readonly positions: AccountMessage;
  /** With `emit: changes`: the one that changed. */
  readonly position: AccountMessage;
  readonly orders: AccountMessage;
  readonly executions: AccountMessage;
  readonly activities: AccountMessage;
  readonly status: AccountMessage;
  readonly alert: AlertMessage;
  readonly resolved: AlertMessage;
  /** Topic below the account → payload. */
  readonly mqtt: ReadonlyMap<'summary' | 'connection' | 'positions' | 'orders' | 'alerts', unknown>;
}

export async function exampleMessages(): Promise<ExampleMessages> {
  const { first, placed, filled } = await atGateway();
  const activities = await atSchwab();
  const told = (
    kind: Kind,
    now: SyncState,
    before: SyncState | null,
    emit: 'snapshots' | 'changes' = 'snapshots',
  ) => only(messages(kind, { now, before, emit, label: 'Main' }));
  const balances = told('balances', first, null);
  const positions = told('positions', first, null);
  const orders = told('orders', placed, first);
  const status = statusOf({ state: 'live', reason: null });
  const { firing, resolved } = alerts(balances);
  const position = told('positions', filled, placed, 'changes');
  const executions = told('executions', filled, placed);
  for (const message of [position, executions, activities]) asHeard(message);
  return {
    balances,
    positions,
    position,
    orders,
    executions,
    activities,
    status,
    alert: firing,
    resolved,
    mqtt: topics([status, balances, positions, orders], firing),
  };
}

interface Course {
  readonly first: SyncState;
  /** An order was placed. */
  readonly placed: SyncState;
  /** It was filled. */
  readonly filled: SyncState;
}

/**
 * What a gateway shows at three moments, each through a session of its own: its images, not what is pushed between them,
 * so that neither the network nor a busy machine has a say in what comes of it.
 */
async function atGateway(): Promise<Course> {
  const market = createMarket({ seed: 7, accounts: 1, positions: 2, schwabAccounts: 0, now: () => NOW });
  const gateway = await startTwsSimulator({ market, valuePushMs: null });
  const broker = createIbkrBroker(
    { host: gateway.host, port: gateway.port, clientId: 17, tradingMode: 'any', accounts: [] },
    { clock: { ...fastClock(5), now: () => NOW }, accountKey },
  );
  try {
    const first = await afterImages(broker, EMPTY_STATE);
    const order = place(market);
    const placed = await afterImages(broker, first);
    market.fillOrder(order);
    const filled = await afterImages(broker, placed);
    return { first, placed, filled };
  } finally {
    await gateway.close();
  }
}

function place(market: Market): string {
  const [account = ''] = market.accounts;
  const conId = market.positions(account)[0]?.conId ?? 0;
  const limitPrice = Math.ceil(market.price(conId));
  return market.placeOrder({ account, conId, side: 'BUY', quantity: 10, orderType: 'LMT', limitPrice });
}

async function afterImages(broker: Broker, before: SyncState): Promise<SyncState> {
  const updates: BrokerUpdate[] = [];
  const session = await broker.open(
    { update: (update) => void updates.push(update), ended: () => undefined },
    new AbortController().signal,
  );
  const known = (): SyncState => updates.reduce(reconcile, before);
  try {
    await session.refresh(EVERYTHING);
    await eventually(() => [...known().accounts.values()].every(isWhole), {
      withinMs: 30_000,
      what: "today's results",
    });
    await session.refresh(EVERYTHING);
    return imagesOf(updates).reduce(reconcile, before);
  } finally {
    await session.close();
  }
}

/** Today's results come after the images that they belong to. */
function isWhole({ balances, positions }: AccountState): boolean {
  if (balances === null || positions === null) return false;
  const results = [balances.value.dayPnl, ...[...positions.value.values()].map(({ value }) => value.dayPnl)];
  return results.every((result) => result !== null);
}

/** Of each kind the last image; what names the accounts comes first. */
function imagesOf(updates: readonly BrokerUpdate[]): readonly BrokerUpdate[] {
  const images = KINDS.flatMap(
    (kind) => updates.findLast((update) => update.kind === 'snapshot' && update.of === kind) ?? [],
  );
  return [...updates.filter(({ kind }) => kind === 'accounts'), ...images];
}

interface Telling {
  readonly now: SyncState;
  /** What was told before; null = nothing. */
  readonly before: SyncState | null;
  readonly label: string;
  readonly emit: 'snapshots' | 'changes';
}

function messages(kind: Kind, { before, emit, label, now }: Telling): readonly AccountMessage[] {
  const [key = ''] = now.accounts.keys();
  const state = stateOf(now, key);
  const how = freshness({
    state: now,
    account: state,
    of: kind,
    fresh: true,
    at: NOW,
    staleAfterMs: 900_000,
  });
  if (how === null) throw new Error(`There are no ${kind}.`);
  const changes = before === null ? [] : delta(stateOf(before, key), state, digest);
  return messagesFor(
    {
      kind,
      state,
      changes: changes.filter(({ of }) => of === kind),
      freshness: how,
      sequence: before === null ? 1 : 2,
    },
    { label, connection: CONNECTIONS[state.account.broker], emit },
  );
}

/** A deposit, between two looks. */
async function atSchwab(): Promise<AccountMessage> {
  const clock = new FakeClock(NOW);
  const now = (): number => clock.now();
  const market = createMarket({ seed: 5, accounts: 0, schwabAccounts: 1, now });
  const { broker, logIn, schwab } = await schwabStage({ clock, now, market });
  try {
    await logIn();
    const updates: BrokerUpdate[] = [];
    const session: BrokerSession = await broker.open(
      { update: (update) => void updates.push(update), ended: () => undefined },
      new AbortController().signal,
    );
    await session.refresh(EVERYTHING);
    const before = imagesOf(updates).reduce(reconcile, EMPTY_STATE);
    const [account = ''] = schwab.book.accounts;
    schwab.book.depositCash(account, 750);
    await session.refresh(EVERYTHING);
    const after = imagesOf(updates).reduce(reconcile, before);
    await session.close();
    const message = only(messages('activities', { now: after, before, emit: 'snapshots', label: 'IRA' }));
    // The stage has keys of its own, which look like none.
    const key = accountKey('schwab', account);
    return message.account === null ? message : { ...message, account: { ...message.account, key } };
  } finally {
    await schwab.close();
  }
}

function statusOf({ reason, state }: Pick<ConnectionStatus, 'reason' | 'state'>): AccountMessage {
  const status: ConnectionStatus = {
    state,
    reason,
    since: NOW,
    nextAttemptAt: null,
    lostSince: null,
    loginExpiresAt: null,
    quietUntil: null,
    via: 'tws',
  };
  return statusMessage({
    status,
    state,
    reason,
    broker: 'ibkr',
    connection: CONNECTIONS.ibkr,
    sequence: 2,
    at: NOW,
    issues: [],
  });
}

/** A rule that the account breaks, and keeps five minutes later. */
function alerts(balances: AccountMessage): {
  readonly firing: AlertMessage;
  readonly resolved: AlertMessage;
} {
  const rule = {
    id: 'worth',
    name: 'Worth less',
    metric: 'netLiquidation',
    operator: '<',
    threshold: 300_000,
    severity: 'warning',
  };
  const stage = new Stage(settingsOf(rulesOf(rule)), NOW);
  const sample = asHeard(balances);
  if (sample.of !== 'balances') throw new Error('The alert node takes balances for something else.');
  stage.sample((at) => ({ ...sample, at }));
  stage.pass(300_000);
  stage.sample((at) => ({ ...sample, at, balances: { ...sample.balances, netLiquidation: 310_000 } }));
  stage.pass(300_000);
  const [firing, resolved, ...others] = stage.take();
  if (firing === undefined || resolved === undefined || others.length > 0)
    throw new Error('There is not one alert and its end.');
  return { firing, resolved };
}

/** What an mqtt feed makes of these messages. */
function topics(heardMessages: readonly AccountMessage[], alert: AlertMessage): ExampleMessages['mqtt'] {
  const feed = heardMessages.reduce(
    (before, message) => heard(before, asHeard(message), message.account?.type ?? null),
    EMPTY_FEED,
  );
  const account = only([...feed.accounts.values()]);
  const names = new Map([[account.account.key, 'main']]);
  const own = new Topics({ prefix: 'brokerage', discoveryPrefix: 'homeassistant', instance: 'nr-12345678' });
  const tree = accountTree(account, feed, { topics: own, names, privacy: 'amounts', at: NOW });
  const under = (leaf: string): unknown => {
    const [, found] = [...tree].find(([topic]) => topic.startsWith(`brokerage/main/${leaf}`)) ?? [];
    if (found === undefined) throw new Error(`Nothing stands in ${leaf}.`);
    return JSON.parse(found.text);
  };
  const event: unknown = JSON.parse(textOf(alertEvent(alert, { account: 'main', privacy: 'amounts' }), NOW));
  return new Map([
    ['summary', under('summary')],
    ['connection', under('connection')],
    ['positions', under('positions/')],
    ['orders', under('orders/')],
    ['alerts', event],
  ]);
}

/** As the alert node and the mqtt feed read it: their schema is what a message must pass. */
function asHeard(message: AccountMessage): Sample {
  const sample = sampleOf(message, NOW);
  if (sample === null) throw new Error(`Nobody knows this message: ${message.topic}.`);
  return sample;
}

function only<Value>(values: readonly Value[]): Value {
  const [first, ...others] = values;
  if (first === undefined || others.length > 0)
    throw new Error(`There should be one, and there are ${values.length}.`);
  return first;
}
