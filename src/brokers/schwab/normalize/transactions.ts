import type { Activity, ActivityType } from '../../../domain/activity.js';
import { cleanExact, cleanMoney } from '../../../domain/clean-number.js';
import type { Issue } from '../../../domain/issue.js';
import { SchwabTransaction, type SchwabTransferItem } from '../schema/transaction.js';
import { quote } from '../redact.js';
import { isoTime } from '../time.js';
import { normalizeInstrument } from './instrument.js';
import { Issues } from './issues.js';

export interface Transactions {
  readonly activities: readonly Activity[];
  /** Ids of those that are not booked yet: what they will come to is not known. */
  readonly pending: ReadonlySet<string>;
  readonly issues: readonly Issue[];
  /** Whether every row could be read. */
  readonly complete: boolean;
}

/** The transactions of one account. Never throws; a row that cannot be read is left out and said. */
export function readTransactions(answer: unknown): Transactions {
  const issues = new Issues();
  const activities: Activity[] = [];
  const pending = new Set<string>();
  let complete = true;
  for (const row of Array.isArray(answer) ? answer : [answer]) {
    const parsed = SchwabTransaction.safeParse(row);
    if (parsed.success) {
      activities.push(...normalizeTransaction(parsed.data, issues));
      if (!isBooked(parsed.data)) pending.add(parsed.data.activityId);
    } else {
      complete = false;
      issues.add('BAD_RESPONSE', 'Schwab sent a transaction that cannot be read.');
    }
  }
  return { activities, pending, issues: issues.all, complete };
}

/** A row that Schwab itself calls invalid moved nothing. */
function normalizeTransaction(raw: SchwabTransaction, issues: Issues): readonly Activity[] {
  if (raw.status === 'INVALID') return [];
  const [first, ...others] = raw.transferItems.filter((candidate) => !isCash(candidate));
  // Of several securities in one row no single figure is true.
  const item = first === undefined || others.length > 0 ? null : first;
  // What is not booked yet may be in the figures of the account, or not.
  const amount = isBooked(raw) ? cleanMoney(raw.netAmount) : null;
  const activity: Activity = {
    activityId: raw.activityId,
    orderId: raw.orderId,
    type: typeOf(raw, amount, issues),
    rawType: raw.type,
    amount,
    quantity: cleanExact(item?.amount ?? null),
    price: cleanExact(item?.price ?? null),
    cost: cleanMoney(item?.cost ?? null),
    fees: feesOf(raw),
    instrument: first?.instrument == null ? null : normalizeInstrument(first.instrument, issues),
    time: timeOf(raw),
    settledAt: isoTime(raw.settlementDate),
    description: raw.description === null ? null : quote(raw.description),
  };
  return [activity];
}

function isBooked({ status }: SchwabTransaction): boolean {
  return status === null || status === 'VALID';
}

function isCash({ instrument }: SchwabTransferItem): boolean {
  return (
    instrument === null || instrument.assetType === 'CURRENCY' || instrument.symbol.startsWith('CURRENCY_')
  );
}

/** Cash legs of a trade are its fees; some of them do not say which. One without a figure leaves the sum unknown. */
function feesOf({ transferItems, type }: SchwabTransaction): number | null {
  const hasSecurity = transferItems.some((item) => !isCash(item));
  const fees = transferItems.filter(
    (item) => isCash(item) && (item.feeType !== null || (type === 'TRADE' && hasSecurity)),
  );
  if (fees.length === 0) return null;
  return cleanMoney(-fees.reduce((total, { cost }) => total + (cost ?? Number.NaN), 0));
}

/** When it was traded; a date without a time would be the day before in New York. */
function timeOf({ time, tradeDate }: SchwabTransaction): string | null {
  const times = [tradeDate, time].filter((text) => isoTime(text) !== null);
  return isoTime(times.find((text) => text?.includes('T')) ?? times[0] ?? null);
}

function typeOf(
  { description, type }: SchwabTransaction,
  amount: number | null,
  issues: Issues,
): ActivityType {
  const said = description ?? '';
  switch (type) {
    case 'TRADE':
      return 'trade';
    case 'RECEIVE_AND_DELIVER':
      return delivery(said);
    case 'DIVIDEND_OR_INTEREST':
      if (said === '') return 'other';
      return /\bint(erest)?\b/i.test(said) ? 'interest' : 'dividend';
    case 'ACH_RECEIPT':
    case 'CASH_RECEIPT':
    case 'WIRE_IN':
      return 'deposit';
    case 'ACH_DISBURSEMENT':
    case 'CASH_DISBURSEMENT':
    case 'WIRE_OUT':
      return 'withdrawal';
    case 'ELECTRONIC_FUND':
      if (amount === null) return 'transfer';
      return amount < 0 ? 'withdrawal' : 'deposit';
    case 'JOURNAL':
      return 'transfer';
    case 'MEMORANDUM':
    case 'MARGIN_CALL':
    case 'MONEY_MARKET':
    case 'SMA_ADJUSTMENT':
    case null:
      return 'other';
    default:
      issues.unknownWord('transaction type', type);
      return 'other';
  }
}

/** Securities that came or went without a trade; only the description says why. */
function delivery(description: string): ActivityType {
  if (/assign/i.test(description)) return 'assignment';
  if (/exercis/i.test(description)) return 'exercise';
  if (/expir/i.test(description)) return 'expiration';
  if (/transfer|journal/i.test(description)) return 'transfer';
  return /split|merger|spin|reorgani[sz]ation|name change/i.test(description) ? 'corporate_action' : 'other';
}
