import { cleanExact } from '../../../domain/clean-number.js';
import type { Execution } from '../../../domain/execution.js';
import { isOpenStatus, type Order, type OrderLeg } from '../../../domain/order.js';
import type { SchwabLeg, SchwabOrder } from '../schema/order.js';
import { isoTime } from '../time.js';
import { filled, fillsOf, type LegFill } from './fills.js';
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
  const legs = raw.orderLegCollection.map((leg, _index, all) =>
    legOf(leg, {
      order: raw,
      fills: all.length === 1 ? fills : fills.filter(({ legId }) => legId === leg.legId),
      issues,
    }),
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
    updatedAt: fills.at(-1)?.time ?? closedAt ?? isoTime(raw.enteredTime),
    closedAt,
    rejectReason: status === 'rejected' ? raw.statusDescription : null,
    tag: raw.tag,
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
  const total = filled(fills);
  const nothing = order.filledQuantity === 0 ? 0 : null;
  const alone = order.orderLegCollection.length === 1 ? order.filledQuantity : nothing;
  return {
    instrument: normalizeInstrument(leg.instrument, issues),
    side,
    positionEffect: effect,
    ratio: ratioOf(leg.quantity, order.quantity),
    quantity: cleanExact(leg.quantity),
    filledQuantity: total?.quantity ?? cleanExact(alone),
    averageFillPrice: total?.price ?? null,
  };
}

function ratioOf(leg: number | null, order: number | null): number | null {
  return leg === null || order === null || order === 0 ? null : cleanExact(leg / order);
}

/** Of one leg its price; of several what they cost together for each unit of the order, whichever way the money went. */
function averageFillPrice(legs: readonly OrderLeg[], filledQuantity: number | null): number | null {
  const [first, ...others] = legs;
  if (first === undefined) return null;
  if (others.length === 0) return first.averageFillPrice;
  if (filledQuantity === null || filledQuantity <= 0) return null;
  let net = 0;
  for (const leg of legs) {
    if (leg.averageFillPrice === null || leg.filledQuantity === null) return null;
    const sign = leg.side === 'buy' || leg.side === 'buy_to_cover' ? 1 : -1;
    net += (sign * leg.averageFillPrice * leg.filledQuantity) / filledQuantity;
  }
  return cleanExact(Number(Math.abs(net).toPrecision(12)));
}

function executionOf(fill: LegFill, raw: SchwabOrder, legs: readonly OrderLeg[]): Execution {
  const index = raw.orderLegCollection.findIndex(({ legId }) => legId === fill.legId);
  const leg = legs[index] ?? legs[0];
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
