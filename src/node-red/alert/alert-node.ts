import type { Node, NodeMessage } from 'node-red';
import {
  EMPTY_ENGINE_STATE,
  engineOf,
  listing,
  previewOf,
  stateOf,
  withAck,
  withRules,
  withSample,
  withSilence,
  withTick,
  type AlertMessage,
  type Engine,
  type Meant,
  type Preview,
  type Rule,
  type Sample,
  type Stepped,
} from '../../alerts/index.js';
import { sentenceOf } from '../../errors.js';
import type { Clock, Timer } from '../../ports.js';
import type { KeptAlerts } from '../../state/alerts.js';
import type { Kept } from '../../state/kept-file.js';
import { deadline } from '../../resilience/deadline.js';
import { said, saidByNode, saidError } from '../said.js';
import { alertStatus } from './alert-status.js';
import { commandIn, type Command, type Target } from './command.js';
import type { AlertConfig } from './config.js';
import { sampleOf } from './door.js';
import { listMessage } from './list-message.js';
import { ongoing } from './ongoing.js';
import { RequestWatch, type ErrorPercentOf } from './request-watch.js';
import { testMessage } from './test-message.js';

/** The rules are told that time passes this often: `for` must run out also while nothing comes. */
const TICK_MS = 5_000;
/** Figures alone are remembered this often. */
const SAVE_AFTER_MS = 30_000;
const SAVED_WITHIN_MS = 5_000;
const LATE =
  'The disk takes too long to remember an alert: it is sent all the same, and might be sent again after a crash.';
/** An acknowledgement without a duration. */
const ACK_FOR_MS = 7 * 86_400_000;

type Send = (message: NodeMessage) => void;

export interface AlertSurroundings {
  readonly clock: Clock;
  /** Absent where a restart is to begin anew. */
  readonly memory?: Kept<KeptAlerts>;
  readonly errorPercentOf: ErrorPercentOf;
}

/** One alert node at work: hears account-sync, holds it against its rules, and says what its user should know. */
export class AlertNode {
  readonly #node: Node;
  readonly #config: AlertConfig;
  readonly #surroundings: AlertSurroundings;
  readonly #requests: RequestWatch;
  #engine: Engine;
  /** What is on its way out: it is on the disk before it is sent. */
  #sending: Promise<void> = Promise.resolve();
  #tickTimer: Timer | null = null;
  #saveTimer: Timer | null = null;
  /** Was about to be sent when Node-RED ended: it goes out once all nodes are there; whoever has it knows its id. */
  #unsent: readonly AlertMessage[] = [];
  #hasHeard = false;
  #isClosed = false;
  #shown = '';

  constructor(node: Node, config: AlertConfig, surroundings: AlertSurroundings) {
    this.#node = node;
    this.#config = config;
    this.#surroundings = surroundings;
    this.#requests = new RequestWatch(surroundings.errorPercentOf);
    const kept = surroundings.memory?.load() ?? null;
    this.#engine = engineOf(kept?.engine ?? EMPTY_ENGINE_STATE);
    this.#take(withRules(this.#engine, config.settings, surroundings.clock.now()));
    this.#unsent = kept?.outbox ?? [];
    this.#tickLater();
    this.#show();
  }

  /** Takes a message. @throws Error with a sentence when it is nothing that this node understands */
  take(message: unknown, send: Send): void {
    const command = commandIn(message);
    if (command !== null) {
      if ('wrong' in command) throw new Error(command.wrong);
      return this.#obey(command.command, send);
    }
    const { clock } = this.#surroundings;
    const sample = sampleOf(message, clock.now());
    if (sample === null)
      throw new Error(
        'This message is none of account-sync, and none of the commands silence, ack and list. Wire the outputs of account-sync to this node as they are.',
      );
    this.#hasHeard = true;
    this.#hear(sample.of === 'connection' ? this.#requests.told(sample) : sample);
    const hasEvents = 'changes' in sample && sample.changes.length > 0;
    if (hasEvents) this.#saveNow();
    else this.#saveLater();
    this.#show();
  }

  /** Whether account-sync has sent anything since the start. */
  get hasHeard(): boolean {
    return this.#hasHeard;
  }

  /** What these rules would say of the figures that came last. */
  preview(rules: readonly Rule[]): readonly Preview[] {
    return previewOf(this.#engine, rules, this.#surroundings.clock.now());
  }

  /** Sends an alert that says that it is a test; with the severity of a rule where one is named. */
  sendTest(ruleId: string | null): void {
    const rule = ruleId === null ? undefined : this.#config.settings.rules.all.get(ruleId);
    this.#node.send(outgoing(testMessage(rule ?? null, this.#surroundings.clock.now())));
  }

  /** Resolves when all is remembered. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#tickTimer?.cancel();
    this.#saveTimer?.cancel();
    const { clock, memory } = this.#surroundings;
    const kept = this.#sending.then(
      async () => await memory?.save({ engine: stateOf(this.#engine), outbox: this.#unsent }),
    );
    await deadline(kept, { ms: SAVED_WITHIN_MS, clock, late: () => saidByNode(this.#node).warn(LATE) });
  }

  #hear(sample: Sample): void {
    this.#take(withSample(this.#engine, this.#config.settings, sample));
  }

  #take({ engine, messages }: Stepped): void {
    this.#engine = engine;
    this.#deliver(messages);
  }

  /** Whatever goes wrong in one tick, there is a next one: without it no alert would ever come again. */
  #tick(): void {
    this.#tickLater();
    const unsent = this.#unsent;
    this.#unsent = [];
    this.#deliver(unsent);
    const at = this.#surroundings.clock.now();
    for (const sample of this.#requests.news(at)) this.#hear(sample);
    this.#take(withTick(this.#engine, this.#config.settings, at));
    this.#show();
  }

  #tickLater(): void {
    this.#tickTimer = this.#surroundings.clock.after(TICK_MS, () => this.#tick());
  }

  /** On the disk, then out, then off the disk: a crash in between sends it again, with the same ids. */
  #deliver(messages: readonly AlertMessage[]): void {
    if (messages.length === 0) return;
    const { clock, memory } = this.#surroundings;
    const engine = stateOf(this.#engine);
    const late = (): void => saidByNode(this.#node).warn(LATE);
    this.#sending = this.#sending
      .then(async () => {
        // A disk that hangs must not keep an alert to itself.
        const saved = memory?.save({ engine, outbox: messages }) ?? Promise.resolve();
        await deadline(saved, { ms: SAVED_WITHIN_MS, clock, late });
        for (const message of messages) this.#node.send(outgoing(message));
        this.#saveNow();
      })
      .catch((error: unknown) => saidByNode(this.#node).error(sentenceOf(error)));
  }

  #saveLater(): void {
    const { clock, memory } = this.#surroundings;
    if (memory === undefined || this.#isClosed) return;
    this.#saveTimer ??= clock.after(SAVE_AFTER_MS, () => this.#saveNow());
  }

  #saveNow(): void {
    this.#saveTimer?.cancel();
    this.#saveTimer = null;
    const { memory } = this.#surroundings;
    if (memory === undefined || this.#isClosed) return;
    const save = async (): Promise<void> =>
      await memory.save({ engine: stateOf(this.#engine), outbox: this.#unsent });
    this.#sending = this.#sending
      .then(save)
      .catch((error: unknown) => saidByNode(this.#node).error(sentenceOf(error)));
  }

  #obey(command: Command, send: Send): void {
    const at = this.#surroundings.clock.now();
    switch (command.ask) {
      case 'list':
        return send({ ...listMessage(this.#ongoing(), at) });
      case 'ack':
        this.#engine = withAck(this.#engine, meant(command.target), {
          at,
          until: at + (command.forMs ?? ACK_FOR_MS),
        });
        break;
      case 'silence':
        for (const target of this.#meantBy(command.target))
          this.#engine = withSilence(this.#engine, target, { at, until: at + command.forMs });
        break;
    }
    this.#saveNow();
    this.#show();
  }

  /** Nothing named is everything: each rule of the node. */
  #meantBy(target: Target | null): readonly Meant[] {
    if (target !== null) return [meant(target)];
    return [...this.#config.settings.rules.all.keys()].map((ruleId) => ({ ruleId }));
  }

  #ongoing() {
    const { clock } = this.#surroundings;
    return ongoing(listing(this.#engine, this.#config.settings, clock.now()));
  }

  #show(): void {
    const status = alertStatus({
      ongoing: this.#ongoing(),
      rules: this.#config.settings.rules.all.size,
      problems: this.#config.problems,
      hasHeard: this.#hasHeard,
    });
    const shown = JSON.stringify(status);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#node.status(status);
  }
}

function meant(target: Target): Meant {
  return 'alert' in target ? { alertId: target.alert } : { ruleId: target.rule };
}

/** Words of a broker and of the user may be in it. */
function outgoing(message: AlertMessage): NodeMessage & Record<string, unknown> {
  const { payload, title, topic } = message;
  return { ...structuredClone(message), topic: said(topic), payload: said(payload), title: said(title) };
}

/** Wires input and close of a node to its work; nothing that a message does gets past here. */
export function runAlertNode(node: Node, alerts: AlertNode): void {
  node.on('input', (message, send, done) => {
    try {
      alerts.take(message, (answer) => send(answer));
      done();
    } catch (error) {
      done(saidError(error));
    }
  });
  node.on('close', (_removed: boolean, done: () => void) => {
    alerts.close().then(done, done);
  });
}
