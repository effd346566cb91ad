import type { Account } from '../../domain/account.js';
import type { Execution } from '../../domain/execution.js';
import type { Kind } from '../../domain/update.js';
import { Rejected, sentenceOf } from '../../errors.js';
import type { Clock, RefreshRequest, SessionEvents } from '../../ports.js';
import { AccountReader } from './account-reader.js';
import type { SchwabApi } from './api.js';
import type { Choice, SchwabAccount } from './config.js';
import { withCommissions } from './normalize/commissions.js';
import {
  OrderReader,
  unpadded,
  type AccountOrders,
  type OrderMemory,
  type OrdersImage,
} from './order-reader.js';
import { noticeOf, provenance, warning } from './telling.js';
import { TransferReader } from './transfer-reader.js';

export interface ReadingsOptions {
  readonly api: SchwabApi;
  readonly clock: Clock;
  readonly events: SessionEvents;
  readonly memory: OrderMemory;
  /** Asks anew which accounts are behind the login. */
  readonly listAccounts: (signal: AbortSignal) => Promise<Choice>;
}

/** Everything that one session reads, in the order in which it makes sense, told as complete images. */
export class Readings {
  readonly #options: ReadingsOptions;
  readonly #accountReader: AccountReader;
  readonly #orderReader: OrderReader;
  readonly #transfers: TransferReader;
  #choice: Choice;
  /** account key → open orders and their progress */
  readonly #orders = new Map<string, string>();
  #changedAt: number | null = null;

  constructor(options: ReadingsOptions, choice: Choice) {
    const { api, clock, events, memory } = options;
    this.#options = options;
    this.#choice = choice;
    this.#transfers = new TransferReader(api, clock);
    this.#orderReader = new OrderReader(api, clock, memory);
    this.#accountReader = new AccountReader({
      api,
      clock,
      events,
      transfers: this.#transfers,
      onChange: () => this.#changed(),
    });
  }

  get accounts(): readonly Account[] {
    return this.#choice.accounts.map(({ account }) => this.#accountReader.typed(account));
  }

  /** When something that is held or ordered last changed, ms since the epoch. */
  get changedAt(): number | null {
    return this.#changedAt;
  }

  get hasOpenOrders(): boolean {
    return this.#orderReader.hasOpen;
  }

  /** Says who is there. */
  start(): void {
    const { events } = this.#options;
    events.update({ kind: 'begin' });
    this.#tellAccounts();
  }

  /** @throws BrokerageError */
  async fetch({ account, kind }: RefreshRequest, signal: AbortSignal): Promise<void> {
    const all = this.#choice.accounts;
    const wanted = all.filter((one) => account === null || one.account.key === account);
    const isAbout = (...kinds: readonly Kind[]): boolean => kind === null || kinds.includes(kind);
    if (isAbout('balances', 'positions')) {
      const wish = {
        all,
        listed: this.#choice.listed,
        wanted,
        balances: isAbout('balances'),
        positions: isAbout('positions'),
      };
      const isOther = await this.#accountReader.read(wish, signal);
      if (isOther) await this.#listAgain(signal);
    }
    if (isAbout('orders', 'executions')) await this.#fetchOrders(wanted, kind, signal);
  }

  async #fetchOrders(
    wanted: readonly SchwabAccount[],
    kind: Kind | null,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, events } = this.#options;
    try {
      const image = await this.#orderReader.read(this.#choice.accounts, signal);
      const receivedAt = clock.now();
      for (const one of wanted) {
        const found = image.byAccount.get(unpadded(one.number)) ?? { orders: [], executions: [] };
        this.#tellOrders(one, found, { receivedAt, image });
      }
      // A list with holes changes what it names and ends nothing, and says so until a whole one comes.
      if (!image.complete) for (const issue of image.issues) events.update(noticeOf('orders', null, issue));
    } catch (error) {
      if (!(error instanceof Rejected)) throw error;
      // A managed account shows balances and positions, and refuses the rest.
      const issue = { code: 'ORDERS_UNAVAILABLE', severity: 'info', message: sentenceOf(error) } as const;
      events.update(noticeOf('orders', null, issue));
      if (kind === 'orders') throw error;
    }
  }

  #tellOrders(
    { account, number }: SchwabAccount,
    { executions, orders }: AccountOrders,
    { image, receivedAt }: { readonly image: OrdersImage; readonly receivedAt: number },
  ): void {
    const { events } = this.#options;
    const about = { account: account.key } as const;
    const priced: readonly Execution[] = withCommissions(executions, this.#transfers.activities(number));
    const from = provenance(receivedAt, image.issues);
    if (image.complete) {
      events.update({ kind: 'snapshot', ...about, of: 'executions', from, executions: priced });
      events.update({ kind: 'snapshot', ...about, of: 'orders', from, orders });
    } else {
      events.update({ kind: 'upsert', ...about, of: 'executions', receivedAt, executions: priced });
      events.update({ kind: 'upsert', ...about, of: 'orders', receivedAt, orders });
    }
    const progress = orders.map(({ filledQuantity, key, status }) => `${key}=${status}/${filledQuantity}`);
    const now = progress.toSorted().join();
    const before = this.#orders.get(account.key);
    this.#orders.set(account.key, now);
    if (before === undefined || before === now) return;
    this.#changed();
    this.#transfers.expire(number);
  }

  /** Accounts were added to the login or taken from it; figures of new ones come with the next look. */
  async #listAgain(signal: AbortSignal): Promise<void> {
    this.#choice = await this.#options.listAccounts(signal);
    this.#tellAccounts();
  }

  #tellAccounts(): void {
    const { events } = this.#options;
    events.update({ kind: 'accounts', accounts: this.accounts });
    for (const name of this.#choice.unknown) {
      const message = `The account …${name.slice(-4)} that was entered is not behind this login: correct the list, or log in again and tick it.`;
      events.update(noticeOf(null, null, warning('ACCOUNT_SET_CHANGED', message)));
    }
  }

  #changed(): void {
    this.#changedAt = this.#options.clock.now();
  }
}
