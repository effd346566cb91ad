import type { Node, NodeMessage } from 'node-red';
import { z } from 'zod';
import type { Account } from '../domain/account.js';
import { sentenceOf } from '../errors.js';
import type { Clock } from '../ports.js';
import type { ConnectionState } from '../runtime/status.js';
import { Ladder, type View } from '../runtime/ladder.js';
import type { MemoryOptions } from '../runtime/reader-memory.js';
import { Subscription, type AccountChange } from '../runtime/subscription.js';
import type { BrokerConnection } from './connections.js';
import type { AccountSyncConfig } from './editor-config.js';
import { digest } from './installation.js';
import { isWanted, labeller } from './labels.js';
import { messagesFor, OUTPUTS, statusMessage, type AccountMessage, type ConnectionInfo } from './messages.js';
import { nodeState } from './node-state.js';
import { requestFor, wishOf } from './on-input.js';
import { offerReader } from './readers.js';
import { saidError, saidIfAny, saidLine } from './said.js';
import { statusLine } from './status-line.js';
import { nodeStatus } from './status.js';

/** States that a Catch node should hear of: something is wrong that does not mend itself unnoticed. */
const WORTH_AN_ERROR: ReadonlySet<ConnectionState> = new Set([
  'down',
  'stale',
  'misconfigured',
  'login-required',
]);

type Ready = Extract<BrokerConnection, { readonly kind: 'ready' }>;
interface Told {
  readonly state: ConnectionState;
  readonly reason: string | null;
  readonly isLost: boolean;
  /** Under the node. */
  readonly text: string;
}
type Send = (messages: (NodeMessage | null)[]) => void;

export interface AccountSyncSurroundings {
  readonly source: Ready;
  /** A second connection to the same accounts, read while the first has no figures. */
  readonly fallback?: Ready;
  readonly clock: Clock;
  /** Absent where a restart is to begin anew. */
  readonly memory?: MemoryOptions;
}

/** One account-sync node at work: reads a connection, or what stands in for it, and speaks through its four outputs. */
export class AccountSync {
  readonly #node: Node;
  readonly #config: AccountSyncConfig;
  readonly #source: Ready;
  readonly #clock: Clock;
  readonly #label: ReturnType<typeof labeller>;
  readonly #ladder: Ladder;
  readonly #subscription: Subscription;
  readonly #leave: readonly (() => void)[];
  #statusSequence = 0;
  /** As it was told last. */
  #status: AccountMessage | null = null;
  #told: Told | null = null;
  /** The last sentence given to Catch nodes; one trouble is one error, however often it is retried. */
  #lastError: string | null = null;

  constructor(
    node: Node,
    config: AccountSyncConfig,
    { clock, fallback, memory, source }: AccountSyncSurroundings,
  ) {
    this.#node = node;
    this.#config = config;
    this.#source = source;
    this.#clock = clock;
    this.#label = labeller({ labels: config.labels, accountKey: source.accountKey });
    const sources = fallback === undefined ? [source] : [source, fallback];
    const all = sources.map(({ ways }) => ways);
    this.#ladder = new Ladder(source.ways.first, all, clock);
    this.#subscription = new Subscription({
      ladder: this.#ladder,
      clock,
      digest,
      coalesceMs: config.coalesceMs,
      staleAfterMs: config.staleAfterSeconds * 1000,
      wants: (account) => this.#wants(account),
      ...(memory === undefined ? {} : { memory }),
      onChange: (change) => this.#emit(change, (messages) => node.send(messages)),
      onFlush: () => this.#tellState(),
    });
    this.#leave = [
      ...all.map((ways) => ways.onStatus(() => this.#tellState())),
      ...sources.map(({ join }) => join({ pollMs: config.pollSeconds * 1000 })),
    ];
    this.#tellState();
  }

  /** Fetches what the message asks for and sends the answer. @throws BrokerageError */
  async refresh(message: unknown, send: Send): Promise<void> {
    const accounts = this.#wanted().map(({ account }) => account.account);
    const request = requestFor(
      wishOf(message),
      accounts.map((account) => ({ account, label: this.#labelOf(account) })),
    );
    await this.#ladder.refresh(request);
    await this.#subscription.answer(request, (change) => this.#emit(change, send));
  }

  /** Tells again what it knows, for a node that was not there yet; its state is told to `tell` alone, for it has not changed. */
  async tellAgain(tell: (message: AccountMessage) => void): Promise<void> {
    if (this.#status !== null) tell(structuredClone(this.#status));
    await this.#subscription.answer({ kind: null, account: null }, (change) =>
      this.#emit(change, (messages) => this.#node.send(messages)),
    );
  }

  get connection(): string {
    return this.#config.connection;
  }

  /** Resolves when all that was told is remembered. */
  async close(): Promise<void> {
    for (const leave of this.#leave) leave();
    await this.#subscription.close();
  }

  get #connectionInfo(): ConnectionInfo {
    return { key: this.#config.connection, label: this.#source.name };
  }

  #wants(account: Account): boolean {
    return isWanted(account, this.#labelOf(account), this.#config.accounts);
  }

  #labelOf(account: Account): string {
    const all = this.#ladder.views().map((view) => view.account.account);
    return this.#label(account, all);
  }

  #wanted(): readonly View[] {
    return this.#ladder.views().filter(({ account }) => this.#wants(account.account));
  }

  #emit(change: AccountChange, send: Send): void {
    const { emit } = this.#config;
    const naming = { label: this.#labelOf(change.state.account), connection: this.#connectionInfo, emit };
    for (const message of messagesFor(change, naming)) send(onOutput(OUTPUTS[change.kind], message));
  }

  #tellState(): void {
    const { broker } = this.#source;
    const at = this.#clock.now();
    const views = this.#wanted();
    const { issues, status } = this.#ladder.standing(views.map(({ account }) => account.account.key));
    const stands = nodeState({
      status,
      accounts: views.map(({ account }) => account),
      staleAfterMs: this.#config.staleAfterSeconds * 1000,
      at,
    });
    // Before it is cut to the length of a status: a part of a secret is not recognised.
    const now = { ...stands, reason: saidIfAny(stands.reason) };
    const line = nodeStatus(now);
    const { state, reason } = now;
    const told = this.#told;
    if (told === null || told.text !== line.text || told.state !== state) this.#node.status(line);
    const isLost = status.lostSince !== null;
    const isOther = told === null || told.state !== state || told.isLost !== isLost;
    const isNews = isOther || (state !== 'stale' && told.reason !== reason);
    this.#told = { state, reason, isLost, text: line.text ?? '' };
    if (!isNews) return;
    this.#statusSequence += 1;
    const news = {
      status,
      state,
      reason,
      broker,
      connection: this.#connectionInfo,
      sequence: this.#statusSequence,
      at,
      issues,
    };
    const message = statusMessage(news);
    this.#status = message;
    this.#node.send(onOutput(OUTPUTS.status, message));
    if (state === 'live') this.#lastError = null;
    if (!WORTH_AN_ERROR.has(state) || reason === this.#lastError) return;
    this.#lastError = reason;
    this.#node.error(reason ?? state, { ...message });
  }
}

/** Runs a node without a usable connection: it says so once, and at each message. */
export function refuseInput(node: Node, sentence: string): void {
  const reason = saidLine(sentence);
  node.status({ fill: 'red', shape: 'ring', text: statusLine(reason) });
  node.error(reason, {});
  node.on('input', (_message, _send, done) => finish(node, done, new Error(reason)));
}

/** Wires input and close of a node to its work; nothing that a message or a broker does gets past here. */
export function runAccountSync(node: Node, sync: AccountSync): void {
  node.on('input', (message, send, done) => {
    sync
      .refresh(message, (messages) => send(messages))
      .then(
        () => finish(node, done),
        (error: unknown) => finish(node, done, saidError(error)),
      )
      .catch((error: unknown) => node.error(saidError(error), {}));
  });
  const withdraw = offerReader({
    id: node.id,
    connection: sync.connection,
    wiredTo: () => wiresOf(node),
    refresh: async () => await sync.refresh({}, (messages) => node.send(messages)),
    tellAgain: async (tell) => await sync.tellAgain(tell),
  });
  node.on('close', (_removed: boolean, done: () => void) => {
    withdraw();
    sync.close().then(done, done);
  });
}

/**
 * Tells Node-RED that a message is done with. It copies the message for Catch and Complete nodes, which throws when
 * the message has no prototype, or a property that throws (handleError in runtime/lib/flows/Flow.js): outside of the
 * handler that would end Node-RED, so Catch nodes then hear of it without the message.
 */
function finish(node: Node, done: (error?: Error) => void, error?: Error): void {
  try {
    done(error);
  } catch (failure) {
    node.error(error ?? `This message cannot be passed on: ${saidLine(sentenceOf(failure))}`, {});
  }
}

const Wired = z.object({ wires: z.array(z.array(z.string())) });

/** Node-RED's own property, which its types do not know. */
function wiresOf(node: Node): ReadonlySet<string> {
  return new Set(Wired.safeParse(node).data?.wires.flat());
}

/** Four outputs, one of them with a message. */
function onOutput(output: number, message: AccountMessage): (NodeMessage | null)[] {
  const messages: (NodeMessage | null)[] = [null, null, null, null];
  messages[output] = { ...message };
  return messages;
}
