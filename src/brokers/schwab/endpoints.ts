import { windowTime, type TimeRange } from './time-range.js';

/** What is read, as data. */
export interface Endpoint {
  readonly path: string;
  /** What fails and recovers together at Schwab: one kind of data, of one account where it is asked for singly. */
  readonly resource: string;
}

const TRADER = '/trader/v1';

/** Every address that the Trader API is asked at. Account numbers never stand in one: Schwab wants its hash. */
export const endpoints = {
  accountNumbers: (): Endpoint => ({
    path: `${TRADER}/accounts/accountNumbers`,
    resource: 'accountNumbers',
  }),
  accounts: (): Endpoint => ({ path: `${TRADER}/accounts?fields=positions`, resource: 'accounts' }),
  account: (hash: string): Endpoint => ({
    path: `${TRADER}/accounts/${segment(hash)}?fields=positions`,
    resource: `account ${hash}`,
  }),
  /** Of all accounts; from at most 60 days ago. */
  orders: (range: TimeRange): Endpoint => ({
    path: `${TRADER}/orders?${entered(range)}`,
    resource: 'orders',
  }),
  /** Of one account; at most a year. */
  accountOrders: (hash: string, range: TimeRange): Endpoint => ({
    path: `${TRADER}/accounts/${segment(hash)}/orders?${entered(range)}`,
    resource: `orders ${hash}`,
  }),
  order: (hash: string, orderId: string): Endpoint => ({
    path: `${TRADER}/accounts/${segment(hash)}/orders/${segment(orderId)}`,
    resource: `order ${hash}`,
  }),
  transactions: (hash: string, range: TimeRange): Endpoint => ({
    path: `${TRADER}/accounts/${segment(hash)}/transactions?${new URLSearchParams({
      startDate: windowTime(range.from),
      endDate: windowTime(range.to),
      types: TRANSACTION_TYPES.join(','),
    }).toString()}`,
    resource: `transactions ${hash}`,
  }),
  userPreference: (): Endpoint => ({ path: `${TRADER}/userPreference`, resource: 'userPreference' }),
} as const;

/** All that moves money or securities, and what asks the owner for it. The document names one type a request; schwab-py sends a list. */
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
  'MARGIN_CALL',
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
