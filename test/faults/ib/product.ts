import { createHash } from 'node:crypto';
import { createIbkrBroker } from '../../../src/brokers/ibkr/index.js';
import type { Chance, Clock } from '../../../src/ports.js';
import { Connection } from '../../../src/runtime/connection.js';
import type { ConnectionStatus } from '../../../src/runtime/status.js';
import type { MemoryOptions } from '../../../src/runtime/reader-memory.js';
import { Subscription, type AccountChange } from '../../../src/runtime/subscription.js';
import { Ladder } from '../../../src/runtime/ladder.js';
import { Ways } from '../../../src/runtime/ways.js';

export interface ProductOptions {
  readonly port: number;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly keyOf: (accountNumber: string) => string;
  readonly onChange: (change: AccountChange) => void;
  readonly onWord: (word: string) => void;
  /** Absent where a restart is to begin anew. */
  readonly memory?: MemoryOptions;
}

/** A connection to IBKR and one reader of it, as ibkr-config and account-sync make them. */
export interface Product {
  readonly status: ConnectionStatus;
  /** Listeners that the connection and its store still call. */
  readonly listeners: () => number;
  readonly close: () => Promise<void>;
}

export function startProduct(options: ProductOptions): Product {
  const { chance, clock, keyOf, memory, onWord, port } = options;
  const broker = createIbkrBroker(
    { host: '127.0.0.1', port, clientId: 17, tradingMode: 'any', accounts: [] },
    { clock, accountKey: (_broker, number) => keyOf(number) },
  );
  const logger = { info: onWord, warn: onWord, error: onWord };
  const connection = new Connection({ broker, clock, chance, logger });
  const listeners = countListeners(connection);
  const ways = new Ways({ first: connection, standbys: [], clock, logger });
  const leave = connection.onStatus(({ reason, state }) => onWord(`${state}: ${reason ?? 'all is well'}`));
  const subscription = new Subscription({
    ladder: new Ladder(connection, [ways], clock),
    clock,
    digest: (text) => createHash('sha256').update(text).digest('hex').slice(0, 16),
    coalesceMs: 250,
    staleAfterMs: 900_000,
    wants: () => true,
    ...(memory === undefined ? {} : { memory }),
    onChange: options.onChange,
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
