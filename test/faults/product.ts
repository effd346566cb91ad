import { createHash } from 'node:crypto';
import type { Broker, Chance, Clock } from '../../src/ports.js';
import { Connection } from '../../src/runtime/connection.js';
import { Ladder } from '../../src/runtime/ladder.js';
import type { MemoryOptions } from '../../src/runtime/reader-memory.js';
import type { ConnectionStatus } from '../../src/runtime/status.js';
import { Subscription, type AccountChange } from '../../src/runtime/subscription.js';
import { Ways } from '../../src/runtime/ways.js';

/** How account-sync is set where its user changed nothing. */
export const STALE_AFTER_MS = 900_000;
const COALESCE_MS = 250;

export interface ProductOptions {
  readonly broker: Broker;
  readonly clock: Clock;
  readonly chance: Chance;
  /** Absent where nothing outlives the process. */
  readonly memory?: MemoryOptions;
  readonly onChange: (change: AccountChange) => void;
  readonly onWord: (word: string) => void;
}

/** A connection to a broker and one reader of it, as a config node and account-sync make them. */
export interface Product {
  readonly status: ConnectionStatus;
  /** Listeners that the connection and its store still call. */
  readonly listeners: () => number;
  readonly close: () => Promise<void>;
}

export function startProduct({ broker, chance, clock, memory, onChange, onWord }: ProductOptions): Product {
  const logger = { info: onWord, warn: onWord, error: onWord };
  const connection = new Connection({ broker, clock, chance, logger });
  const listeners = countListeners(connection);
  const ways = new Ways({ first: connection, standbys: [], clock, logger });
  const leave = connection.onStatus(({ reason, state }) => onWord(`${state}: ${reason ?? 'all is well'}`));
  const subscription = new Subscription({
    ladder: new Ladder(connection, [ways], clock),
    clock,
    digest: (text) => createHash('sha256').update(text).digest('hex').slice(0, 16),
    coalesceMs: COALESCE_MS,
    staleAfterMs: STALE_AFTER_MS,
    wants: () => true,
    ...(memory === undefined ? {} : { memory }),
    onChange,
    onFlush: () => undefined,
  });
  ways.start();
  return {
    get status() {
      return connection.status;
    },
    listeners,
    close: async () => {
      leave();
      await subscription.close();
      await ways.close();
    },
  };
}

/** Counts who listens, from now on. */
function countListeners(connection: Connection): () => number {
  let count = 0;
  const counted = (leave: () => void): (() => void) => {
    count += 1;
    let hasLeft = false;
    return () => {
      if (!hasLeft) count -= 1;
      hasLeft = true;
      leave();
    };
  };
  const { store } = connection;
  const onStatus = connection.onStatus.bind(connection);
  const onChange = store.onChange.bind(store);
  connection.onStatus = (listener) => counted(onStatus(listener));
  store.onChange = (listener) => counted(onChange(listener));
  return () => count;
}
