import type { Balances } from '../../domain/balances.js';
import type { Execution } from '../../domain/execution.js';
import type { Issue } from '../../domain/issue.js';
import type { Position } from '../../domain/position.js';

/** position key → what is held */
export type Held = ReadonlyMap<string, { readonly value: Position }>;
/** execution id → its latest revision */
export type Fills = ReadonlyMap<string, Execution>;

/** Something that a check has seen, in one image or in several in a row. Times in ms since the epoch. */
export interface Suspicion {
  /** The check that has seen it; it is gone as soon as this check does not see it again. */
  readonly check: string;
  readonly issue: Issue;
  readonly since: number;
  readonly at: number;
  readonly images: number;
}

/** Figures of one account that did not move. */
export interface Still {
  readonly balances: Balances;
  readonly positions: Held;
  readonly since: number;
  readonly at: number;
  readonly images: number;
}

/** Balances whose net liquidation jumped, and that were not used for that reason. */
export interface HeldBalances {
  readonly netLiquidation: number;
  /** When the last of them came, ms since the epoch. */
  readonly at: number;
  /** How many images in a row were held. */
  readonly images: number;
}

/** Positions and fills of a moment at which they belonged together. */
export interface Baseline {
  readonly positions: Held;
  readonly fills: Fills;
  /** position key → quantity that nothing explains, and that is known by now */
  readonly settled: ReadonlyMap<string, number>;
}

/** Since when lists of fills have come without a gap, and what was seen meanwhile. Times in ms since the epoch. */
export interface Watch {
  readonly since: number;
  readonly at: number;
  readonly fills: Fills;
  /** When the fills last were others than in the list before. */
  readonly fillsChangedAt: number;
  /** position key → quantity, as of the last list of fills */
  readonly quantities: ReadonlyMap<string, number>;
  readonly quantitiesChangedAt: number;
  /** When the positions were complete that were compared last. */
  readonly comparedAt: number | null;
  readonly baseline: Baseline | null;
  /** order key → whether it was seen open before its first fill */
  readonly openOrders: ReadonlyMap<string, boolean>;
}

/** What the checks of one account know from the images before. It is about this process: none of it is kept on disk. */
export interface CheckMemory {
  /** `check|thing` → suspicion */
  readonly suspicions: ReadonlyMap<string, Suspicion>;
  readonly still: Still | null;
  readonly held: HeldBalances | null;
  /** What was held when balances were last taken. */
  readonly positionsAtBalances: Held | null;
  readonly watch: Watch | null;
}

export const NO_MEMORY: CheckMemory = {
  suspicions: new Map(),
  still: null,
  held: null,
  positionsAtBalances: null,
  watch: null,
};

/** The accounts behind the login, as keys and for people, and what became of them in this process. */
export interface AccountSet {
  /** account key → last four characters of its number */
  readonly known: ReadonlyMap<string, string>;
  /** null = they are the same as ever. */
  readonly changed: {
    readonly from: ReadonlyMap<string, string>;
    readonly issue: Issue;
    /** When the first image came after it, ms since the epoch. */
    readonly at: number | null;
  } | null;
}

/** What the checks of a connection know. */
export interface Checks {
  /** account key → memory */
  readonly accounts: ReadonlyMap<string, CheckMemory>;
  /** null until the broker has named them in this process. */
  readonly accountSet: AccountSet | null;
}

export const NO_CHECKS: Checks = { accounts: new Map(), accountSet: null };
