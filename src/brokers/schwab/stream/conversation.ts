import { WebSocket, type RawData } from 'ws';
import type { Clock, Timer } from '../../../ports.js';
import type { Ending } from './next-step.js';
import { requestText, type Command } from './requests.js';
import { dial, shortly } from './socket.js';
import type { StreamLogin } from './state.js';
import { verdictOn, type Awaited } from './verdict.js';
import { readFrame, UNREADABLE, type Answer, type Frame } from './wire.js';

const ANSWER_WITHIN_MS = 15_000;
const SILENT_AFTER_MS = 60_000;
const FAREWELL_MS = 1_000;

export interface ConversationOptions {
  readonly clock: Clock;
  readonly login: StreamLogin;
  /** Events come from now on. */
  readonly onSubscribed: () => void;
  readonly onFrame: (frame: Frame) => void;
}

export interface Outcome {
  readonly ending: Ending;
  /** From the subscription to the last sign of life: a line that fell silent at once was never well. */
  readonly openForMs: number;
}

/** One connection, from dialling to its end; resolves when the socket is gone, and never rejects. */
export async function converse(options: ConversationOptions, signal: AbortSignal): Promise<Outcome> {
  const conversation = new Conversation(options);
  const leave = (): void => conversation.leave();
  signal.addEventListener('abort', leave);
  if (signal.aborted) leave();
  const outcome = await conversation.over;
  signal.removeEventListener('abort', leave);
  return outcome;
}

/** One command at a time: the streamer refuses a SUBS before the answer to LOGIN (20) and two at once (22). */
class Conversation {
  readonly over: Promise<Outcome>;
  readonly #options: ConversationOptions;
  readonly #socket: WebSocket;
  #timer: Timer | null = null;
  #requests = 0;
  #awaited: Awaited | null = null;
  #hasRepeated = false;
  #openedAt: number | null = null;
  #heardAt = 0;
  #ending: Ending | null = null;

  constructor(options: ConversationOptions) {
    this.#options = options;
    this.#socket = dial(options.login.url);
    this.#socket.on('open', () => this.#opened());
    this.#socket.on('message', (data, isBinary) => this.#hear(data, isBinary));
    this.#socket.on('ping', () => this.#lives());
    this.#socket.on('error', (error) =>
      this.#lose(`The line to Schwab’s streamer failed: ${shortly(error)}.`),
    );
    this.over = new Promise((resolve) => {
      this.#socket.on('close', (code) => resolve(this.#closed(code)));
    });
    this.#within(ANSWER_WITHIN_MS, 'Schwab’s streamer opened no connection within 15 s.');
  }

  /** Says goodbye where there is someone to say it to. */
  leave(): void {
    if (this.#ending !== null) return;
    if (this.#openedAt === null || this.#socket.readyState !== WebSocket.OPEN) return this.#lose('Closed.');
    this.#ending = { kind: 'lost', reason: 'Closed.' };
    this.#timer?.cancel();
    this.#send('LOGOUT');
    this.#socket.close(1000);
    this.#timer = this.#options.clock.after(FAREWELL_MS, () => this.#socket.terminate());
  }

  #opened(): void {
    if (this.#ending === null) this.#ask('LOGIN');
  }

  #hear(data: RawData, isBinary: boolean): void {
    if (this.#ending !== null) return;
    this.#lives();
    const frame = isBinary ? UNREADABLE : readFrame(textOf(data));
    for (const answer of frame.answers) this.#answered(answer);
    this.#options.onFrame(frame);
  }

  #answered(answer: Answer): void {
    if (this.#ending !== null) return;
    const verdict = verdictOn(answer, this.#awaited);
    switch (verdict.kind) {
      case 'end':
        return this.#end(verdict.ending);
      case 'succeeded':
        return this.#awaited?.command === 'LOGIN' ? this.#ask('SUBS') : this.#subscribed();
      case 'once-more':
        if (this.#hasRepeated) return this.#lose('Schwab’s streamer refused the subscription twice.');
        this.#hasRepeated = true;
        return this.#ask('SUBS');
      case 'nothing':
        return;
    }
  }

  #subscribed(): void {
    this.#awaited = null;
    this.#openedAt = this.#options.clock.monotonic();
    this.#lives();
    this.#options.onSubscribed();
  }

  #ask(command: Command): void {
    this.#awaited = { command, requestId: this.#send(command) };
    this.#within(ANSWER_WITHIN_MS, `Schwab’s streamer did not answer ${command} within 15 s.`);
  }

  #send(command: Command): string {
    this.#requests += 1;
    const requestId = String(this.#requests);
    // Without a callback ws throws where the line has just gone; `close` tells of that anyway.
    this.#socket.send(requestText(command, requestId, this.#options.login), () => undefined);
    return requestId;
  }

  #lives(): void {
    if (this.#openedAt === null || this.#ending !== null) return;
    this.#heardAt = this.#options.clock.monotonic();
    this.#within(SILENT_AFTER_MS, 'Schwab’s streamer was silent for 60 s.');
  }

  #within(ms: number, otherwise: string): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.after(ms, () => this.#lose(otherwise));
  }

  #lose(reason: string): void {
    this.#end({ kind: 'lost', reason });
  }

  #end(ending: Ending): void {
    if (this.#ending !== null) return;
    this.#ending = ending;
    this.#timer?.cancel();
    this.#socket.terminate();
  }

  #closed(code: number): Outcome {
    this.#timer?.cancel();
    const ending = (this.#ending ??= { kind: 'lost', reason: `Schwab’s streamer cut the line (${code}).` });
    return { ending, openForMs: this.#openedAt === null ? 0 : this.#heardAt - this.#openedAt };
  }
}

function textOf(data: RawData): string {
  return Buffer.isBuffer(data) ? data.toString('utf8') : '';
}
