import { cleanExact } from '../../../domain/clean-number.js';
import type { Execution } from '../../../domain/execution.js';
import { isOpenStatus, type Order, type OrderLeg } from '../../../domain/order.js';
import type { SchwabLeg, SchwabOrder } from '../schema/order.js';
import { quote } from '../redact.js';
import { isoTime } from '../time.js';
import { areFillsReadable, filled, fillsOf, type LegFill } from './fills.js';
import { normalizeInstrument } from './instrument.js';
import type { Issues } from './issues.js';
import { instructionOf, sideOf, statusOf } from './order-words.js';

/** Where an order stands in its tree. */
export interface Place {
  readonly key: string;
  /** The order that comes first (TRIGGER), when it has legs of its own. */
  readonly parentOrderId: string | null;
  /** The order that holds this one and its siblings together. */
  readonly groupId: string | null;
}

/** An order with its fills. */
export function normalizeOrder(
  raw: SchwabOrder,
  { groupId, key, parentOrderId }: Place,
  issues: Issues,
): { readonly order: Order; readonly executions: readonly Execution[] } {
  const fills = fillsOf(raw);
  const legs = raw.orderLegCollection.map((leg, index) =>
    legOf(leg, { order: raw, fills: fills.filter((fill) => legIndexOf(fill, raw) === index), issues }),
  );
  const status = statusOf(raw.status, raw, issues);
  const closedAt = isoTime(raw.closeTime);
  const order: Order = {
    key,
    orderId: raw.orderId,
    permId: null,
    clientOrderId: null,
    parentOrderId,
    groupId,
    status,
    rawStatus: raw.status,
    isOpen: isOpenStatus(status, closedAt === null),
    side: sideOf(legs.map(({ side }) => side)),
    orderType: raw.orderType?.toLowerCase() ?? null,
    timeInForce: raw.duration?.toLowerCase() ?? null,
    quantity: cleanExact(raw.quantity),
    filledQuantity: cleanExact(raw.filledQuantity),
    remainingQuantity: cleanExact(raw.remainingQuantity),
    limitPrice: cleanExact(raw.price),
    stopPrice: cleanExact(raw.stopPrice),
    averageFillPrice: averageFillPrice(legs, raw.filledQuantity),
    legs,
    createdAt: isoTime(raw.enteredTime),
    updatedAt: latest([isoTime(raw.enteredTime), closedAt, fills.at(-1)?.time ?? null]),
    closedAt,
    rejectReason:
      status === 'rejected' && raw.statusDescription !== null ? quote(raw.statusDescription) : null,
    tag: raw.tag === null ? null : quote(raw.tag),
  };
  return { order, executions: fills.map((fill) => executionOf(fill, raw, legs)) };
}

function legOf(
  leg: SchwabLeg,
  {
    order,
    fills,
    issues,
  }: { readonly order: SchwabOrder; readonly fills: readonly LegFill[]; readonly issues: Issues },
): OrderLeg {
  const { effect, side } = instructionOf(leg.instruction, leg.positionEffect, issues);
  const total = areFillsReadable(order) ? filled(fills) : null;
  const ratio = ratioOf(leg.quantity, order.quantity);
  const expected = expectedOf(order, ratio);
  return {
    instrument: normalizeInstrument(leg.instrument, issues),
    side,
    positionEffect: effect,
    ratio,
    quantity: cleanExact(leg.quantity),
    filledQuantity: expected ?? total?.quantity ?? null,
    // An average over some of the fills only would be a wrong one.
    averageFillPrice: total === null || isFewer(total.quantity, expected) ? null : total.price,
  };
}

/** How much of a leg is filled by what the order says of itself. */
function expectedOf(
  { filledQuantity, orderLegCollection }: SchwabOrder,
  ratio: number | null,
): number | null {
  if (filledQuantity === 0 || orderLegCollection.length === 1) return cleanExact(filledQuantity);
  return filledQuantity === null || ratio === null ? null : cleanExact(filledQuantity * ratio);
}

function isFewer(quantity: number, expected: number | null): boolean {
  return expected !== null && quantity < expected - 1e-9;
}

/** The place of the leg that a fill is of; −1 when it cannot be told. */
function legIndexOf({ legId }: LegFill, { orderLegCollection: legs }: SchwabOrder): number {
  if (legs.length === 1) return 0;
  const [index = -1, ...others] = legs.flatMap((leg, at) => (leg.legId === legId ? [at] : []));
  return legId === null || others.length > 0 ? -1 : index;
}

/** Times in ISO 8601 UTC sort like texts. */
function latest(times: readonly (string | null)[]): string | null {
  return (
    times
      .filter((time) => time !== null)
      .toSorted()
      .at(-1) ?? null
  );
}

function ratioOf(leg: number | null, order: number | null): number | null {
  return leg === null || order === null || order === 0 ? null : cleanExact(leg / order);
}

/**
 * Of one leg its price; of several what they cost together for each unit of the order, whichever way the money went.
 * Stock that is bought with an option on it counts for as many units as the option delivers.
 */
function averageFillPrice(legs: readonly OrderLeg[], filledQuantity: number | null): number | null {
  const [first, ...others] = legs;
  if (first === undefined) return null;
  if (others.length === 0) return first.averageFillPrice;
  if (filledQuantity === null || filledQuantity <= 0) return null;
  const multipliers = legs.map(({ instrument: { multiplier } }) => multiplier);
  const areAlike = new Set(multipliers).size === 1;
  const largest = areAlike ? 1 : Math.max(...multipliers.map((multiplier) => multiplier ?? Number.NaN));
  let net = 0;
  for (const { averageFillPrice: price, filledQuantity: quantity, instrument, side } of legs) {
    if (price === null || quantity === null || side === 'unknown' || side === 'mixed') return null;
    const sign = side === 'buy' || side === 'buy_to_cover' ? 1 : -1;
    const share = areAlike ? 1 : (instrument.multiplier ?? Number.NaN) / largest;
    net += (sign * price * quantity * share) / filledQuantity;
  }
  return cleanExact(Number(Math.abs(net).toPrecision(12)));
}

function executionOf(fill: LegFill, raw: SchwabOrder, legs: readonly OrderLeg[]): Execution {
  const leg = legs[legIndexOf(fill, raw)];
  return {
    executionId: fill.executionId,
    revision: 1,
    correctionOf: null,
    orderId: raw.orderId,
    permId: null,
    legId: fill.legId,
    instrument: leg?.instrument ?? NO_INSTRUMENT,
    side: leg?.side ?? 'unknown',
    quantity: fill.quantity,
    price: fill.price,
    commission: null,
    commissionCurrency: null,
    realizedPnl: null,
    liquidity: null,
    executedAt: fill.time,
  };
}

/** Of a fill whose leg is not told: no instrument is better than that of another leg. */
const NO_INSTRUMENT = {
  key: 'other',
  symbol: '',
  assetClass: 'other',
  conId: null,
  cusip: null,
  isin: null,
  figi: null,
  sedol: null,
  occSymbol: null,
  underlying: null,
  expiry: null,
  strike: null,
  right: null,
  multiplier: null,
  exchange: null,
  currency: 'USD',
  description: null,
} as const;
