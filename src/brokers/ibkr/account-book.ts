import type { Account } from '../../domain/account.js';
import type { Balances } from '../../domain/balances.js';
import type { Instrument } from '../../domain/instrument.js';
import type { Issue } from '../../domain/issue.js';
import type { Position } from '../../domain/position.js';
import { balanceIssues, balancesOf, baseCurrencyOf, exchangeRate, valueKey } from './normalize/balances.js';
import { instrumentOf, type Contract } from './normalize/instrument.js';
import { positionOf } from './normalize/position.js';
import { wireMoney } from './numbers.js';
import type { AccountValueRow, PnlRow, PnlSingleRow, PortfolioRow, PositionRow } from './wire.js';

/** Rows of one download; it counts when its end marker has come, and is thrown away when it is cut. */
interface Draft {
  readonly values: Map<string, string>;
  readonly portfolio: Map<string, PortfolioRow>;
}

/** What of the balances a position is valued with. */
interface Valuation {
  readonly netLiquidation: number | null;
  /** currency → base currency for one unit of it */
  readonly rates: Map<string, number | null>;
}

/**
 * They turn to 0 while IBKR resets the account. The summary pushes them without the AccountReady row that says so;
 * only the next download tells whether the money is gone indeed.
 */
const ZERO_IN_RESET: ReadonlySet<string> = new Set([
  'AvailableFunds',
  'BuyingPower',
  'Cushion',
  'EquityWithLoanValue',
  'ExcessLiquidity',
  'NetLiquidation',
  'TotalCashValue',
]);

/** The raw rows of one account, and the figures made of them. Position keys are instrument keys. */
export class AccountBook {
  readonly accountNumber: string;
  #account: Account;
  #values: Map<string, string> = new Map();
  #portfolio: Map<string, PortfolioRow> = new Map();
  #positions: Map<string, PositionRow> = new Map();
  #draft: Draft | null = null;
  #positionDraft: Map<string, PositionRow> | null = null;
  #latePositions: Map<string, PositionRow> | null = null;
  #pnl: PnlRow | null = null;
  readonly #pnlSingles = new Map<string, PnlSingleRow>();
  /** position key → the instrument as last built, kept while its contract reads the same */
  readonly #instruments = new Map<string, { readonly contract: Contract; readonly instrument: Instrument }>();
  /** Base currency, net liquidation and exchange rates of `#values`, until these change. */
  #valuation: Valuation | null = null;
  /** Whether `reqPositions` has answered completely in this session. */
  #hasPositions = false;
  /** Money has gone since the last download, and no row said that the account is being reset. */
  #isSuspect = false;

  constructor(account: Account, accountNumber: string) {
    this.#account = account;
    this.accountNumber = accountNumber;
  }

  /** The account with what the rows have told of it. */
  get account(): Account {
    const type = this.#values.get(valueKey('AccountType', '')) ?? null;
    const currency = baseCurrencyOf(this.#values);
    if (type !== null) this.#account = { ...this.#account, type: type.toLowerCase() };
    if (currency !== null) this.#account = { ...this.#account, currency };
    return this.#account;
  }

  /** Whether the rows are enough for balances: a download that "ended" before its rows is none. */
  get hasBalances(): boolean {
    return baseCurrencyOf(this.#values) !== null;
  }

  beginDownload(): void {
    this.#draft = { values: new Map(), portfolio: new Map() };
  }

  dropDownload(): void {
    this.#draft = null;
  }

  /** Makes the download the truth; false when it has not the rows that make it one. */
  commitDownload(): boolean {
    const draft = this.#draft;
    this.#draft = null;
    if (draft === null || baseCurrencyOf(draft.values) === null) return false;
    // Summary rows of keys that the download lacks are kept.
    this.#values = new Map([...this.#values, ...draft.values]);
    this.#valuation = null;
    this.#portfolio = draft.portfolio;
    this.#isSuspect = false;
    return true;
  }

  /** The end marker does not say which list it ends: rows of one that is late belong to this one as well. */
  beginPositions(): void {
    this.#positionDraft = this.#latePositions ?? new Map();
    this.#latePositions = null;
  }

  /** @param isLate the list was not cut, its end may still come */
  dropPositions(isLate: boolean): void {
    this.#latePositions = isLate ? this.#positionDraft : null;
    this.#positionDraft = null;
  }

  commitPositions(): void {
    if (this.#positionDraft === null) return;
    this.#positions = this.#positionDraft;
    this.#positionDraft = null;
    this.#hasPositions = true;
  }

  /** True when the row is news between downloads. */
  value({ key, value, currency }: Pick<AccountValueRow, 'key' | 'value' | 'currency'>): boolean {
    const name = valueKey(key, currency);
    if (this.#draft !== null) {
      this.#draft.values.set(name, value);
      return false;
    }
    const before = this.#values.get(name);
    if (before === value) return false;
    if (ZERO_IN_RESET.has(key) && wireMoney(before ?? '') !== 0 && wireMoney(value) === 0)
      this.#isSuspect = true;
    this.#values.set(name, value);
    this.#valuation = null;
    return true;
  }

  /** The key of the position when the row is news between downloads, else null. */
  portfolio(row: PortfolioRow): string | null {
    const { key } = this.#instrument(row);
    if (this.#draft !== null) {
      if (row.quantity !== 0) this.#draft.portfolio.set(key, row);
      else this.#draft.portfolio.delete(key);
      return null;
    }
    if (row.quantity === 0) {
      // The row of a position that is gone; `reqPositions` may still be about to say so.
      this.#portfolio.delete(key);
      this.#positions.delete(key);
    } else this.#portfolio.set(key, row);
    return key;
  }

  /** The key of the position when the row is news between downloads, else null. */
  position(row: PositionRow): string | null {
    const { key } = this.#instrument(row);
    const draft = this.#positionDraft ?? this.#latePositions;
    if (row.quantity !== 0) draft?.set(key, row);
    else draft?.delete(key);
    if (this.#positionDraft !== null) return null;
    if (row.quantity === 0) {
      this.#positions.delete(key);
      this.#portfolio.delete(key);
    } else this.#positions.set(key, row);
    return key;
  }

  pnl(row: PnlRow): void {
    this.#pnl = row;
  }

  pnlSingle(key: string, row: PnlSingleRow): void {
    this.#pnlSingles.set(key, row);
  }

  balances(): Balances {
    return balancesOf(this.#values, this.#pnl);
  }

  /** IBKR itself says that this account's figures are not ready, or they look as if it should. */
  get isResetting(): boolean {
    return this.#isSuspect || this.#values.get(valueKey('AccountReady', '')) === 'false';
  }

  balanceIssues(): readonly Issue[] {
    return balanceIssues(this.#values);
  }

  /** All positions; where `reqPositions` has answered, it names them, and the portfolio adds values. */
  positions(): readonly Position[] {
    const keys = this.#hasPositions ? this.#positions.keys() : this.#portfolio.keys();
    return [...new Set([...keys, ...this.#portfolio.keys()])].flatMap((key) => this.positionAt(key) ?? []);
  }

  /** One position; null = not held. */
  positionAt(key: string): Position | null {
    const portfolio = this.#portfolio.get(key) ?? null;
    const position = this.#positions.get(key) ?? null;
    const row = position ?? portfolio;
    if (row === null) return null;
    const instrument = this.#instrument(portfolio ?? row);
    const pnl = this.#pnlSingles.get(key) ?? null;
    const { netLiquidation } = this.#valued();
    return positionOf(
      { portfolio, position, pnl },
      { key, instrument, exchangeRate: this.#rate(row.currency), netLiquidation },
    );
  }

  /** Whether the two sources name the same quantity of a position. */
  agreesOn(key: string): boolean {
    return !this.#hasPositions || this.#positions.get(key)?.quantity === this.#portfolio.get(key)?.quantity;
  }

  /** Keys whose quantity or cost the two sources tell differently: a fresh portfolio is needed. */
  disagreements(): readonly string[] {
    if (!this.#hasPositions) return [];
    const keys = new Set([...this.#positions.keys(), ...this.#portfolio.keys()]);
    return [...keys].filter(
      (key) => this.#positions.get(key)?.quantity !== this.#portfolio.get(key)?.quantity,
    );
  }

  #valued(): Valuation {
    if (this.#valuation === null) {
      const base = baseCurrencyOf(this.#values);
      const text = base === null ? undefined : this.#values.get(valueKey('NetLiquidation', base));
      this.#valuation = { netLiquidation: wireMoney(text ?? ''), rates: new Map() };
    }
    return this.#valuation;
  }

  #rate(currency: string | null): number | null {
    if (currency === null) return null;
    const { rates } = this.#valued();
    const known = rates.get(currency);
    if (known !== undefined) return known;
    const rate = exchangeRate(this.#values, currency);
    rates.set(currency, rate);
    return rate;
  }

  /** Positions and portfolio name different exchanges for one instrument: the first is kept. */
  #instrument(contract: Contract): Instrument {
    const { conId } = contract;
    const known = conId === null ? undefined : this.#instruments.get(conId);
    if (known !== undefined && sameContract(known.contract, contract)) return known.instrument;
    const instrument = instrumentOf(contract);
    this.#instruments.set(instrument.key, { contract, instrument });
    return instrument;
  }
}

function sameContract(a: Contract, b: Contract): boolean {
  return (
    a.symbol === b.symbol &&
    a.secType === b.secType &&
    a.localSymbol === b.localSymbol &&
    a.currency === b.currency &&
    a.expiry === b.expiry &&
    a.strike === b.strike &&
    a.right === b.right &&
    a.multiplier === b.multiplier
  );
}
