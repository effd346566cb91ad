import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { connectAsync, type MqttClient } from 'mqtt';
import { z } from 'zod';
import type { MqttLink, OpenLink } from '../src/mqtt/link.js';
import { openLinkTo } from '../src/mqtt/open-link.js';
import { mqttFeedConfig } from '../src/node-red/mqtt-feed/config.js';
import { MqttFeed } from '../src/node-red/mqtt-feed/feed-node.js';
import { systemChance, systemClock } from '../src/runtime/system-clock.js';
import { instrument, position } from '../test/support/builders.js';
import { balancesMessage, Desk, positionsMessage } from '../test/support/feed-desk.js';
import { median, ratio, type Figure } from './figure.js';
import { benchBroker, type BenchBroker } from './mqtt-broker.js';

/** How an account with very many positions fares, at first and while a part of them moves. */
const POSITIONS = 10_000;
/** In each round half of these get another price, and the other half the one they had before. */
const CHANGED = 2_000;
const ROUNDS = 20;
const RUNS = 3;
const BARE = 'bare MQTT.js';
const MEGABYTE = 1_048_576;
const QUIET_MS = 100;
const options = { protocolVersion: 4 } as const;

interface Message {
  readonly topic: string;
  readonly text: string;
}

/** What it took until everything was acknowledged: milliseconds on the wall, and of this process. */
interface Took {
  readonly wall: number;
  readonly cpu: number;
}

interface Spans {
  readonly first: Took;
  /** All rounds together. */
  readonly rounds: Took;
}

interface FeedMeasured extends Spans {
  /** Bytes of the heap in use beyond what was in use before. */
  readonly heap: number;
  readonly sent: { readonly first: readonly Message[]; readonly rounds: readonly (readonly Message[])[] };
}

/** A connection that keeps what was acknowledged. */
class Counted {
  readonly acknowledged: Message[] = [];
  /** When the last one was, by `performance.now()`. */
  lastAt = 0;
  #wanted = Infinity;
  #reached: () => void = () => undefined;

  over(open: OpenLink): OpenLink {
    return async (events, signal) => {
      const link = await open(events, signal);
      const publish: MqttLink['publish'] = async (message) => {
        await link.publish(message);
        this.acknowledged.push(message);
        this.lastAt = performance.now();
        if (this.acknowledged.length >= this.#wanted) this.#reached();
      };
      return {
        mostUnderWay: link.mostUnderWay,
        publish,
        subscribe: async (topics) => await link.subscribe(topics),
        unsubscribe: async (topics) => await link.unsubscribe(topics),
        close: async () => await link.close(),
        abandon: (error) => link.abandon(error),
      };
    };
  }

  /** Resolves when so many have been acknowledged in all, and then nothing for a while. */
  async until(count: number): Promise<void> {
    if (this.acknowledged.length < count) {
      this.#wanted = count;
      await new Promise<void>((resolve) => (this.#reached = resolve));
    }
    for (let before = -1; before !== this.acknowledged.length;) {
      before = this.acknowledged.length;
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    }
  }
}

/** All positions; those that move have the price of this round. */
function held(round: number): object {
  const payload = Array.from({ length: POSITIONS }, (_, index) => {
    const isMoving = (index + round) % (POSITIONS / (CHANGED / 2)) === 0;
    const key = String(100_000 + index);
    const symbol = `S${index}`;
    return position({
      key,
      marketPrice: 100 + (isMoving ? (round + 1) / 100 : 0),
      instrument: instrument({ key, symbol }),
    });
  });
  return { ...positionsMessage([]), payload };
}

/** Without Home Assistant: its one document of all entities is no matter of messages. */
async function feedRun({ url }: BenchBroker): Promise<FeedMeasured> {
  const parsed = mqttFeedConfig({ homeAssistant: false });
  if ('wrong' in parsed) throw new Error(parsed.wrong);
  const counted = new Counted();
  const target = {
    url,
    address: url,
    clientId: 'bench-feed',
    options,
    qos: 1,
    will: { topic: 'brokerage/bridge/bench/status', text: 'offline' },
  } as const;
  const images = Array.from({ length: ROUNDS + 1 }, (_, round) => held(round));
  const before = heapUsed();
  const feed = new MqttFeed(new Desk().node, parsed.config, {
    clock: systemClock,
    chance: systemChance,
    open: counted.over(openLinkTo(target, systemClock)),
    address: url,
    instance: 'bench',
    readers: () => [],
    onReaderStopped: () => () => undefined,
    connectionIs: () => 'live',
  });
  // Status and info: the connection is there.
  await counted.until(2);
  counted.acknowledged.length = 0;
  const timed = stopwatch();
  await feed.take(balancesMessage(1_000_000));
  await feed.take(images[0]);
  await counted.until(POSITIONS);
  const first = timed(counted.lastAt);
  const sentFirst = counted.acknowledged.splice(0);
  const heap = heapUsed() - before;
  const rounds: Took[] = [];
  const sentRounds: Message[][] = [];
  for (const image of images.slice(1)) {
    const timedRound = stopwatch();
    await feed.take(image);
    await counted.until(CHANGED);
    rounds.push(timedRound(counted.lastAt));
    sentRounds.push(counted.acknowledged.splice(0));
  }
  await feed.close(false);
  return { first, rounds: sumOf(rounds), heap, sent: { first: sentFirst, rounds: sentRounds } };
}

/** The same messages from a client of MQTT.js, and nothing else. */
async function bareRun({ url }: BenchBroker, sent: FeedMeasured['sent']): Promise<Spans> {
  const client = await connectAsync(url, { ...options, clientId: 'bench-bare' });
  const first = await published(client, sent.first);
  const rounds: Took[] = [];
  for (const messages of sent.rounds) rounds.push(await published(client, messages));
  await client.endAsync();
  return { first, rounds: sumOf(rounds) };
}

async function published(client: MqttClient, messages: readonly Message[]): Promise<Took> {
  const timed = stopwatch();
  await new Promise<void>((resolve, reject) => {
    let left = messages.length;
    for (const { text, topic } of messages)
      client.publish(topic, text, { qos: 1, retain: true }, (error) => {
        if (error !== null && error !== undefined) reject(error);
        else if ((left -= 1) === 0) resolve();
      });
  });
  return timed(performance.now());
}

/** Begins now; the returned function is told when it was over, by `performance.now()`. */
function stopwatch(): (endedAt: number) => Took {
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  return (endedAt) => {
    const { system, user } = process.cpuUsage(cpu);
    return { wall: endedAt - wall, cpu: (system + user) / 1_000 };
  };
}

function sumOf(all: readonly Took[]): Took {
  return all.reduce((sum, { cpu, wall }) => ({ wall: sum.wall + wall, cpu: sum.cpu + cpu }), {
    wall: 0,
    cpu: 0,
  });
}

const Collect = z.custom<() => void>((value) => typeof value === 'function');

/** After a collection, so that what is garbage does not count. */
function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  Collect.parse(runInNewContext('gc'))();
  return process.memoryUsage().heapUsed;
}

/** The feed beside a bare client that publishes the same to the same MQTT broker. */
export async function mqttFeedFigures(): Promise<readonly Figure[]> {
  const broker = await benchBroker();
  const runs: { readonly feed: FeedMeasured; readonly bare: Spans }[] = [];
  try {
    for (let run = 0; run < RUNS; run++) {
      const feed = await feedRun(broker);
      runs.push({ feed, bare: await bareRun(broker, feed.sent) });
    }
  } finally {
    await broker.close();
  }
  const [{ feed: { sent } } = { feed: { sent: { first: [], rounds: [] } } }] = runs;
  const count = { first: sent.first.length, rounds: sent.rounds.flat().length };
  const bytes = { first: bytesOf(sent.first), rounds: bytesOf(sent.rounds.flat()) };
  const of = (which: 'feed' | 'bare', span: keyof Spans, clock: keyof Took): number =>
    median(runs.map((run) => run[which][span][clock]));
  const spans = (['first', 'rounds'] as const).flatMap((span): readonly Figure[] => {
    const what =
      span === 'first'
        ? `${POSITIONS} positions for the first time`
        : `${CHANGED} of them changed, ${ROUNDS} times`;
    const load = `${count[span]} messages, ${(bytes[span] / MEGABYTE).toFixed(1)} MB`;
    return (['bare', 'feed'] as const).flatMap((which): readonly Figure[] => {
      const name = `${broker.name}, ${what} (${load}): ${which === 'bare' ? BARE : 'mqtt feed'}`;
      const [wall, cpu] = [of(which, span, 'wall'), of(which, span, 'cpu')];
      const [bareWall, bareCpu] = [of('bare', span, 'wall'), of('bare', span, 'cpu')];
      const perSecond = Math.round((count[span] / wall) * 1_000);
      return [
        { name, value: Math.round(wall), unit: 'ms', ratioTo: BARE, ratio: ratio(wall, bareWall) },
        { name, value: perSecond, unit: 'messages/s', ratioTo: BARE, ratio: ratio(bareWall, wall) },
        { name, value: Math.round(cpu), unit: 'ms of CPU', ratioTo: BARE, ratio: ratio(cpu, bareCpu) },
      ];
    });
  });
  const heap = median(runs.map(({ feed }) => feed.heap));
  const name = `${POSITIONS} positions: heap in use by the mqtt feed`;
  return [
    ...spans,
    {
      name,
      value: Number((heap / MEGABYTE).toFixed(1)),
      unit: 'MB',
      ratioTo: 'the bytes of its payloads',
      ratio: ratio(heap, bytes.first),
    },
  ];
}

function bytesOf(messages: readonly Message[]): number {
  return messages.reduce(
    (sum, { text, topic }) => sum + Buffer.byteLength(topic) + Buffer.byteLength(text),
    0,
  );
}
