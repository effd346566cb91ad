import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NodeAPI, NodeDef } from 'node-red';
import { z } from 'zod';
import { sentenceOf } from '../../../src/errors.js';
import type { Clock } from '../../../src/ports.js';
import { labelOf } from '../../support/ledger-history.js';
import { StatusMessage } from '../../support/messages.js';
import { flowOf, helper, nodesWith, startRuntime } from '../../support/nodes.js';
import { IbStage, type IbStageOptions } from '../ib/stage.js';
import type { Observer } from '../observer.js';
import type { Outcome, Stage } from '../scenario.js';
import { within } from '../within.js';

export type Deploy = 'full' | 'flows' | 'nodes';
export type Flow = readonly { readonly id: string; readonly type: string }[];
/** In what a flow is unlike the usual one. */
export interface FlowChange {
  readonly config?: object;
  readonly sync?: object;
  readonly more?: Flow;
  /**
   * Laid over the nodes of these ids: `tab`, `sync`, and `catcher` and `completer`, of which there can be only one each,
   * since the test helper registers their types once for each node.
   */
  readonly over?: Readonly<Record<string, object>>;
}
export type Input = (message: unknown, done: () => void) => void;
/** What a Node-RED has beside our nodes. */
export interface Guests {
  /** Nodes of others that a flow needs. */
  readonly nodes?: readonly ((RED: NodeAPI) => void)[];
  /** Of the mqtt feed, where it is to be another one than that of the connections. */
  readonly feedClock?: Clock;
  /** Node id → its credentials. */
  readonly credentials?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const LOADS_WITHIN_MS = 5_000;
const UNLOADS_WITHIN_MS = 5_000;
const STARTS_WITHIN_MS = 5_000;
const DATA: ReadonlySet<string> = new Set(['balances', 'positions', 'orders']);
const ErrorMessage = z.looseObject({ error: z.looseObject({ message: z.string() }) });

/** One server of Node-RED for the process; it keeps no run from ending. */
let runtime: Promise<void> | null = null;

/** Node-RED with our nodes before the proxy and the gateway of an `IbStage`, and what its nodes say to the oracle. */
export class RedStage {
  readonly ib: IbStage;
  readonly folder: string;
  /** What was wrong beside what the oracle finds. */
  readonly wrong = { lost: new Array<string>(), duplicates: new Array<string>(), leaks: new Array<string>() };
  /** States of the connection in the order in which they were told, with their reasons. */
  readonly states: string[] = [];
  /** Errors that a Catch node was given. */
  readonly errors: string[] = [];
  /** Messages that a Complete node was given. */
  completed = 0;
  /** What the node of this id does with its messages; others of its type pass theirs on to the oracle. */
  readonly inputs = new Map<string, Input>();
  #isLoaded = false;
  #whenUnloaded: (() => Promise<readonly string[]>) | null = null;

  private constructor(ib: IbStage, folder: string) {
    this.ib = ib;
    this.folder = folder;
  }

  static async open(given: Stage, options: IbStageOptions = {}): Promise<RedStage> {
    runtime ??= startRuntime();
    await within(STARTS_WITHIN_MS, 'the server of Node-RED starts', runtime);
    const ib = await IbStage.open(given, { ...options, nameOf: labelOf });
    return new RedStage(ib, await mkdtemp(join(tmpdir(), 'brokerage-fault-')));
  }

  /** A connection through the proxy and an account-sync node, whose messages go to the oracle. */
  flow({ config = {}, more = [], over = {}, sync = {} }: FlowChange = {}): Flow {
    const own = { coalesceMs: '250', pollSeconds: '15', ...sync };
    const complete = { id: 'completer', z: 'tab', type: 'complete', scope: ['sync'], wires: [['completed']] };
    const completed = { id: 'completed', z: 'tab', type: 'helper' };
    const nodes = [
      ...flowOf({ port: this.ib.proxy.port, config: { ...config }, sync: own }),
      complete,
      completed,
    ];
    return [...nodes, ...more]
      .map((node) => (node.type === 'helper' ? { ...node, type: 'ear' } : node))
      .map((node) => ({ ...node, ...over[node.id] }));
  }

  /** Node-RED starts. */
  async load(flow: Flow, { credentials = {}, feedClock, nodes: guests = [] }: Guests = {}): Promise<void> {
    const { chance, clock } = this.ib;
    const own = nodesWith(clock, this.folder, chance, feedClock);
    const nodes = [...guests, ...own, (RED: NodeAPI) => this.#registerEars(RED)];
    this.#isLoaded = true;
    await within(
      LOADS_WITHIN_MS,
      'Node-RED starts the flow',
      helper.load(nodes, [...flow], { ...credentials }),
    );
  }

  /** A deploy, as the editor makes it. */
  async deploy(type: Deploy, flow: Flow): Promise<void> {
    await delivered();
    await within(LOADS_WITHIN_MS, `a deploy of ${type}`, helper.setFlows([...flow], type));
  }

  /** Node-RED stops. Returns how long that took, ms of the product's clock. */
  async unload(): Promise<number> {
    if (!this.#isLoaded) return 0;
    this.#isLoaded = false;
    await delivered();
    const before = this.ib.clock.monotonic();
    await within(UNLOADS_WITHIN_MS, 'Node-RED stops', Promise.resolve(helper.unload()));
    this.ib.oracle.silence('close');
    return this.ib.clock.monotonic() - before;
  }

  /** What is closed after Node-RED; returns what was left open. */
  whenUnloaded(close: () => Promise<readonly string[]>): void {
    this.#whenUnloaded = close;
  }

  get observer(): Observer {
    return this.ib.observer;
  }

  /** Closes everything. */
  async close(): Promise<Pick<Outcome, 'leaks' | 'writes'>> {
    const [unloaded] = await Promise.allSettled([this.unload()]);
    const others = (await this.#whenUnloaded?.()) ?? [];
    const { leaks, writes } = await this.ib.close();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
    const failures = unloaded.status === 'rejected' ? [sentenceOf(unloaded.reason)] : [];
    return { leaks: [...failures, ...others, ...leaks, ...this.wrong.leaks], writes };
  }

  /** The oracle's verdict with what else was wrong. */
  with<Verdict extends Pick<Outcome, 'lost' | 'duplicates'>>(verdict: Verdict): Verdict {
    return {
      ...verdict,
      lost: [...this.wrong.lost, ...verdict.lost],
      duplicates: [...this.wrong.duplicates, ...verdict.duplicates],
    };
  }

  #registerEars(RED: NodeAPI): void {
    const inputs = this.inputs;
    const hear = (id: string, message: unknown): void => this.#hear(id, message);
    RED.nodes.registerType('ear', function (config: NodeDef) {
      RED.nodes.createNode(this, config);
      this.on('input', (message, _send, done) => {
        const own = inputs.get(config.id);
        if (own !== undefined) return own(message, done);
        hear(config.id, message);
        done();
      });
    });
  }

  #hear(id: string, message: unknown): void {
    if (DATA.has(id)) this.ib.oracle.hearMessage(message);
    if (id === 'completed') this.completed += 1;
    if (id === 'errors') {
      const text = ErrorMessage.parse(message).error.message;
      this.errors.push(text);
      this.ib.observer.note(`error: ${text}`);
    }
    if (id === 'status') {
      const { reason, state } = StatusMessage.parse(message).payload;
      this.states.push(reason === null ? state : `${state}: ${reason}`);
      this.ib.observer.note(`${state}: ${reason ?? 'all is well'}`);
    }
  }
}

/**
 * Node-RED delivers in the next turn of the event loop, and a node that has been stopped by then hears nothing any more
 * (Flow.js and Node.prototype.close of its runtime): what is sent in the very turn of a stop is lost on the way, and no
 * node can know it.
 */
async function delivered(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
