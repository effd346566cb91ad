import { compileFunction } from 'node:vm';
import { z } from 'zod';
import { exampleFlow, idInExample } from './example-flow.js';

const Body = z.looseObject({ func: z.string(), initialize: z.string().default('') });
const Rows = z.array(z.object({ name: z.string(), value: z.string() }));

export interface FunctionStage {
  readonly file: string;
  /** The function node is the one whose id ends so. */
  readonly short: string;
  /** ms since the epoch */
  readonly now: () => number;
  /** Names of the tab's environment variables → other values. */
  readonly env?: Readonly<Record<string, string>>;
  /** What the node's context holds; the same object again is a restart with context in files. */
  readonly memory?: Map<string, string>;
}

/** A function of an example as it is imported, without Node-RED, at times that the test chooses. */
export class FunctionNode {
  readonly #stage: FunctionStage;
  readonly #memory: Map<string, string>;
  readonly #env: ReadonlyMap<string, string>;
  readonly #run: (message: unknown) => unknown;
  /** The text under the node. */
  status = '';
  /** What it has said to Catch nodes, the oldest first. */
  readonly errors: string[] = [];

  constructor(stage: FunctionStage) {
    this.#stage = stage;
    this.#memory = stage.memory ?? new Map();
    const flow = exampleFlow(stage.file);
    const rows = Rows.parse(flow.find(({ type }) => type === 'tab')?.['env'] ?? []);
    this.#env = new Map([
      ...rows.map(({ name, value }): [string, string] => [name, value]),
      ...Object.entries(stage.env ?? {}),
    ]);
    const id = idInExample(stage.file, stage.short);
    const { func, initialize } = Body.parse(flow.find((node) => node.id === id));
    this.#run = this.#compiled(func);
    this.#compiled(initialize)({});
  }

  /** The messages that left each output, null and undefined left out. */
  receive(message: unknown): readonly (readonly unknown[])[] {
    const result = this.#run(message);
    const outputs: readonly unknown[] = Array.isArray(result) ? result : [result];
    return outputs.map((output) => [output].flat().filter((one) => one !== null && one !== undefined));
  }

  /** All that left the first output. */
  first(message: unknown): readonly unknown[] {
    return this.receive(message)[0] ?? [];
  }

  #compiled(body: string): (message: unknown) => unknown {
    const { now } = this.#stage;
    const clock = class extends Date {
      static override now(): number {
        return now();
      }
    };
    const run: unknown = compileFunction(body, ['msg', 'context', 'env', 'node', 'Date']);
    if (typeof run !== 'function') throw new Error('no function');
    // Context in files is JSON.
    const context = {
      get: (name: string): unknown => JSON.parse(this.#memory.get(name) ?? 'null') ?? undefined,
      set: (name: string, value: unknown) => void this.#memory.set(name, JSON.stringify(value)),
    };
    const env = { get: (name: string) => this.#env.get(name) };
    const node = {
      status: ({ text }: { readonly text: string }) => void (this.status = text),
      error: (text: string) => void this.errors.push(text),
    };
    return (message) => run(message, context, env, node, clock);
  }
}

/** What account-sync tells of an account called Main, as far as functions look at it. */
export function toldMessage(
  kind: string,
  payload: unknown,
  { account = {}, connection = {}, changes = [], sync = {} }: ToldOptions = {},
) {
  return {
    topic: `ibkr/Main/${kind}`,
    payload,
    account:
      account === null
        ? null
        : { key: '00000000000a', label: 'Main', broker: 'ibkr', type: null, currency: 'USD', ...account },
    connection: { key: 'c1', label: 'my gateway', ...connection },
    sync: {
      kind,
      sequence: 1,
      asOf: null,
      receivedAt: '2026-11-24T20:00:00.000Z',
      quality: 'live',
      complete: true,
      stale: false,
      staleSeconds: 0,
      via: 'tws',
      issues: [],
      ...sync,
    },
    changes,
  };
}

export interface ToldOptions {
  readonly account?: Readonly<Record<string, unknown>> | null;
  readonly connection?: Readonly<Record<string, unknown>>;
  readonly sync?: Readonly<Record<string, unknown>>;
  readonly changes?: readonly unknown[];
}

/** Figures that nobody vouches for any more. */
export const OLD = { quality: 'cached', stale: true, via: 'cache' };
