import type { Socket } from 'node:net';
import { throughAll, type Plan, type Step } from './plan.js';

export interface FlowOptions {
  readonly to: Socket;
  /** The plans in force for this direction now. */
  readonly plans: () => readonly Plan[];
  readonly swallowsEnd: () => boolean;
  readonly cut: (how: 'fin' | 'reset') => void;
}

type Queued = Step | { readonly kind: 'end'; readonly how: 'fin' | 'reset'; readonly dueAt: number };

/** One direction of one connection: bytes in, and out again when and as the plans say. */
export class Flow {
  readonly #options: FlowOptions;
  #queue: Queued[] = [];
  /** Steps of the queue that are done: to shift a long array costs its length. */
  #done = 0;
  #isDeaf = false;
  #timer: NodeJS.Timeout | null = null;
  #turn: NodeJS.Immediate | null = null;

  constructor(options: FlowOptions) {
    this.#options = options;
  }

  receive(bytes: Buffer): void {
    this.#enqueue(throughAll(this.#options.plans(), bytes, performance.now()));
  }

  /** The sender has ended; the receiver hears of it after everything before it. */
  end(how: 'fin' | 'reset'): void {
    if (this.#options.swallowsEnd()) this.#isDeaf = true;
    this.#enqueue([{ kind: 'end', how, dueAt: 0 }]);
  }

  stop(): void {
    this.#forget();
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#turn !== null) clearImmediate(this.#turn);
    this.#timer = null;
    this.#turn = null;
  }

  #enqueue(steps: readonly Queued[]): void {
    if (this.#isDeaf) return;
    for (const step of steps) this.#queue.push(step);
    if (this.#timer === null && this.#turn === null) this.#next();
  }

  /** One step a turn, so that each piece arrives by itself. */
  #next(): void {
    const step = this.#queue[this.#done];
    if (step === undefined) return this.#forget();
    const waitMs = step.dueAt - performance.now();
    if (waitMs > 0) return this.#wait(waitMs);
    this.#done += 1;
    this.#do(step);
    if (this.#done >= this.#queue.length) return this.#forget();
    this.#turn = setImmediate(() => {
      this.#turn = null;
      this.#next();
    });
  }

  #wait(ms: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#next();
    }, ms);
  }

  #forget(): void {
    this.#queue = [];
    this.#done = 0;
  }

  #do(step: Queued): void {
    const { cut, to } = this.#options;
    switch (step.kind) {
      case 'pass':
        if (to.writable) to.write(step.bytes);
        return;
      case 'cut':
        return cut(step.how);
      case 'end':
        return endSocket(to, step.how);
      case 'deaf':
        this.#isDeaf = true;
        this.#forget();
    }
  }
}

/**
 * Ends a socket by FIN, after what was written, or by RST. One that is ending already cannot be reset: libuv
 * refuses with EINVAL (uv_tcp_close_reset), and Node then never closes the handle.
 */
export function endSocket(socket: Socket, how: 'fin' | 'reset'): void {
  if (socket.destroyed) return;
  if (how === 'fin') return socket.destroySoon();
  if (socket.writableEnded || socket.connecting) socket.destroy();
  else socket.resetAndDestroy();
}
