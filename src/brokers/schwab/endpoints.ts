import { windowTime, type TimeRange } from './time-range.js';

/** What is read, as data: an address, and whose name it has for people. */
export interface Endpoint {
  readonly path: string;
}

const TRADER = '/trader/v1';

/** Every address that the Trader API is asked at. Account numbers never stand in one: Schwab wants its hash. */
export const endpoints = {
  accountNumbers: (): Endpoint => ({ path: `${TRADER}/accounts/accountNumbers` }),
  accounts: (): Endpoint => ({ path: `${TRADER}/accounts?fields=positions` }),
  account: (hash: string): Endpoint => ({ path: `${TRADER}/accounts/${segment(hash)}?fields=positions` }),
  /** Of all accounts; from at most 60 days ago. */
  orders: (range: TimeRange): Endpoint => ({ path: `${TRADER}/orders?${entered(range)}` }),
  /** Of one account; at most a year. */
  accountOrders: (hash: string, range: TimeRange): Endpoint => ({
    path: `${TRADER}/accounts/${segment(hash)}/orders?${entered(range)}`,
  }),
  order: (hash: string, orderId: string): Endpoint => ({
    path: `${TRADER}/accounts/${segment(hash)}/orders/${segment(orderId)}`,
  }),
  transactions: (hash: string, range: TimeRange): Endpoint => ({
    path: `${TRADER}/accounts/${segment(hash)}/transactions?${new URLSearchParams({
      startDate: windowTime(range.from),
      endDate: windowTime(range.to),
      types: TRANSACTION_TYPES.join(','),
    }).toString()}`,
  }),
  userPreference: (): Endpoint => ({ path: `${TRADER}/userPreference` }),
} as const;

/** All that moves money or securities. The document names one type a request; schwab-py sends a list. */
const TRANSACTION_TYPES = [
  'TRADE',
  'RECEIVE_AND_DELIVER',
  'DIVIDEND_OR_INTEREST',
  'ACH_RECEIPT',
  'ACH_DISBURSEMENT',
  'CASH_RECEIPT',
  'CASH_DISBURSEMENT',
  'ELECTRONIC_FUND',
  'WIRE_OUT',
  'WIRE_IN',
  'JOURNAL',
] as const;

/** Schwab cuts a list after so many rows, without a word. */
export const MOST_ROWS = 3_000;

function entered({ from, to }: TimeRange): string {
  return new URLSearchParams({
    fromEnteredTime: windowTime(from),
    toEnteredTime: windowTime(to),
    maxResults: String(MOST_ROWS),
  }).toString();
}

function segment(word: string): string {
  return encodeURIComponent(word);
}
