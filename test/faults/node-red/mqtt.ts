import { testMessage } from '../../../src/node-red/alert/test-message.js';
import { brokerConfig, CORE_MQTT } from '../../support/core-mqtt.js';
import { payloadOf } from '../../support/mqtt-ear.js';
import { helper } from '../../support/nodes.js';
import { SteppedClock } from '../host/stepped-clock.js';
import { CLOCK_FACTOR } from '../ib/stage.js';
import { MqttWorld } from '../mqtt/mqtt-world.js';
import { RIGHT_WITHIN_MS } from '../play.js';
import { latency, timeout } from '../proxy/toxics.js';
import { comesTrue, rest } from '../within.js';
import { firstFigures, type RedFault } from './red-scenario.js';
import type { RedStage } from './red-stage.js';

const MINUTE_MS = 60_000;
/** Of the product's clock: longer than the longest wait between two attempts, and what follows then. */
const SETTLES_WITHIN_MS = 250_000;
const MOST_ALERTS = 12;
const MOST_LINES = 8;
/** Money is told to the cent. */
const CENT = 0.01;

/** A stage with an MQTT broker, and with a feed whose clock can be set ahead. */
interface Sea {
  readonly stage: RedStage;
  readonly world: MqttWorld;
  readonly feedClock: SteppedClock;
  /** Ids of the alerts that were given to the feed. */
  readonly given: Set<string>;
}

const TROUBLES: readonly { readonly name: string; readonly strike: (sea: Sea) => Promise<void> }[] = [
  {
    name: 'down for an hour',
    strike: async ({ feedClock, stage, world, given }) => {
      world.proxy.down();
      for (let minute = 0; minute < 60; minute++) {
        if (minute % 15 === 0) await stage.ib.trade(2);
        if (minute % 10 === 0) alertsTo(stage, given);
        feedClock.sleep(MINUTE_MS, true);
        await rest(5);
      }
      await world.proxy.up();
    },
  },
  {
    name: 'late with every acknowledgement',
    strike: async (sea) => {
      const { between, pass } = sea.stage.ib;
      // Half of them later than the feed waits for.
      const heal = sea.world.proxy.add(latency(between(2_000, 50_000) / CLOCK_FACTOR));
      await busy(sea);
      await pass(between(10_000, 60_000));
      heal();
    },
  },
  {
    name: 'taking messages without a word, so that they come twice',
    strike: async (sea) => {
      const { between, chance, pass } = sea.stage.ib;
      const heal = sea.world.proxy.add(timeout());
      await busy(sea);
      await pass(between(500, 5_000));
      heal();
      sea.world.proxy.cutAll(chance() < 0.5 ? 'reset' : 'fin');
    },
  },
  {
    name: 'started anew without what was retained',
    strike: async (sea) => {
      await busy(sea);
      await sea.world.restart();
      await busy(sea);
    },
  },
  {
    name: 'cut off again and again',
    strike: async (sea) => {
      const { between, pass } = sea.stage.ib;
      for (let times = between(2, 5); times > 0; times--) {
        alertsTo(sea.stage, sea.given);
        sea.world.proxy.cutAll('reset');
        await pass(between(0, 3_000));
      }
    },
  },
];

/** Positions come and go and alerts are told while the MQTT broker is away, slow, or has forgotten everything. */
export const MQTT: RedFault = {
  number: 32,
  name: 'an MQTT broker that is down, slow, deaf or forgetful',
  play: async (stage) => {
    const { between, chance, trade } = stage.ib;
    const world = await MqttWorld.open(stage.ib.chance);
    const feedClock = new SteppedClock(CLOCK_FACTOR, Date.now());
    const given = new Set<string>();
    stage.whenUnloaded(async () => {
      const timers = feedClock.pending === 0 ? [] : [`${feedClock.pending} timers of the feed wait`];
      return [...timers, ...(await world.close())];
    });
    const isDownAtStart = chance() < 0.3;
    if (isDownAtStart) world.proxy.down();
    const first = TROUBLES[between(0, TROUBLES.length - 1)];
    const second = chance() < 0.5 ? TROUBLES[between(0, TROUBLES.length - 1)] : undefined;
    stage.ib.observer.note(
      [isDownAtStart ? 'down at the start' : 'up at the start', first?.name, second?.name].join(', '),
    );
    const feed = { id: 'feed', z: 'tab', type: 'account-mqtt', name: 'my feed', broker: 'broker', wires: [] };
    const wires = ['balances', 'positions', 'orders', 'status'].map((output) => [output, 'feed']);
    await stage.load(
      stage.flow({ more: [brokerConfig(world.proxy.port), feed], over: { sync: { wires } } }),
      {
        nodes: CORE_MQTT,
        feedClock,
      },
    );
    alertsTo(stage, given);
    await firstFigures(stage);
    const sea = { stage, world, feedClock, given };
    if (isDownAtStart) {
      await busy(sea);
      await world.proxy.up();
    }
    for (const trouble of [first, second]) {
      if (trouble === undefined) continue;
      await busy(sea);
      await trouble.strike(sea);
    }
    await trade(3);
    alertsTo(stage, given);
    return await judge(sea);
  },
};

/** Somebody trades, and alerts are told. */
async function busy({ given, stage }: Sea): Promise<void> {
  alertsTo(stage, given);
  await stage.ib.trade(3);
  alertsTo(stage, given);
}

function alertsTo({ ib }: RedStage, given: Set<string>): void {
  for (let count = ib.between(1, MOST_ALERTS); count > 0; count--) {
    const message = testMessage(null, Date.now());
    const id = given.size.toString(16).padStart(16, '0');
    given.add(id);
    helper.getNode('feed').receive({ ...message, alert: { ...message.alert, id } });
  }
}

/** All is well: what stands there must become the ledger's figures, and every alert must have come. */
async function judge({ given, stage, world }: Sea): Promise<number | null> {
  const mendedAt = stage.ib.clock.monotonic();
  if (!(await stage.observer.comesRight(RIGHT_WITHIN_MS))) return null;
  const alerts = (): readonly Readonly<Record<string, unknown>>[] =>
    world.events.filter(({ topic }) => topic.endsWith('/alerts')).map(({ text }) => payloadOf(text));
  const missing = (): readonly string[] => {
    const ids = new Set(alerts().map(({ id }) => id));
    return [...given].filter((id) => !ids.has(id));
  };
  const isRight = await comesTrue(
    SETTLES_WITHIN_MS / CLOCK_FACTOR,
    () => missing().length === 0 && differences(stage, world).length === 0,
  );
  const recoveryMs = isRight ? stage.ib.clock.monotonic() - mendedAt : null;
  stage.wrong.lost.push(
    ...missing()
      .slice(0, MOST_LINES)
      .map((id) => `the alert ${id} did not come`),
    ...differences(stage, world).slice(0, MOST_LINES),
  );
  const texts = new Map<unknown, string>();
  for (const alert of alerts()) {
    const text = JSON.stringify(alert);
    if ((texts.get(alert['id']) ?? text) !== text)
      stage.wrong.duplicates.push(`two alerts have the id ${String(alert['id'])}`);
    texts.set(alert['id'], text);
  }
  stage.ib.observer.note(`${given.size} alerts, told ${alerts().length} times`);
  return recoveryMs;
}

/** In what the MQTT broker's retained topics differ from the ledger. */
function differences({ ib }: RedStage, { retained }: MqttWorld): readonly string[] {
  const lines: string[] = [];
  const expected = new Map<string, number>();
  for (const { account, balances, positions } of ib.market.ledger().ibkr.accounts) {
    const label = `…${account.slice(-4)}`;
    expected.set(`${label} net liquidation`, balances.netLiquidation);
    for (const { conId, marketValue, quantity } of positions) {
      expected.set(`${label} quantity of ${conId}`, quantity);
      expected.set(`${label} value of ${conId}`, marketValue);
    }
  }
  const found = new Map<string, unknown>();
  for (const [topic, text] of retained) {
    if (!topic.startsWith('brokerage/') || topic.includes('/bridge/')) continue;
    const payload = payloadOf(text);
    const label = String(payload['label']);
    if (topic.endsWith('/summary')) found.set(`${label} net liquidation`, payload['net_liquidation']);
    if (topic.includes('/positions/')) {
      const name = typeof payload['key'] === 'string' ? payload['key'] : topic;
      found.set(`${label} quantity of ${name}`, payload['quantity']);
      found.set(`${label} value of ${name}`, payload['market_value']);
    }
    if (payload['stale'] === true) lines.push(`${topic} says that it is stale`);
  }
  for (const [name, value] of expected) {
    const there = found.get(name);
    const isThere = typeof there === 'number' && Math.abs(there - value) < CENT;
    if (!isThere) lines.push(`${name} is ${String(there)}, and should be ${value}`);
  }
  for (const name of found.keys()) if (!expected.has(name)) lines.push(`${name} stands there, and is gone`);
  const online = [...retained].some(
    ([topic, text]) => /^brokerage\/bridge\/[^/]+\/status$/.test(topic) && text === 'online',
  );
  return online ? lines : [...lines, 'the feed does not say that it is online'];
}
