import type { Change } from '../../../src/domain/change.js';
import { KINDS, type Kind } from '../../../src/domain/update.js';
import type { AccountChange } from '../../../src/runtime/subscription.js';
import type { AccountState } from '../../../src/sync/state.js';
import type { Told } from '../../support/differences.js';
import { Balances, Execution, Order, Position } from '../../support/messages.js';

/** What was told of one account, and which kinds of it as live. */
export interface Heard {
  told: Told;
  readonly live: Set<Kind>;
}

const NOTHING: Told = { balances: null, positions: [], orders: [], executions: [] };

/** Hears what a reader of the connection is told, as account-sync does. */
export class Ear {
  /** account key → what was told of it last */
  readonly heard = new Map<string, Heard>();
  /** account key → every change in the order in which it was told */
  readonly changes = new Map<string, Change[]>();
  /** Numbers of messages that are missing or came twice. */
  readonly brokenSequences: string[] = [];
  /** Grows with each thing that is told. */
  version = 0;
  readonly #sequences = new Map<string, number>();
  /** `account|kind` whose next number may be any larger one */
  #mayJump: ReadonlySet<string> = new Set();

  hear({ changes, freshness, kind, sequence, state }: AccountChange): void {
    this.version += 1;
    const { key } = state.account;
    const heard = this.heard.get(key) ?? { told: NOTHING, live: new Set() };
    this.heard.set(key, heard);
    heard.told = { ...heard.told, ...partOf(kind, state) };
    if (freshness.quality === 'live' && !freshness.stale) heard.live.add(kind);
    else heard.live.delete(kind);
    this.changes.set(key, [...(this.changes.get(key) ?? []), ...changes]);
    this.#count(`${key}|${kind}`, sequence);
  }

  /** A crash leaves a gap in the numbers, and never a number twice. */
  restarted(): void {
    this.version += 1;
    this.#mayJump = new Set(this.#sequences.keys());
    for (const { live } of this.heard.values()) live.clear();
  }

  toldOf(key: string): Told {
    return this.heard.get(key)?.told ?? NOTHING;
  }

  /** Executions are events: how fresh their list is, is told with the next of them. */
  isLive(key: string): boolean {
    const live = this.heard.get(key)?.live;
    return KINDS.every((kind) => kind === 'executions' || live?.has(kind) === true);
  }

  #count(key: string, sequence: number): void {
    const expected = (this.#sequences.get(key) ?? 0) + 1;
    const isGap = sequence > expected && this.#mayJump.has(key);
    this.#mayJump = new Set([...this.#mayJump].filter((name) => name !== key));
    if (sequence !== expected && !isGap)
      this.brokenSequences.push(`${key}: message ${sequence} instead of ${expected}`);
    this.#sequences.set(key, sequence);
  }
}

function partOf(kind: Kind, state: AccountState): Partial<Told> {
  switch (kind) {
    case 'balances':
      return { balances: Balances.nullable().parse(state.balances?.value ?? null) };
    case 'positions':
      return { positions: values(state.positions?.value).map(({ value }) => Position.parse(value)) };
    case 'orders':
      return { orders: values(state.orders?.value).map(({ value }) => Order.parse(value)) };
    case 'executions':
      return { executions: values(state.executions?.value).map((value) => Execution.parse(value)) };
  }
}

function values<T>(map: ReadonlyMap<string, T> | undefined): readonly T[] {
  return [...(map?.values() ?? [])];
}
