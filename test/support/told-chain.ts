import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Market } from '../../simulators/index.js';
import { differences, type Told } from './differences.js';
import { labelOf, type LedgerHistory } from './ledger-history.js';
import {
  BalancesMessage,
  Execution,
  ExecutionsMessage,
  Order,
  OrdersMessage,
  Position,
  PositionsMessage,
} from './messages.js';

type Figures = readonly unknown[];
type Message = z.infer<typeof PositionsMessage | typeof OrdersMessage | typeof ExecutionsMessage>;
type OneChange = Message['changes'][number];

const AnyMessage = z.looseObject({ sync: z.looseObject({ kind: z.string() }) });
/**
 * All that account-sync said, over any number of lives of its process, as an owner would replay it: each event
 * once. What does not add up is kept as a sentence in `faults`.
 */
export class ToldChain {
  readonly #history: LedgerHistory;
  readonly #eventsKept: number;
  /** label → what the messages say now */
  readonly #told = new Map<string, Told>();
  /** `label|kind` → key → figures as the changes add up to them; what was there at the first message is taken from it */
  readonly #replayed = new Map<string, Map<string, Figures>>();
  /** `label|kind` → sequence of the last message */
  readonly #sequences = new Map<string, number>();
  /** event id → content, oldest first */
  readonly #events = new Map<string, OneChange>();
  /** `label|position key` → how often it was told to be closed */
  readonly #closes = new Map<string, number>();
  readonly faults: string[] = [];
  /** Events that were told once more with the same id and the same content: allowed after a crash. */
  repeated = 0;
  /** Events, each counted once. */
  events = 0;

  /** @param eventsKept A crash repeats only what was told last: how many events are compared with what comes later */
  constructor(history: LedgerHistory, eventsKept = 5_000) {
    this.#history = history;
    this.#eventsKept = eventsKept;
  }

  /** Takes a message of one of the first three outputs. */
  hear(raw: unknown): void {
    const { kind } = AnyMessage.parse(raw).sync;
    if (kind === 'balances') this.#balances(BalancesMessage.parse(raw));
    else if (kind === 'positions') this.#positions(PositionsMessage.parse(raw));
    else if (kind === 'orders') this.#orders(OrdersMessage.parse(raw));
    else if (kind === 'executions') this.#executions(ExecutionsMessage.parse(raw));
    else this.faults.push(`a message of kind ${kind}`);
  }

  /** Every figure in which what was told last differs from the ledger, every fill and order that is missing among them. */
  differences(market: Market): readonly string[] {
    return market
      .ledger()
      .ibkr.accounts.flatMap((account) =>
        differences(account, this.#told.get(labelOf(account.account)) ?? NOTHING),
      );
  }

  /** Positions of which more ends were told than there were. */
  phantomCloses(): readonly string[] {
    return [...this.#closes]
      .filter(([position, count]) => count > this.#history.closesOf(position))
      .map(([position, count]) => `${position} was told to be closed ${count} times`);
  }

  #balances(message: z.infer<typeof BalancesMessage>): void {
    this.#sequence(message.account.label, message.sync);
    this.#set(message.account.label, { balances: message.payload });
  }

  #positions(message: PositionsMessage): void {
    const { label } = message.account;
    this.#sequence(label, message.sync);
    const figures = new Map(message.payload.map((position) => [position.key, positionFigures(position)]));
    const fresh = this.#replay(message, (value) => {
      const position = Position.parse(value);
      return [position.key, positionFigures(position)];
    });
    for (const { change, before } of fresh) {
      if (change !== 'closed') continue;
      const position = `${label}|${Position.parse(before).key}`;
      this.#closes.set(position, (this.#closes.get(position) ?? 0) + 1);
    }
    this.#compare(`${label}|positions`, figures);
    for (const { key, quantity } of message.payload)
      if (!this.#history.wasTrue(`${label}|${key}`, quantity))
        this.faults.push(`${label}: ${quantity} of ${key} was told and never true`);
    this.#set(label, { positions: message.payload });
  }

  #orders(message: z.infer<typeof OrdersMessage>): void {
    const { label } = message.account;
    this.#sequence(label, message.sync);
    const figures = new Map(message.payload.map((order) => [order.key, orderFigures(order)]));
    this.#replay(message, (value) => {
      const order = Order.parse(value);
      return [order.key, orderFigures(order)];
    });
    this.#compare(`${label}|orders`, figures);
    this.#set(label, { orders: message.payload });
  }

  /** Fills are told by their changes alone, from the first one on. */
  #executions(message: z.infer<typeof ExecutionsMessage>): void {
    const { label } = message.account;
    this.#sequence(label, message.sync);
    const name = `${label}|executions`;
    if (!this.#replayed.has(name)) this.#replayed.set(name, new Map());
    const fresh = this.#replay(message, (value) => {
      const execution = Execution.parse(value);
      return [execution.executionId, executionFigures(execution)];
    });
    const known = this.#told.get(label)?.executions ?? [];
    const latest = new Map(
      [...known, ...fresh.map(({ after }) => Execution.parse(after))].map((execution) => [
        execution.executionId,
        execution,
      ]),
    );
    this.#set(label, { executions: [...latest.values()] });
  }

  /** Applies the changes that were not told yet, each of which must begin where the last one ended, and returns them. */
  #replay(
    { account: { label }, changes, sync: { kind } }: Message,
    read: (value: unknown) => readonly [string, Figures],
  ): readonly OneChange[] {
    const name = `${label}|${kind}`;
    const state = this.#replayed.get(name);
    const fresh = changes.filter((change) => this.#isFresh(name, change));
    // The first image is the baseline: what changed before it is in it.
    if (state === undefined) return fresh;
    for (const { after, before, change, eventId } of fresh) {
      const was = before === null ? null : read(before);
      const is = after === null ? null : read(after);
      const key = is?.[0] ?? was?.[0] ?? '';
      const known = state.get(key) ?? null;
      if (!isDeepStrictEqual(was?.[1] ?? null, known))
        this.faults.push(
          `${name} ${key}: ${eventId} (${change}) begins at ${text(was?.[1])}, told before was ${text(known)}`,
        );
      if (is === null) state.delete(key);
      else state.set(key, is[1]);
    }
    return fresh;
  }

  #isFresh(name: string, change: OneChange): boolean {
    const known = this.#events.get(change.eventId);
    if (known === undefined) {
      this.events += 1;
      this.#events.set(change.eventId, change);
      const [oldest] = this.#events.keys();
      if (this.#events.size > this.#eventsKept && oldest !== undefined) this.#events.delete(oldest);
      return true;
    }
    this.repeated += 1;
    if (!isDeepStrictEqual(known, change))
      this.faults.push(`${name}: one id, two contents: ${text(known)} and ${text(change)}`);
    return false;
  }

  /** What the changes add up to is what the image of the same message says. */
  #compare(name: string, image: Map<string, Figures>): void {
    const replayed = this.#replayed.get(name);
    if (replayed === undefined) return void this.#replayed.set(name, image);
    for (const key of new Set([...image.keys(), ...replayed.keys()])) {
      const [shown, added] = [image.get(key), replayed.get(key)];
      if (isDeepStrictEqual(shown, added)) continue;
      this.faults.push(`${name} ${key}: the image says ${text(shown)}, its changes ${text(added)}`);
    }
    this.#replayed.set(name, image);
  }

  #sequence(label: string, { kind, sequence }: { readonly kind: string; readonly sequence: number }): void {
    const name = `${label}|${kind}`;
    const last = this.#sequences.get(name) ?? 0;
    if (sequence <= last) this.faults.push(`${name}: sequence ${sequence} after ${last}`);
    this.#sequences.set(name, sequence);
  }

  #set(label: string, part: Partial<Told>): void {
    this.#told.set(label, { ...(this.#told.get(label) ?? NOTHING), ...part });
  }
}

const NOTHING: Told = { balances: null, positions: [], orders: [], executions: [] };

function positionFigures({ averageCost, quantity }: z.infer<typeof Position>): Figures {
  return [quantity, averageCost];
}

function orderFigures(order: z.infer<typeof Order>): Figures {
  const { averageFillPrice, filledQuantity, isOpen, limitPrice, quantity, side, status, stopPrice } = order;
  return [status, isOpen, side, quantity, filledQuantity, averageFillPrice, limitPrice, stopPrice];
}

function executionFigures(execution: z.infer<typeof Execution>): Figures {
  const { commission, price, quantity, realizedPnl, revision, side } = execution;
  return [revision, side, quantity, price, commission, realizedPnl];
}

function text(figures: unknown): string {
  return JSON.stringify(figures ?? null);
}
