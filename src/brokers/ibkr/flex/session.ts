import type { Account } from '../../../domain/account.js';
import type { Issue } from '../../../domain/issue.js';
import type { Kind, Provenance } from '../../../domain/update.js';
import type { BrokerSession, Clock, RefreshRequest, SessionEvents } from '../../../ports.js';
import type { Choice, NumberedAccount } from '../choose-accounts.js';
import { ordersUnavailable } from '../telling.js';
import type { StatementKeeper } from './keeper.js';
import type { FlexFigures, Part } from './normalize/figures.js';
import { isFinal } from './problems.js';
import { closed } from './waiting.js';

const LOOK_EVERY_MS = 60 * 60_000;

export interface FlexSessionOptions {
  readonly keeper: StatementKeeper;
  readonly clock: Clock;
  readonly events: SessionEvents;
  /** Whom of the accounts in a statement the user wants. @throws ConfigError when nobody is left */
  readonly choose: (numbers: readonly string[]) => Choice;
}

/** Tells the figures of statements, one business day after the other. It holds no socket. */
export class FlexSession implements BrokerSession {
  readonly #options: FlexSessionOptions;
  readonly #closing = new AbortController();
  #choice: Choice;
  /** Account number → what its last statement called it, also when a later one lacks the account. */
  readonly #described = new Map<string, Pick<FlexFigures, 'type' | 'currency'>>();
  /** Accounts as they were told last, to tell them again only when there is news. */
  #told = '';
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: FlexSessionOptions) {
    this.#options = options;
    this.#choice = options.choose([...options.keeper.figures.keys()]);
    this.#describe();
  }

  get accounts(): readonly Account[] {
    return this.#choice.accounts.map(({ account, number }) => {
      const described = this.#described.get(number);
      return { ...account, type: described?.type ?? null, currency: described?.currency ?? null };
    });
  }

  /** Says who is there. */
  start(): void {
    const { events } = this.#options;
    events.update({ kind: 'begin' });
    this.#tellAccounts();
    events.update(
      ordersUnavailable('Open orders are not in Flex statements; balances, positions and fills are.'),
    );
  }

  nextLookMs(): number {
    return LOOK_EVERY_MS;
  }

  /** One at a time. Without a newer statement to expect, the kept one is told again. */
  async refresh(request: RefreshRequest): Promise<void> {
    const answer = this.#queue.then(async () => await this.#answer(request));
    // The queue goes on after a failure; the failure itself is the caller's.
    this.#queue = Promise.allSettled([answer]);
    await answer;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#queue;
  }

  async #answer({ account, kind }: RefreshRequest): Promise<void> {
    const { signal } = this.#closing;
    if (signal.aborted) throw closed();
    await this.#update(signal);
    if (signal.aborted) throw closed();
    this.#tellAccounts();
    for (const one of this.#choice.accounts)
      if (account === null || account === one.account.key) this.#tell(one, kind);
  }

  async #update(signal: AbortSignal): Promise<void> {
    const { choose, events, keeper } = this.#options;
    try {
      await keeper.update(signal);
      const known = this.#choice.accounts.map(({ number }) => number);
      // One that is missing from a statement is not gone: its last figures are kept.
      this.#choice = choose([...new Set([...known, ...keeper.figures.keys()])]);
      this.#describe();
    } catch (error) {
      if (isFinal(error) && !signal.aborted) {
        this.#closing.abort();
        events.ended(error);
      }
      throw error;
    }
  }

  #describe(): void {
    for (const [number, { currency, type }] of this.#options.keeper.figures)
      this.#described.set(number, { currency, type });
  }

  #tellAccounts(): void {
    const { accounts } = this;
    const now = JSON.stringify(accounts);
    if (now === this.#told) return;
    this.#told = now;
    this.#options.events.update({ kind: 'accounts', accounts });
    for (const name of this.#choice.unknown)
      this.#notice(null, null, {
        code: 'ACCOUNT_SET_CHANGED',
        severity: 'warning',
        message: `The account …${name.slice(-4)} that was entered is not in the Flex statement: correct the list, or add the account to the Flex query.`,
      });
  }

  #tell({ account, number }: NumberedAccount, kind: Kind | null): void {
    const figures = this.#options.keeper.figures.get(number);
    if (figures === undefined) return this.#tellMissing(account);
    const { events } = this.#options;
    const about = { kind: 'snapshot', account: account.key } as const;
    const { balances, executions, positions } = figures;
    if (kind === null || kind === 'balances') {
      if (balances.kind === 'unusable') this.#notice('balances', account.key, balances.issue);
      else events.update({ ...about, of: 'balances', from: this.#from(balances), balances: balances.value });
    }
    if (kind === null || kind === 'positions') {
      if (positions.kind === 'unusable') this.#notice('positions', account.key, positions.issue);
      else
        events.update({ ...about, of: 'positions', from: this.#from(positions), positions: positions.value });
    }
    // An image and no mere rows: those count only after an image, and an image of fills takes none away.
    if ((kind === null || kind === 'executions') && executions !== null)
      events.update({
        ...about,
        of: 'executions',
        from: this.#from(executions),
        executions: executions.value,
      });
  }

  /** The figures were confirmed just now, in so far as there can be no newer ones; `asOf` says how old they are. */
  #from({ asOf, issues }: Extract<Part<unknown>, { readonly kind: 'known' }>): Provenance {
    return { via: 'flex', asOf, receivedAt: this.#options.clock.now(), partial: false, issues };
  }

  #tellMissing({ key, lastFour }: Account): void {
    const message = `The account …${lastFour} is not in the last Flex statement; its last figures are kept. Check the accounts of the Flex query.`;
    for (const kind of ['balances', 'positions'] as const)
      this.#notice(kind, key, { code: 'BAD_RESPONSE', severity: 'warning', message });
  }

  #notice(of: Kind | null, account: string | null, issue: Issue): void {
    this.#options.events.update({ kind: 'notice', of, account, issue });
  }
}
