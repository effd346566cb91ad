import type { SchwabBook } from '../book/book.js';
import type { AccountState, TransactionState, TransferItem } from '../book/state.js';
import { answerTime } from '../clock.js';
import { transactionInstrument } from './instruments.js';

const DOLLARS = {
  assetType: 'CURRENCY',
  status: 'ACTIVE',
  symbol: 'CURRENCY_USD',
  description: 'USD currency',
  instrumentId: 1,
  closingPrice: 0,
} as const;

export const transactionJson = (
  book: SchwabBook,
  { accountNumber, type }: AccountState,
  row: TransactionState,
): object => ({
  activityId: row.activityId,
  time: answerTime(row.at),
  ...(row.description === null ? {} : { description: row.description }),
  accountNumber,
  type: row.type,
  status: row.status ?? 'VALID',
  subAccount: type,
  tradeDate: answerTime(row.at),
  ...(row.orderId === null ? {} : { orderId: row.orderId, positionId: row.orderId % 10_000_000_000 }),
  netAmount: row.netAmount,
  transferItems: row.items.map((item) => itemJson(book, item, row.activityId)),
});

/** Some fee legs do not say what they are for. */
const namesFee = (activityId: number, feeType: string): boolean =>
  feeType !== 'TAF_FEE' || activityId % 2 === 0;

const itemJson = (book: SchwabBook, item: TransferItem, activityId: number): object => {
  switch (item.kind) {
    case 'fee':
      return {
        instrument: DOLLARS,
        amount: item.fee.amount,
        cost: item.fee.amount === 0 ? 0 : -item.fee.amount,
        ...(namesFee(activityId, item.fee.feeType) ? { feeType: item.fee.feeType } : {}),
      };
    case 'cash':
      return { instrument: DOLLARS, amount: item.amount, cost: item.cost };
    case 'security': {
      const { amount, cost, instrument, positionEffect, price } = item;
      return {
        instrument: transactionInstrument(instrument, book.price(instrument)),
        amount,
        cost,
        price,
        positionEffect,
      };
    }
  }
};
