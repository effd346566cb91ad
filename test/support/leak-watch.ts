import assert from 'node:assert/strict';
import type { EventEmitter } from 'node:events';
import { inspect } from 'node:util';
import { z } from 'zod';
import {
  createMarket,
  SIMULATED_APP_KEY,
  SIMULATED_APP_SECRET,
  SIMULATED_FLEX_TOKEN,
} from '../../simulators/index.js';
import { LeakSearch, type Leak, type Marked, type Outgoing } from './leaks.js';
import { secretsOnTheWire } from './recorder.js';

/** The part of `@node-red/util` that everything passes which a Node-RED says. */
export interface NodeRedUtil {
  readonly log: { log: (entry: unknown) => void };
  readonly hooks: { add(name: string, hook: (payload: unknown) => void): void; remove(name: string): void };
  readonly events: EventEmitter;
}
export const NodeRedUtil = z.custom<NodeRedUtil>(
  (value) => typeof value === 'object' && value !== null && 'log' in value && 'hooks' in value,
);

const SendEvents = z.array(z.object({ msg: z.unknown() }));
const Completed = z.object({ error: z.unknown() });

/** Hears what a Node-RED and this process say, and knows what they must not say. */
export class LeakWatch {
  readonly #secrets: (() => Iterable<Marked>)[] = [];
  /** place → texts */
  readonly #heard = new Map<string, Set<string>>();
  #deaf = false;

  /** These, and whatever the function names at the end. */
  knows(secrets: () => Iterable<Marked>): void {
    this.#secrets.push(secrets);
  }

  hear(where: string, what: unknown): void {
    if (this.#deaf) return;
    const texts = this.#heard.get(where) ?? new Set();
    this.#heard.set(where, texts.add(textOf(what)));
  }

  /** Hears nothing of work that leaks on purpose. */
  async deafTo(work: () => Promise<void>): Promise<void> {
    this.#deaf = true;
    try {
      await work();
    } finally {
      this.#deaf = false;
    }
  }

  /** Listens to a runtime; the returned function ends that. */
  listenTo({ events, hooks, log }: NodeRedUtil, name = 'leakWatch'): () => void {
    const write = log.log;
    log.log = (entry) => {
      this.hear('log', entry);
      write.call(log, entry);
    };
    hooks.add(`onSend.${name}`, (sent) => {
      for (const { msg } of SendEvents.parse(sent)) this.hear('message', msg);
    });
    hooks.add(`onComplete.${name}`, (completed) => {
      const { error } = Completed.parse(completed);
      if (error !== undefined && error !== null) this.hear('error', error);
    });
    const onStatus = (status: unknown): void => this.hear('status', status);
    events.on('node-status', onStatus);
    return () => {
      log.log = write;
      hooks.remove(`*.${name}`);
      events.removeListener('node-status', onStatus);
    };
  }

  /** Listens to what is printed. */
  listenToPrint(stream: NodeJS.WriteStream, where: string): () => void {
    const write = stream.write.bind(stream);
    const listening: typeof stream.write = (chunk: Uint8Array | string, ...rest: unknown[]) => {
      this.hear(where, Buffer.from(chunk).toString('utf8'));
      return Reflect.apply(write, stream, [chunk, ...rest]);
    };
    stream.write = listening;
    return () => void (stream.write = write);
  }

  /** What was heard in one place. */
  heard(where: string): string {
    return [...(this.#heard.get(where) ?? [])].join('\n');
  }

  leaks(): readonly Leak[] {
    const search = new LeakSearch(this.#secrets.flatMap((secrets) => [...secrets()]));
    const outgoing = [...this.#heard].flatMap(([where, texts]): Outgoing[] =>
      [...texts].map((text) => ({ where, text })),
    );
    return search.in(outgoing);
  }
}

/** With the values of errors, which JSON leaves out, and without tripping over circles. */
function textOf(what: unknown): string {
  if (typeof what === 'string') return what;
  const shown = inspect(what, {
    depth: 12,
    maxArrayLength: null,
    maxStringLength: null,
    breakLength: Infinity,
  });
  return shown;
}

/** The watch of the whole run. */
export const suiteWatch = new LeakWatch();

const market = createMarket({ accounts: 3, schwabAccounts: 3 }).ledger();
const OF_THE_SIMULATORS: readonly Marked[] = [
  { name: 'app key', value: SIMULATED_APP_KEY },
  { name: 'app secret', value: SIMULATED_APP_SECRET },
  { name: 'Flex token', value: SIMULATED_FLEX_TOKEN },
  ...market.ibkr.accounts.map(({ account }) => ({ name: 'IBKR account number', value: account })),
  ...market.schwab.accounts.map(({ accountNumber }) => ({
    name: 'Schwab account number',
    value: accountNumber,
  })),
];
suiteWatch.knows(() => OF_THE_SIMULATORS);
suiteWatch.knows(() => secretsOnTheWire().map((value) => ({ name: 'what was sent to a broker', value })));

/** Marks a value of a test: whoever says it fails the run. */
export function marked(name: string, value: string): string {
  suiteWatch.knows(() => [{ name, value }]);
  return value;
}

let stopListening: readonly (() => void)[] = [];

/** Looks at the whole run: whatever any test made Node-RED or the process say. */
export const mochaHooks = {
  beforeAll(): void {
    stopListening = [
      suiteWatch.listenToPrint(process.stdout, 'stdout'),
      suiteWatch.listenToPrint(process.stderr, 'stderr'),
    ];
  },
  afterAll(this: Mocha.Context): void {
    this.timeout(60_000);
    for (const stop of stopListening) stop();
    assert.deepEqual(suiteWatch.leaks(), [], 'a secret or an account number came out');
  },
};
