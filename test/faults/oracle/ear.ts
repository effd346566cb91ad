import { KINDS, type Kind } from '../../../src/domain/update.js';
import type { Told } from '../../support/differences.js';
import type { News, ToldChange } from './news.js';

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
  readonly changes = new Map<string, ToldChange[]>();
  /** Numbers of messages that are missing or came twice. */
  readonly brokenSequences: string[] = [];
  /** Grows with each thing that is told. */
  version = 0;
  /** `account key|kind` → number of its last message */
  readonly #sequences = new Map<string, number>();
  /** `account key|kind` whose next number may be any larger one */
  #mayJump = new Set<string>();

  hear({ changes, isLive, key, kind, newExecutions, part, sequence }: News): void {
    this.version += 1;
    const heard = this.heard.get(key) ?? { told: NOTHING, live: new Set() };
    this.heard.set(key, heard);
    heard.told = { ...heard.told, ...part };
    if (newExecutions.length > 0) heard.told = withExecutions(heard.told, newExecutions);
    if (isLive) heard.live.add(kind);
    else heard.live.delete(kind);
    this.changes.set(key, [...(this.changes.get(key) ?? []), ...changes]);
    this.#count(`${key}|${kind}`, sequence);
  }

  /** Nobody tells anything any more; `crash` = the last numbers that were used may not have been heard. */
  silence(end: 'crash' | 'close' | 'forgotten'): void {
    for (const { live } of this.heard.values()) live.clear();
    // Numbers are reserved for kinds, too, of which nothing was told yet.
    if (end === 'crash')
      this.#mayJump = new Set([...this.heard.keys()].flatMap((key) => KINDS.map((kind) => `${key}|${kind}`)));
    if (end === 'forgotten') this.#sequences.clear();
  }

  toldOf(key: string): Told {
    return this.heard.get(key)?.told ?? NOTHING;
  }

  /** Executions and activities are events: how fresh their list is, is told with the next of them. */
  isLive(key: string): boolean {
    const live = this.heard.get(key)?.live;
    const figures = KINDS.filter((kind) => kind !== 'executions' && kind !== 'activities');
    return figures.every((kind) => live?.has(kind) === true);
  }

  #count(name: string, sequence: number): void {
    const last = this.#sequences.get(name) ?? 0;
    const mayJump = this.#mayJump.delete(name);
    if (mayJump ? sequence <= last : sequence !== last + 1)
      this.brokenSequences.push(`${name}: message ${sequence} after ${last}`);
    this.#sequences.set(name, sequence);
  }
}

function withExecutions(told: Told, news: Told['executions']): Told {
  const all = new Map([...told.executions, ...news].map((one) => [one.executionId, one]));
  return { ...told, executions: [...all.values()] };
}
