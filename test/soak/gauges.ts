import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { z } from 'zod';
import type { TwsSimulator } from '../../simulators/index.js';
import type { Clock } from '../../src/ports.js';
import { Connection } from '../../src/runtime/connection.js';
import { Store } from '../../src/runtime/store.js';
import { helper } from '../support/nodes.js';

/** What must not become more. */
export interface Counts {
  /** Sockets of this process, those of the simulator among them. */
  readonly sockets: number;
  /** Open sockets at the simulator. */
  readonly clients: number;
  /** Timers that the product waits for. */
  readonly timers: number;
  /** Listeners of stores and statuses of connections. */
  readonly listeners: number;
}

export interface Memory {
  readonly heapMb: number;
  readonly rssMb: number;
}

const MB = 1024 * 1024;
const Collect = z.custom<() => void>((value) => typeof value === 'function');
const Listen = z.custom<(listener: () => void) => () => void>((value) => typeof value === 'function');
const Spying = z
  .object({
    _sandbox: z.custom<{ resetHistory(): void }>(
      (value) => typeof value === 'object' && value !== null && 'resetHistory' in value,
    ),
  })
  .transform((spying) => spying['_sandbox']);

setFlagsFromString('--expose-gc');
const collect = Collect.parse(runInNewContext('gc'));

/** Memory that is in use, when what nobody needs is gone and the test helper has forgotten what it spied. */
export function memory(): Memory {
  Spying.parse(helper).resetHistory();
  collect();
  const { heapUsed, rss } = process.memoryUsage();
  return { heapMb: heapUsed / MB, rssMb: rss / MB };
}

/** The smallest counts within so many looks: a timer that comes and goes is not one too many. */
export async function lowestCounts(look: () => Counts, looks: number, everyMs: number): Promise<Counts> {
  let lowest = look();
  for (let done = 1; done < looks; done += 1) {
    await new Promise((resolve) => setTimeout(resolve, everyMs));
    const now = look();
    lowest = {
      sockets: Math.min(lowest.sockets, now.sockets),
      clients: Math.min(lowest.clients, now.clients),
      timers: Math.min(lowest.timers, now.timers),
      listeners: Math.min(lowest.listeners, now.listeners),
    };
  }
  return lowest;
}

export function counts(gateway: TwsSimulator, timers: () => number, listeners: () => number): Counts {
  return {
    sockets: process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length,
    clients: gateway.connections,
    timers: timers(),
    listeners: listeners(),
  };
}

/** A clock that knows how many of its timers wait. */
export function countingClock(clock: Clock): { readonly clock: Clock; readonly pending: () => number } {
  const waiting = new Set<object>();
  return {
    pending: () => waiting.size,
    clock: {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      after: (delayMs, callback) => {
        const own = {};
        waiting.add(own);
        const timer = clock.after(delayMs, () => {
          waiting.delete(own);
          callback();
        });
        return {
          cancel: () => {
            waiting.delete(own);
            timer.cancel();
          },
        };
      },
    },
  };
}

/** Counts who listens to connections from now on, until `end`. */
export function watchListeners(): { readonly count: () => number; readonly end: () => void } {
  const listening = new Set<object>();
  const ends = [
    counted(Connection.prototype, 'onStatus', listening),
    counted(Store.prototype, 'onChange', listening),
  ];
  return { count: () => listening.size, end: () => ends.forEach((end) => end()) };
}

/** Keeps an entry in the set for each call of this method, until what it returned is called. */
function counted(prototype: object, method: string, listening: Set<object>): () => void {
  const listen = Listen.parse(Reflect.get(prototype, method));
  Reflect.set(prototype, method, function (this: object, listener: () => void) {
    const own = {};
    listening.add(own);
    const leave = Reflect.apply(listen, this, [listener]);
    return () => {
      listening.delete(own);
      leave();
    };
  });
  return () => void Reflect.set(prototype, method, listen);
}
