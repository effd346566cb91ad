import { gatewayError, jsonAnswer, textAnswer, traderError, type Answer } from '../answer.js';
import type { SchwabBook } from '../book/book.js';
import { flatten } from '../book/ledger.js';
import type { AccountState, TransactionState } from '../book/state.js';
import { askedTime } from '../clock.js';
import { accountJson } from './accounts.js';
import { orderJson } from './orders.js';
import { preferenceJson } from './preference.js';
import { answerQuotes } from './quotes.js';
import { transactionJson } from './transactions.js';
import { writeJson } from './write-json.js';

export interface Question {
  readonly path: string;
  readonly query: URLSearchParams;
  /** Account numbers that this login may read. */
  readonly accounts: readonly string[];
}

export interface Desk {
  readonly book: SchwabBook;
  readonly now: () => number;
  readonly maxRows: number;
  readonly streamerUrl: () => string;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const TRADER = '/trader/v1';
const STATUSES: ReadonlySet<string> = new Set(
  `AWAITING_PARENT_ORDER AWAITING_CONDITION AWAITING_STOP_CONDITION AWAITING_MANUAL_REVIEW ACCEPTED
   AWAITING_UR_OUT PENDING_ACTIVATION QUEUED WORKING REJECTED PENDING_CANCEL CANCELED PENDING_REPLACE
   REPLACED FILLED EXPIRED NEW AWAITING_RELEASE_TIME PENDING_ACKNOWLEDGEMENT PENDING_RECALL UNKNOWN`.split(
    /\s+/,
  ),
);
const TRANSACTION_TYPES: ReadonlySet<string> = new Set([
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
  'MEMORANDUM',
  'MARGIN_CALL',
  'MONEY_MARKET',
  'SMA_ADJUSTMENT',
]);

/** A GET with a good token. */
export const answerRead = (question: Question, desk: Desk): Answer => {
  const answer = read(question, desk);
  if (answer.status !== 200) return answer;
  return { ...answer, body: writeJson(JSON.parse(answer.body), desk.book.style) };
};

const read = (question: Question, desk: Desk): Answer => {
  const { path, query } = question;
  if (path === '/marketdata/v1/quotes') return answerQuotes(desk.book, query.get('symbols') ?? '');
  if (path === `${TRADER}/accounts/accountNumbers`) return jsonAnswer(numbersJson(question, desk));
  if (path === `${TRADER}/accounts`) return jsonAnswer(accountsJson(question, desk));
  if (path === `${TRADER}/orders`) return allOrders(question, desk);
  if (path === `${TRADER}/userPreference`)
    return jsonAnswer(preferenceJson(desk.book, question.accounts, desk.streamerUrl()));
  const [, hash = '', what = '', id = ''] =
    /^\/trader\/v1\/accounts\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(path) ?? [];
  if (hash === '') return textAnswer('404 Not Found', 404);
  const state = desk.book.byHash(hash);
  // Plain numbers are refused, whatever their form.
  if (!state || !question.accounts.includes(state.accountNumber))
    return traderError(404, 'Invalid account number');
  return ofAccount({ state, what, id, query }, desk);
};

interface AccountQuestion {
  readonly state: AccountState;
  readonly what: string;
  readonly id: string;
  readonly query: URLSearchParams;
}

const ofAccount = ({ state, what, id, query }: AccountQuestion, desk: Desk): Answer => {
  switch (what) {
    case '':
      return jsonAnswer(accountJson(desk.book, state, query.get('fields') === 'positions'));
    case 'orders':
      return id === '' ? ordersIn([state], query, { desk, longestDays: 366 }) : oneOrder(state, id);
    case 'transactions':
      return id === '' ? transactions(state, query, desk) : oneTransaction(state, id, desk);
    default:
      return textAnswer('404 Not Found', 404);
  }
};

const statesOf = ({ accounts }: Question, { book }: Desk): readonly AccountState[] =>
  accounts.map((number) => book.state(number));

const numbersJson = (question: Question, desk: Desk): object =>
  statesOf(question, desk).map(({ accountNumber, hashValue }) => ({ accountNumber, hashValue }));

const accountsJson = (question: Question, desk: Desk): object =>
  statesOf(question, desk).map((state) =>
    accountJson(desk.book, state, question.query.get('fields') === 'positions'),
  );

const allOrders = (question: Question, desk: Desk): Answer => {
  const from = askedTime(question.query.get('fromEnteredTime') ?? '');
  if (from !== null && from < desk.now() - 60 * DAY_MS)
    return traderError(400, 'fromEnteredTime must be within 60 days of today');
  return ordersIn(statesOf(question, desk), question.query, { desk, longestDays: 61 });
};

const ordersIn = (
  states: readonly AccountState[],
  query: URLSearchParams,
  { desk, longestDays }: { readonly desk: Desk; readonly longestDays: number },
): Answer => {
  const range = rangeOf(query, ['fromEnteredTime', 'toEnteredTime'], longestDays);
  if ('status' in range) return range;
  const status = query.get('status');
  if (status !== null && !STATUSES.has(status))
    return traderError(400, `'${status}' is not a valid value for status`);
  const asked = query.get('maxResults');
  if (asked !== null && !/^[1-9]\d*$/.test(asked))
    return traderError(400, `'${asked}' is not a valid value for maxResults`);
  const most = Math.min(desk.maxRows, Number(asked ?? desk.maxRows));
  const found = states
    .flatMap(({ orders }) => orders)
    .filter(({ enteredAt }) => enteredAt >= range.from && enteredAt <= range.to)
    .filter((order) => status === null || order.status === status)
    .toSorted((a, b) => b.enteredAt - a.enteredAt);
  return jsonAnswer(found.slice(0, most).map(orderJson));
};

const oneOrder = ({ orders }: AccountState, id: string): Answer => {
  const order = orders.flatMap(flatten).find(({ orderId }) => String(orderId) === id);
  return order ? jsonAnswer(orderJson(order)) : traderError(404, 'Order not found');
};

const transactions = (state: AccountState, query: URLSearchParams, desk: Desk): Answer => {
  const range = rangeOf(query, ['startDate', 'endDate'], 366);
  if ('status' in range) return range;
  const types = (query.get('types') ?? '').split(',').filter((type) => type !== '');
  const unknown = types.find((type) => !TRANSACTION_TYPES.has(type));
  if (types.length === 0) return traderError(400, 'types is required');
  if (unknown !== undefined) return traderError(400, `'${unknown}' is not a valid value for types`);
  const symbol = query.get('symbol');
  const rows = state.transactions
    .filter(({ at, type }) => at >= range.from && at <= range.to && types.includes(type))
    .filter((row) => symbol === null || isAbout(row, symbol))
    .toReversed();
  return jsonAnswer(rows.slice(0, desk.maxRows).map((row) => transactionJson(desk.book, state, row)));
};

const isAbout = ({ items }: TransactionState, symbol: string): boolean =>
  items.some((item) => item.kind === 'security' && item.instrument.symbol === symbol);

const oneTransaction = (state: AccountState, id: string, { book }: Desk): Answer => {
  const row = state.transactions.find(({ activityId }) => String(activityId) === id);
  return row ? jsonAnswer([transactionJson(book, state, row)]) : traderError(404, 'Transaction not found');
};

const rangeOf = (
  query: URLSearchParams,
  [fromName, toName]: readonly [string, string],
  longestDays: number,
): { readonly from: number; readonly to: number } | Answer => {
  const times: number[] = [];
  for (const name of [fromName, toName]) {
    const text = query.get(name);
    if (text === null) return traderError(400, `${name} is required`);
    const at = askedTime(text);
    if (at === null) return traderError(400, `'${text}' is not a valid value for ${name}`);
    times.push(at);
  }
  const [from = 0, to = 0] = times;
  if (to - from > longestDays * DAY_MS)
    return traderError(400, `${fromName} and ${toName} are too far apart`);
  return { from, to };
};

/** A token that is not good: the gateway and the Trader API say so in different words. */
export const notAuthorized = (path: string): Answer =>
  path === `${TRADER}/accounts/accountNumbers` || !path.startsWith(TRADER)
    ? gatewayError(401, 'Unauthorized', 'Client not authorized')
    : traderError(401, 'Unauthorized');
