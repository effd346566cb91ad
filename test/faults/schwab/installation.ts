import type { SchwabSimulator } from '../../../simulators/index.js';
import { createSchwabBroker } from '../../../src/brokers/schwab/index.js';
import { RateLimit } from '../../../src/brokers/schwab/rate-limit.js';
import { tokenEndpoint, type TokenEndpoint } from '../../../src/brokers/schwab/token-endpoint.js';
import { Tokens } from '../../../src/brokers/schwab/tokens.js';
import type { BrokerCounters, Chance, Clock } from '../../../src/ports.js';
import { decodeTold, encodeTold, type Told } from '../../../src/state/told.js';
import type { AccountChange } from '../../../src/runtime/subscription.js';
import { startProduct, type Product } from '../product.js';
import type { Disk } from './disk.js';

export interface InstallationOptions {
  readonly schwab: SchwabSimulator;
  /** Where the product believes Schwab to be. */
  readonly apiUrl: string;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly keyOf: (accountNumber: string) => string;
  readonly onChange: (change: AccountChange) => void;
  readonly onWord: (word: string) => void;
}

const CONNECTION = 'schwab';

/** What one machine keeps of a connection to Schwab, and the process that runs on it. */
export class Installation {
  readonly #options: InstallationOptions;
  /** What account-sync has on the disk. */
  #kept: string | null = null;
  #process: Process | null = null;

  constructor(options: InstallationOptions) {
    this.#options = options;
  }

  get running(): Process {
    if (this.#process === null) throw new Error('The product was not started.');
    return this.#process;
  }

  start(): void {
    let isAlive = true;
    const { onChange, onWord } = this.#options;
    this.#process = startProcess({
      ...this.#options,
      told: this.#kept === null ? null : decodeTold(this.#kept),
      onKept: (text) => {
        if (isAlive) this.#kept = text;
      },
      onChange: (change) => {
        if (isAlive) onChange(change);
      },
      onWord: (word) => {
        if (isAlive) onWord(word);
      },
      die: () => (isAlive = false),
    });
  }

  /** Ends the process in the middle of whatever it does: nothing of it is heard any more, nor written. */
  async kill(): Promise<void> {
    const { running } = this;
    running.die();
    await running.product.close();
  }
}

/** The product and the login that it shares with its dialogs. */
export interface Process {
  readonly product: Product;
  readonly tokens: Tokens;
  readonly endpoint: TokenEndpoint;
  readonly counters: () => BrokerCounters | null;
  readonly die: () => void;
}

interface ProcessOptions extends InstallationOptions {
  readonly told: Told | null;
  readonly onKept: (text: string) => void;
  readonly die: () => void;
}

function startProcess(options: ProcessOptions): Process {
  const { apiUrl, chance, clock, die, disk, keyOf, onChange, onKept, onWord, schwab, told } = options;
  const { appKey, appSecret } = schwab;
  const limit = new RateLimit(clock);
  const endpoint = tokenEndpoint({ app: { apiUrl, appKey, appSecret }, limit, clock });
  const logger = { info: onWord, warn: onWord, error: onWord };
  const tokens = new Tokens({ store: disk.store(), endpoint, clock, logger });
  const broker = createSchwabBroker(
    { apiUrl, accounts: [], streamer: false },
    { clock, chance, accountKey: (_broker, number) => keyOf(number), tokens, limit },
  );
  const save = async (now: Told): Promise<void> => onKept(encodeTold(now, (words) => words));
  const memory = { connection: CONNECTION, told, save, warn: onWord };
  const product = startProduct({ broker, clock, chance, memory, onChange, onWord });
  return { product, tokens, endpoint, counters: () => broker.counters?.() ?? null, die };
}
