import type { Account } from '../../domain/account.js';
import type { Position } from '../../domain/position.js';
import type { SessionEvents, Clock } from '../../ports.js';
import { ConfigError, LoginRequired } from '../../errors.js';
import type { SchwabApi } from './api.js';
import { clockSkew } from './clock-skew.js';
import type { SchwabAccount } from './config.js';
import { endpoints } from './endpoints.js';
import { readAccounts, type SchwabAccountFigures } from './normalize/accounts.js';
import { noticeOf, provenance, warning } from './telling.js';
import type { TransferReader } from './transfer-reader.js';

export interface AccountReaderOptions {
  readonly api: SchwabApi;
  readonly clock: Clock;
  readonly events: SessionEvents;
  readonly transfers: TransferReader;
  /** Something that is held changed, and not just its price. */
  readonly onChange: () => void;
}

export interface AccountsWish {
  /** Every account behind this connection. */
  readonly all: readonly SchwabAccount[];
  /** Those that were asked for. */
  readonly wanted: readonly SchwabAccount[];
  readonly balances: boolean;
  readonly positions: boolean;
}

/** Reads balances and positions: one answer holds both, of one account or of all. */
export class AccountReader {
  readonly #options: AccountReaderOptions;
  /** account key → its type in Schwab's word */
  readonly #types = new Map<string, string>();
  /** account key → what is held, without prices */
  readonly #held = new Map<string, string>();

  constructor(options: AccountReaderOptions) {
    this.#options = options;
  }

  /** Tells complete images. Answers whether the set of accounts is another than was known. @throws BrokerageError */
  async read({ all, wanted, balances, positions }: AccountsWish, signal: AbortSignal): Promise<boolean> {
    const { api, clock, transfers } = this.#options;
    if (balances) await this.#readTransfers(wanted, signal);
    const [only] = wanted;
    const isOne = only !== undefined && wanted.length === 1 && all.length > 1;
    const answer = await api.get(isOne ? endpoints.account(only.hash) : endpoints.accounts(), signal);
    const receivedAt = clock.now();
    const { accounts, issues } = readAccounts(answer, (number) => transfers.netTransfersToday(number));
    const figures = new Map(accounts.map((account) => [account.number, account]));
    this.#tellTypes(all, figures);
    for (const { account, number } of wanted) {
      const found = figures.get(number);
      if (found === undefined) this.#tellMissing(account);
      else this.#tell(account, found, { receivedAt, balances, positions });
    }
    for (const issue of issues) this.#options.events.update(noticeOf(null, null, issue));
    const known = new Set(all.map(({ number }) => number));
    return (
      !isOne &&
      (accounts.some(({ number }) => !known.has(number)) || wanted.some(({ number }) => !figures.has(number)))
    );
  }

  /** Balances without the transfers of the day lack one figure; they are worth having all the same. */
  async #readTransfers(accounts: readonly SchwabAccount[], signal: AbortSignal): Promise<void> {
    try {
      await this.#options.transfers.read(accounts, signal);
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

  #noteChange(account: string, positions: readonly Position[]): void {
    const held = positions
      .map(({ key, quantity }) => `${key}=${quantity}`)
      .toSorted()
      .join();
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

  #tellMissing(account: Account): void {
    const message = `Schwab left the account …${account.lastFour} out of its answer; its last figures are kept.`;
    for (const kind of ['balances', 'positions'] as const)
      this.#options.events.update(noticeOf(kind, account.key, warning('BAD_RESPONSE', message)));
  }
}
