import type { Client } from '../client.js';
import { numberOr, type Behaviour, type BehaviourFactory } from './behaviour.js';

interface Queue {
  pieces: Buffer[];
  readonly write: (bytes: Buffer) => void;
}

interface Pace {
  readonly delayMs: number;
  readonly split?: (bytes: Buffer) => Buffer[];
  /** Takes from the front of the queue what is written at one time. */
  readonly take: (pieces: Buffer[]) => Buffer[];
}

/** Keeps each client's bytes in order and lets them go step by step. */
const paced = ({ delayMs, split = (bytes) => [bytes], take }: Pace): Behaviour => {
  const queues = new Map<Client, Queue>();
  let timer: NodeJS.Timeout | undefined;
  let immediate: NodeJS.Immediate | undefined;
  const step = (): void => {
    for (const [client, queue] of queues) {
      const now = take(queue.pieces);
      queue.pieces = queue.pieces.slice(now.length);
      queue.write(Buffer.concat(now));
      if (queue.pieces.length === 0) queues.delete(client);
    }
    if (queues.size > 0) schedule();
  };
  const schedule = (): void => {
    if (delayMs > 0) timer = setTimeout(step, delayMs);
    else immediate = setImmediate(step);
  };
  return {
    write: (bytes, client, write) => {
      if (queues.size === 0) schedule();
      const queue = queues.get(client) ?? { pieces: [], write };
      queue.pieces.push(...split(bytes));
      queues.set(client, queue);
    },
    // Nothing is lost when the behaviour ends: what waits goes out at once.
    onClear: () => {
      clearTimeout(timer);
      clearImmediate(immediate);
      for (const { pieces, write } of queues.values()) write(Buffer.concat(pieces));
      queues.clear();
    },
  };
};

const bytesOf = (bytes: Buffer): Buffer[] => Array.from(bytes, (byte) => Buffer.of(byte));

export const byteByByte: BehaviourFactory = () =>
  paced({ delayMs: 0, split: bytesOf, take: (pieces) => pieces.slice(0, 1) });

/** Gathers for a moment and writes many frames as one chunk. */
export const manyPerChunk: BehaviourFactory = (argument) =>
  paced({ delayMs: numberOr(argument, 20), take: (pieces) => pieces });

/** Each frame that many milliseconds after the one before it. */
export const slow: BehaviourFactory = (argument) =>
  paced({ delayMs: numberOr(argument, 200), take: (pieces) => pieces.slice(0, 1) });
