import type { Fields } from './fields.js';

/** A row and what it replaces when it comes again. */
export interface KeyedRow {
  readonly key: string;
  readonly fields: Fields;
}

/** TWS repeats only what changed since it was last told. */
export class ChangedRows {
  /** key → row as last sent */
  readonly #sent = new Map<string, string>();

  take(rows: readonly KeyedRow[]): readonly Fields[] {
    return rows.flatMap(({ key, fields }) => {
      const text = fields.join('\0');
      if (this.#sent.get(key) === text) return [];
      this.#sent.set(key, text);
      return [fields];
    });
  }
}

export interface SummarySubscription {
  readonly tags: ReadonlySet<string>;
  readonly accounts: readonly string[];
  readonly changed: ChangedRows;
}

export interface AccountMultiSubscription {
  readonly accounts: readonly string[];
  readonly ledgerOnly: boolean;
  readonly changed: ChangedRows;
}

/** What one client has asked to be told. The keys of the maps are request ids. */
export class Subscriptions {
  account: { readonly account: string; readonly changed: ChangedRows } | null = null;
  positions = false;
  readonly summaries = new Map<string, SummarySubscription>();
  readonly positionsMulti = new Map<string, readonly string[]>();
  readonly accountMulti = new Map<string, AccountMultiSubscription>();
  readonly pnl = new Map<string, string>();
  readonly pnlSingle = new Map<string, { readonly account: string; readonly conId: number }>();
  readonly pnlChanged = new ChangedRows();

  clear(): void {
    this.account = null;
    this.positions = false;
    this.summaries.clear();
    this.positionsMulti.clear();
    this.accountMulti.clear();
    this.pnl.clear();
    this.pnlSingle.clear();
  }
}
