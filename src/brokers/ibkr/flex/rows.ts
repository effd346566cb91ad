import { z } from 'zod';
import { isBad, wireExact, wireMoney } from '../numbers.js';

/** A row, and the attributes of it that should have been numbers and were not: these are null. */
export interface Row<T> {
  readonly row: T;
  readonly bad: readonly string[];
}

const attribute = z.string().optional();
/** Missing and empty both say nothing. */
const word = attribute.transform((text) => {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? null : trimmed;
});
const money = attribute.transform((text) => wireMoney(text ?? ''));
const exact = attribute.transform((text) => wireExact(text ?? ''));
/** IBKR's number of an instrument; 0 is none. */
const conId = attribute.transform((text) =>
  /^[1-9]\d{0,14}$/.test(text?.trim() ?? '') ? (text?.trim() ?? null) : null,
);
const NUMERIC: ReadonlySet<unknown> = new Set([money, exact]);

/** Reads the attributes of one element. Any attributes make a row: what is missing or unreadable is null. */
function row<S extends z.core.$ZodShape>(shape: S) {
  const schema = z.object(shape);
  const numeric = Object.keys(shape).filter((name) => NUMERIC.has(shape[name]));
  return (attributes: Readonly<Record<string, string>>): Row<z.output<typeof schema>> => ({
    row: schema.parse(attributes),
    bad: numeric.filter((name) => isBad(attributes[name] ?? '')),
  });
}

/** What every row says of an instrument. */
const instrument = {
  conid: conId,
  symbol: word,
  underlyingSymbol: word,
  assetCategory: word,
  currency: word,
  multiplier: exact,
  strike: exact,
  expiry: word,
  putCall: word,
  listingExchange: word,
};

export const accountInformation = row({ currency: word, accountType: word, customerType: word });
/** Net asset value of a day, money in the base currency. */
export const equityRow = row({
  reportDate: word,
  currency: word,
  cash: money,
  stock: money,
  options: money,
  bonds: money,
  funds: money,
  interestAccruals: money,
  dividendAccruals: money,
  total: money,
});
/** Money of `currency`; `BASE_SUMMARY` is the total in the base currency. */
export const cashRow = row({ currency: word, endingCash: money, endingSettledCash: money });
/** Quantity, value and cost are negative for what is short. */
export const positionRow = row({
  ...instrument,
  reportDate: word,
  levelOfDetail: word,
  side: word,
  position: exact,
  fxRateToBase: exact,
  markPrice: exact,
  positionValue: money,
  costBasisPrice: exact,
  costBasisMoney: money,
  fifoPnlUnrealized: money,
});
/** The quantity is negative in a sale, the commission where it was paid. */
export const tradeRow = row({
  ...instrument,
  levelOfDetail: word,
  transactionType: word,
  ibExecID: word,
  exchange: word,
  dateTime: word,
  buySell: word,
  openCloseIndicator: word,
  quantity: exact,
  tradePrice: exact,
  ibCommission: money,
  ibCommissionCurrency: word,
  fifoPnlRealized: money,
});

export type AccountInformation = ReturnType<typeof accountInformation>['row'];
export type EquityRow = ReturnType<typeof equityRow>['row'];
export type CashRow = ReturnType<typeof cashRow>['row'];
export type PositionRow = ReturnType<typeof positionRow>['row'];
export type TradeRow = ReturnType<typeof tradeRow>['row'];
export type InstrumentRow = Pick<PositionRow, keyof typeof instrument>;
