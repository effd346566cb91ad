/** What may be wrong with figures, in one word each. */
export const ISSUE_CODES = [
  'SUSPECT_EMPTY',
  'BAD_RESPONSE',
  'BAD_NUMBER',
  'UNKNOWN_ENUM',
  'TRUNCATED',
  'NAV_MISMATCH',
  'UNEXPLAINED_POSITION_CHANGE',
  'ORDER_MISMATCH',
  'FILL_MISSING',
  'SIGN_MISMATCH',
  'PRICE_MISMATCH',
  'DUPLICATE_KEY',
  'NLV_JUMP',
  'ACCOUNT_SET_CHANGED',
  'FROZEN_FEED',
  'CLOCK_SKEW',
  'ACCOUNT_RESETTING',
  'ORDERS_UNAVAILABLE',
  'ADJUSTED_OPTION',
  'RATE_LIMITED',
] as const;

export type IssueCode = (typeof ISSUE_CODES)[number];

/** Something a reader of the figures should know. */
export interface Issue {
  /** One word, for programs. */
  readonly code: IssueCode;
  /** How bad it is. */
  readonly severity: 'info' | 'warning' | 'error';
  /** A sentence, for people. */
  readonly message: string;
}
