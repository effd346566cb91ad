import type { AlertMessage, Sample } from '../../src/alerts/index.js';
import type { Kind } from '../../src/domain/update.js';
import { alertEvent } from '../../src/feeds/alert-event.js';
import { EMPTY_FEED, heard } from '../../src/feeds/feed.js';
import { textOf } from '../../src/feeds/leaf.js';
import { Topics } from '../../src/feeds/topics.js';
import { accountTree } from '../../src/feeds/tree.js';
import { sampleOf } from '../../src/node-red/alert/door.js';
import { messagesFor, statusMessage, type AccountMessage } from '../../src/node-red/messages.js';
import type { ConnectionStatus } from '../../src/runtime/status.js';
import { delta } from '../../src/sync/delta.js';
import { freshness } from '../../src/sync/freshness.js';
import type { SyncState } from '../../src/sync/state.js';
import { rulesOf, settingsOf, Stage } from '../alerts/support.js';
import { digest, stateOf } from '../support/builders.js';
import { NOW, statesAtGateway, statesAtSchwab } from './simulated-states.js';

const CONNECTIONS = {
  ibkr: { key: '8f1c2d3e4a5b6c7d', label: 'my gateway' },
  schwab: { key: '1a2b3c4d5e6f7a8b', label: 'my Schwab' },
} as const;

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
  const { first, placed, filled } = await statesAtGateway();
  const schwab = await statesAtSchwab();
  const activities = withKey(
    only(
      messages('activities', { now: schwab.after, before: schwab.before, emit: 'snapshots', label: 'IRA' }),
    ),
    schwab.accountKey,
  );
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

/** The stage of Schwab has keys of its own, which look like none. */
function withKey(message: AccountMessage, key: string): AccountMessage {
  return message.account === null ? message : { ...message, account: { ...message.account, key } };
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
  const own = new Topics({ prefix: 'brokerage', discoveryPrefix: 'homeassistant', instance: 'nr-12345678' });
  const tree = accountTree(account, feed, {
    topics: own,
    known: { name: 'main', since: NOW },
    privacy: 'amounts',
    at: NOW,
  });
  const under = (leaf: string): unknown => {
    const [, found] = [...tree].find(([topic]) => topic.startsWith(`brokerage/main/${leaf}`)) ?? [];
    if (found === undefined) throw new Error(`Nothing stands in ${leaf}.`);
    return JSON.parse(found.text);
  };
  const event: unknown = JSON.parse(
    textOf(alertEvent(alert, { account: 'main', instance: own.instance, privacy: 'amounts' }), NOW),
  );
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
