import type { Clock, Timer } from '../../ports.js';
import type { ReadingApi } from './gateway.js';
import { nextRequestId } from './request-id.js';

/** Each costs one request, and TWS takes 50 a second for everything: larger portfolios do without. */
const MOST_POSITIONS = 200;
const BATCH = 5;
const BATCH_EVERY_MS = 250;

export interface PnlTarget {
  readonly accountNumber: string;
  /** Position key; null = the account as a whole. */
  readonly key: string | null;
}

/** The streams of today's P&L, of accounts and of single positions, opened a few at a time. */
export class PnlSubscriptions {
  readonly #api: ReadingApi;
  readonly #clock: Clock;
  /** request id → what it is about */
  readonly #targets = new Map<number, PnlTarget>();
  /** `account|position key` of every subscription that was opened or is waiting */
  readonly #known = new Set<string>();
  readonly #waiting: { readonly target: PnlTarget; readonly conId: number }[] = [];
  #timer: Timer | null = null;
  #isClosed = false;

  constructor(api: ReadingApi, clock: Clock) {
    this.#api = api;
    this.#clock = clock;
  }

  target(requestId: number): PnlTarget | null {
    return this.#targets.get(requestId) ?? null;
  }

  account(accountNumber: string): void {
    const id = nextRequestId();
    this.#targets.set(id, { accountNumber, key: null });
    this.#api.reqPnL(id, accountNumber, '');
  }

  position(accountNumber: string, instrument: { readonly key: string; readonly conId: string | null }): void {
    if (this.#isClosed) return;
    const name = `${accountNumber}|${instrument.key}`;
    const conId = Number(instrument.conId);
    if (this.#known.has(name) || this.#known.size >= MOST_POSITIONS || !Number.isInteger(conId) || conId <= 0)
      return;
    this.#known.add(name);
    this.#waiting.push({ target: { accountNumber, key: instrument.key }, conId });
    this.#timer ??= this.#clock.after(BATCH_EVERY_MS, () => this.#openSome());
  }

  /** The streams are gone at the gateway: each is opened again when it is next asked for. */
  forget(): void {
    this.#known.clear();
    this.#waiting.length = 0;
  }

  /** For good: an answer that is worked off after the end of its session opens nothing. */
  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#timer = null;
    this.#waiting.length = 0;
  }

  #openSome(): void {
    for (const { target, conId } of this.#waiting.splice(0, BATCH)) {
      const id = nextRequestId();
      this.#targets.set(id, target);
      this.#api.reqPnLSingle(id, target.accountNumber, '', conId);
    }
    this.#timer =
      this.#waiting.length === 0 ? null : this.#clock.after(BATCH_EVERY_MS, () => this.#openSome());
  }
}
