import type { Account } from '../../domain/account.js';
import type { Position } from '../../domain/position.js';
import type { SessionEvents, Clock } from '../../ports.js';
import { ConfigError, LoginRequired } from '../../errors.js';
import { AccountAnswers, type AccountsAsked } from './account-answers.js';
import type { SchwabApi } from './api.js';
import { clockSkew } from './clock-skew.js';
import type { SchwabAccount } from './config.js';
import { readAccounts, type NetTransfers, type SchwabAccountFigures } from './normalize/accounts.js';
import { noticeOf, provenance, warning } from './telling.js';
import { wholeSecond } from './time.js';
import type { TransferReader } from './transfer-reader.js';

export interface AccountReaderOptions {
  readonly api: SchwabApi;
  readonly clock: Clock;
  readonly events: SessionEvents;
  readonly transfers: TransferReader;
  /** Something that is held changed, and not just its price. */
  readonly onChange: () => void;
}

export interface AccountsWish extends AccountsAsked {
  /** Numbers of all accounts behind the login. */
  readonly listed: readonly string[];
  readonly balances: boolean;
  readonly positions: boolean;
}

/** Reads balances and positions: one answer holds both, of one account or of all. */
export class AccountReader {
  readonly #options: AccountReaderOptions;
  readonly #answers: AccountAnswers;
  /** account key → its type in Schwab's word */
  readonly #types = new Map<string, string>();
  /** account key → what is held, without prices */
  readonly #held = new Map<string, string>();
  /** account key → cash and what is held, as of the last look at what moved */
  readonly #money = new Map<string, string>();

  constructor(options: AccountReaderOptions) {
    this.#options = options;
    this.#answers = new AccountAnswers(options.api);
  }

  /** Tells complete images. Answers whether the set of accounts is another than was known. @throws BrokerageError */
  async read(
    { all, balances, listed, positions, wanted }: AccountsWish,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { api, clock, transfers } = this.#options;
    const answer = await this.#answers.ask({ all, wanted }, signal);
    const receivedAt = clock.now();
    const answeredAt = wholeSecond(receivedAt + api.skewMs);
    if (balances) await this.#readTransfers(answer.rows, wanted, signal);
    const { accounts, figures, issues } = this.#figuresIn(answer.rows, (number) =>
      transfers.netTransfersToday(number, answeredAt),
    );
    this.#tellTypes(all, figures);
    for (const { account, number } of wanted) {
      const found = figures.get(number);
      if (found === undefined) this.#tellMissing(account, answer.failed.get(account.key));
      else this.#tell(account, found, { receivedAt, balances, positions });
      this.#tellBooked({ account, number }, receivedAt);
    }
    for (const issue of issues) this.#options.events.update(noticeOf(null, null, issue));
    if (!answer.isList) return false;
    const known = new Set(listed);
    return (
      accounts.some(({ number }) => !known.has(number)) || wanted.some(({ number }) => !figures.has(number))
    );
  }

  #figuresIn(rows: readonly unknown[], netTransfers: NetTransfers) {
    const { accounts, issues } = readAccounts(rows, netTransfers);
    return { accounts, issues, figures: new Map(accounts.map((account) => [account.number, account])) };
  }

  /**
   * After the balances, and anew where cash or positions are others than before: what came in must not look like a
   * profit until the next look. Balances without the transfers of the day lack one figure; they are worth having all
   * the same.
   */
  async #readTransfers(
    rows: readonly unknown[],
    wanted: readonly SchwabAccount[],
    signal: AbortSignal,
  ): Promise<void> {
    const { transfers } = this.#options;
    const { figures } = this.#figuresIn(rows, () => null);
    for (const { account, number } of wanted) {
      const found = figures.get(number);
      if (found !== undefined && this.#hasMoved(account.key, found)) transfers.expire(number);
    }
    try {
      await transfers.read(wanted, signal);
    } catch (error) {
      if (error instanceof LoginRequired || error instanceof ConfigError || signal.aborted) throw error;
    }
  }

  #tell(
    account: Account,
    figures: SchwabAccountFigures,
    { receivedAt, ...wish }: { readonly receivedAt: number } & Pick<AccountsWish, 'balances' | 'positions'>,
  ): void {
    const { api, events } = this.#options;
    const skew = clockSkew(api.skewMs);
    const from = provenance(receivedAt, skew === null ? figures.issues : [...figures.issues, skew]);
    if (wish.balances)
      events.update({
        kind: 'snapshot',
        account: account.key,
        of: 'balances',
        from,
        balances: figures.balances,
      });
    if (!wish.positions) return;
    if (figures.positions === null) {
      for (const issue of figures.issues)
        if (issue.code === 'SUSPECT_EMPTY' || issue.code === 'BAD_RESPONSE')
          events.update(noticeOf('positions', account.key, issue));
      return;
    }
    events.update({
      kind: 'snapshot',
      account: account.key,
      of: 'positions',
      from,
      positions: figures.positions,
    });
    this.#noteChange(account.key, figures.positions);
  }

  /** Also what came in while the figures of the account did not. */
  #tellBooked({ account, number }: Pick<SchwabAccount, 'account' | 'number'>, receivedAt: number): void {
    const activities = this.#options.transfers.takeBooked(number);
    if (activities === null) return;
    const from = provenance(receivedAt);
    this.#options.events.update({
      kind: 'snapshot',
      account: account.key,
      of: 'activities',
      from,
      activities,
    });
  }

  #hasMoved(account: string, { balances, positions }: SchwabAccountFigures): boolean {
    const money = `${balances.totalCash}|${positions === null ? '' : heldIn(positions)}`;
    const before = this.#money.get(account);
    this.#money.set(account, money);
    return before !== undefined && before !== money;
  }

  #noteChange(account: string, positions: readonly Position[]): void {
    const held = heldIn(positions);
    const before = this.#held.get(account);
    this.#held.set(account, held);
    if (before !== undefined && before !== held) this.#options.onChange();
  }

  #tellTypes(all: readonly SchwabAccount[], figures: ReadonlyMap<string, SchwabAccountFigures>): void {
    let isNews = false;
    for (const { account, number } of all) {
      const type = figures.get(number)?.type ?? null;
      if (type === null || this.#types.get(account.key) === type) continue;
      this.#types.set(account.key, type);
      isNews = true;
    }
    if (!isNews) return;
    this.#options.events.update({
      kind: 'accounts',
      accounts: all.map(({ account }) => this.typed(account)),
    });
  }

  typed(account: Account): Account {
    return { ...account, type: this.#types.get(account.key) ?? account.type };
  }

  #tellMissing(account: Account, why = 'Schwab left it out of its answer.'): void {
    const message = `There is no answer for the account …${account.lastFour}; its last figures are kept. ${why}`;
    for (const kind of ['balances', 'positions'] as const)
      this.#options.events.update(noticeOf(kind, account.key, warning('BAD_RESPONSE', message)));
  }
}

/** Quantities without prices. */
function heldIn(positions: readonly Position[]): string {
  return positions
    .map(({ key, quantity }) => `${key}=${quantity}`)
    .toSorted()
    .join();
}
