import type { Activity } from '../../domain/activity.js';
import { Rejected } from '../../errors.js';
import type { Clock } from '../../ports.js';
import type { SchwabApi } from './api.js';
import type { SchwabAccount } from './config.js';
import { endpoints, MOST_ROWS } from './endpoints.js';
import { netTransfers } from './normalize/transfers.js';
import { readTransactions } from './normalize/transactions.js';
import { asRows } from './rows.js';
import { wholeSecond } from './time.js';
import { allRows, DAY_MS } from './time-range.js';
import { tradingDayStart } from './trading-day.js';

/** Money comes and goes seldom, and each account is a request of its own. */
const LOOK_EVERY_MS = 10 * 60_000;
/** The first look of a session reaches back over an outage: a login that ended, and that nobody renewed for a week. */
const LOOKS_BACK_MS = 10 * DAY_MS;
/** Schwab's clock is known to the second below, and what moved just now is what is looked for. */
const A_SECOND_MS = 1_000;

interface Look {
  readonly activities: readonly Activity[] | null;
  /** What was booked, as far as it could be read, until it was taken; fills are told by their orders. */
  readonly booked: readonly Activity[] | null;
  readonly day: number;
  /** On the monotonic clock. */
  readonly at: number;
  /** Something has moved since. */
  readonly isOld: boolean;
}

/** Reads what moved in each account lately: transfers, which are no profit, the fees of fills, and what is worth telling. */
export class TransferReader {
  readonly #api: SchwabApi;
  readonly #clock: Clock;
  /** account number → last look */
  readonly #looks = new Map<string, Look>();

  constructor(api: SchwabApi, clock: Clock) {
    this.#api = api;
    this.#clock = clock;
  }

  /** Asks where the last answer is old. An account that Schwab tells nothing of stays unknown. @throws BrokerageError */
  async read(accounts: readonly SchwabAccount[], signal: AbortSignal): Promise<void> {
    for (const account of accounts) if (this.#isDue(account)) await this.#look(account, signal);
  }

  /** Something moved, by a fill or otherwise: what it was, and its fees, are in the next answer. */
  expire(number: string): void {
    const look = this.#looks.get(number);
    if (look !== undefined) this.#looks.set(number, { ...look, isOld: true });
  }

  /**
   * What came in today minus what went out until `answeredAt`, Schwab's clock in whole seconds, dollars; null = not
   * known, such as whether balances of that second include what moved in it.
   */
  netTransfersToday(number: string, answeredAt: number): number | null {
    const look = this.#looks.get(number);
    if (look === undefined || look.isOld || look.activities === null || look.day !== this.#today())
      return null;
    const today: Activity[] = [];
    for (const activity of look.activities) {
      const time = activity.time ?? activity.settledAt;
      // Something moved, and nobody knows when: it may have been today.
      if (time === null) return null;
      const at = wholeSecond(Date.parse(time));
      if (at === answeredAt && movesMoney(activity)) return null;
      if (at >= look.day && at < answeredAt) today.push(activity);
    }
    return netTransfers(today);
  }

  /** What was booked according to the last answer; null = nothing has been asked since this was last called. */
  takeBooked(number: string): readonly Activity[] | null {
    const look = this.#looks.get(number);
    if (look === undefined || look.booked === null) return null;
    this.#looks.set(number, { ...look, booked: null });
    return look.booked;
  }

  activities(number: string): readonly Activity[] {
    return this.#looks.get(number)?.activities ?? [];
  }

  #isDue({ number }: SchwabAccount): boolean {
    const look = this.#looks.get(number);
    if (look === undefined || look.isOld || look.day !== this.#today()) return true;
    return this.#clock.monotonic() - look.at >= LOOK_EVERY_MS;
  }

  async #look({ hash, number }: SchwabAccount, signal: AbortSignal): Promise<void> {
    const now = this.#clock.now() + this.#api.skewMs;
    const day = tradingDayStart(now);
    const seen = { day, at: this.#clock.monotonic(), isOld: false };
    const isFirst = this.#looks.get(number)?.activities == null;
    try {
      const { rows, truncated } = await allRows(
        { from: day - (isFirst ? LOOKS_BACK_MS : DAY_MS), to: now + A_SECOND_MS },
        MOST_ROWS,
        async (part) =>
          asRows(await this.#api.get(endpoints.transactions(hash, part), signal), 'the transactions'),
      );
      const { activities, complete, pending } = readTransactions(rows);
      const booked = activities.filter((one) => !pending.has(one.activityId) && !isFill(one));
      // A deposit that cannot be read would look like a profit.
      this.#looks.set(number, { ...seen, activities: complete && !truncated ? activities : null, booked });
    } catch (error) {
      if (!(error instanceof Rejected)) throw error;
      // Managed accounts have no transactions to show (ChristianDodart/schwab-trader).
      this.#looks.set(number, { ...seen, activities: null, booked: null });
    }
  }

  #today(): number {
    return tradingDayStart(this.#clock.now() + this.#api.skewMs);
  }
}

/** A trade without an order is none of the user's: a dividend that was invested, a fraction that was sold. */
function isFill({ orderId, type }: Activity): boolean {
  return type === 'trade' && orderId !== null;
}

function movesMoney(activity: Activity): boolean {
  return netTransfers([activity]) !== 0;
}
