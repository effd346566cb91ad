import { z } from 'zod';
import { wireExact } from './numbers.js';
import { contract, exact, id, listing, text, word } from './wire-fields.js';

/** Before it a `faProfile` field is sent (min server version FA_PROFILE_DESUPPORT). */
const WITHOUT_FA_PROFILE = 177;

const PEGGED_TO_BENCHMARK: ReadonlySet<string | undefined> = new Set(['PEG BENCH', 'PEGBENCH']);

/** Type of a condition → how many fields follow it. */
const CONDITION_FIELDS: ReadonlyMap<string | undefined, number> = new Map([
  ['1', 6], // price
  ['3', 3], // time
  ['4', 3], // margin
  ['5', 4], // execution
  ['6', 5], // volume
  ['7', 5], // percent change
]);

const Leg = z.object({ conId: id, ratio: exact, action: text, exchange: word, openClose: text });

const OrderFields = z.object({
  ...contract,
  ...listing,
  action: text,
  totalQuantity: exact,
  orderType: text,
  limitPrice: exact,
  auxPrice: exact,
  timeInForce: word,
  ocaGroup: word,
  account: text,
  orderRef: word,
  permId: id,
  trailStopPrice: exact,
  legs: z.array(Leg),
  status: text,
});

const OpenOrder = OrderFields.extend({ orderId: text, clientId: text, parentId: id });
const CompletedOrder = OrderFields.extend({
  filledQuantity: exact,
  completedTime: word,
  completedStatus: word,
});

export type OpenOrderRow = z.output<typeof OpenOrder>;
export type CompletedOrderRow = z.output<typeof CompletedOrder>;
export type OrderFieldsRow = z.output<typeof OrderFields>;

/**
 * `openOrder` (5) up to its status: what follows are margin figures and fields that each TWS release extends,
 * and none of them is read here. Layout: EClient/EDecoder `processOpenOrderMsg`.
 * @throws z.ZodError when the message is cut
 */
export function decodeOpenOrder(fields: readonly string[], serverVersion: number): OpenOrderRow {
  const cursor = new Cursor(fields);
  const head = { orderId: cursor.next(), ...contractOf(cursor), ...actionOf(cursor) };
  const clientId = cursor.next();
  const permId = cursor.next();
  cursor.skip(8); // outsideRth … faPercentage, with the dead sharesAllocation
  if (serverVersion < WITHOUT_FA_PROFILE) cursor.skip(1);
  cursor.skip(23); // modelCode … nbboPriceCap
  const parentId = cursor.next();
  cursor.skip(1); // triggerMethod
  const trailStopPrice = volatilityOf(cursor, 8);
  cursor.skip(3); // trailingPercent, basisPoints, basisPointsType
  const legs = tailOf(cursor, { optOutSmartRouting: true });
  cursor.skip(2); // solicited, whatIf
  return OpenOrder.parse({
    ...head,
    clientId,
    permId,
    parentId,
    trailStopPrice,
    legs,
    status: cursor.next(),
  });
}

/**
 * `completedOrder` (101). @stoqey/ib 1.6.10 reads it one field off below server version 177, so it is read
 * here at every version, up to its last word (`completedStatus`); each TWS release adds fields behind it.
 * @throws z.ZodError when the message is cut
 */
export function decodeCompletedOrder(fields: readonly string[], serverVersion: number): CompletedOrderRow {
  const cursor = new Cursor(fields);
  const head = { ...contractOf(cursor), ...actionOf(cursor) };
  const permId = cursor.next();
  cursor.skip(7); // outsideRth … faPercentage
  if (serverVersion < WITHOUT_FA_PROFILE) cursor.skip(1);
  cursor.skip(19); // modelCode … triggerMethod
  const trailStopPrice = volatilityOf(cursor, 4);
  cursor.skip(1); // trailingPercent
  const legs = tailOf(cursor, { optOutSmartRouting: false });
  cursor.skip(1); // solicited
  const status = cursor.next();
  cursor.skip(2); // randomizeSize, randomizePrice
  if (PEGGED_TO_BENCHMARK.has(head.orderType)) cursor.skip(5);
  skipConditions(cursor);
  cursor.skip(6); // trailStopPrice, lmtPriceOffset … autoCancelDate
  const filledQuantity = cursor.next();
  cursor.skip(6); // refFuturesConId … parentPermId
  return CompletedOrder.parse({
    ...head,
    permId,
    trailStopPrice,
    legs,
    status,
    filledQuantity,
    completedTime: cursor.next(),
    completedStatus: cursor.next(),
  });
}

type Field = string | undefined;

/** Walks over the fields; past their end every field is undefined, which the schemas refuse. */
class Cursor {
  readonly #fields: readonly string[];
  #at = 1;

  constructor(fields: readonly string[]) {
    this.#fields = fields;
  }

  next(): Field {
    return this.#fields[this.#at++];
  }

  skip(count: number): void {
    this.#at += count;
  }

  skipToEnd(): void {
    this.#at = this.#fields.length;
  }

  /** A repetition count; a hostile one must not make us loop longer than the message is. */
  count(): number {
    const count = Number(this.next() ?? '');
    return Number.isInteger(count) && count > 0 ? Math.min(count, this.#fields.length) : 0;
  }
}

function contractOf(cursor: Cursor) {
  return {
    conId: cursor.next(),
    symbol: cursor.next(),
    secType: cursor.next(),
    expiry: cursor.next(),
    strike: cursor.next(),
    right: cursor.next(),
    multiplier: cursor.next(),
    exchange: cursor.next(),
    currency: cursor.next(),
    localSymbol: cursor.next(),
    tradingClass: cursor.next(),
  };
}

function actionOf(cursor: Cursor) {
  const action = {
    action: cursor.next(),
    totalQuantity: cursor.next(),
    orderType: cursor.next(),
    limitPrice: cursor.next(),
    auxPrice: cursor.next(),
    timeInForce: cursor.next(),
    ocaGroup: cursor.next(),
    account: cursor.next(),
  };
  cursor.skip(2); // openClose, origin
  return { ...action, orderRef: cursor.next() };
}

/** volatility … trailStopPrice; a delta neutral order type brings `extraFields` more. */
function volatilityOf(cursor: Cursor, extraFields: number): Field {
  cursor.skip(2); // volatility, volatilityType
  const deltaNeutralOrderType = cursor.next();
  cursor.skip(1); // deltaNeutralAuxPrice
  if (deltaNeutralOrderType !== '') cursor.skip(extraFields);
  cursor.skip(2); // continuousUpdate, referencePriceType
  return cursor.next();
}

/** comboLegsDescrip … algo parameters; returns the legs. */
function tailOf(cursor: Cursor, has: { readonly optOutSmartRouting: boolean }) {
  cursor.skip(1); // comboLegsDescrip
  const legs = Array.from({ length: cursor.count() }, () => {
    const leg = {
      conId: cursor.next(),
      ratio: cursor.next(),
      action: cursor.next(),
      exchange: cursor.next(),
      openClose: cursor.next(),
    };
    cursor.skip(3); // shortSaleSlot, designatedLocation, exemptCode
    return leg;
  });
  cursor.skip(cursor.count()); // prices of the legs
  cursor.skip(2 * cursor.count()); // smart routing tags and values
  cursor.skip(2); // scaleInitLevelSize, scaleSubsLevelSize
  const scalePriceIncrement = wireExact(cursor.next() ?? '');
  if (scalePriceIncrement !== null && scalePriceIncrement > 0) cursor.skip(7);
  if (cursor.next() !== '') cursor.skip(1); // hedgeType and its parameter
  if (has.optOutSmartRouting) cursor.skip(1);
  cursor.skip(3); // clearingAccount, clearingIntent, notHeld
  if (cursor.next() === '1') cursor.skip(3); // delta neutral contract
  if (cursor.next() !== '') cursor.skip(2 * cursor.count()); // algo and its parameters
  return legs;
}

/** Behind a condition of a type we do not know nothing can be found, so the message counts as cut. */
function skipConditions(cursor: Cursor): void {
  const count = cursor.count();
  for (let i = 0; i < count; i++) {
    const fields = CONDITION_FIELDS.get(cursor.next());
    if (fields === undefined) return cursor.skipToEnd();
    cursor.skip(fields);
  }
  if (count > 0) cursor.skip(2); // conditionsIgnoreRth, conditionsCancelOrder
}
