import {
  isOpenStatus,
  type Order,
  type OrderLeg,
  type OrderSide,
  type OrderStatus,
} from '../../../domain/order.js';
import type { CompletedOrderRow, OpenOrderRow, OrderFieldsRow } from '../order-wire.js';
import { isoTime, type GatewayZone } from '../time.js';
import type { OrderStatusRow } from '../wire.js';
import { instrumentOf } from './instrument.js';

const STATUSES: ReadonlyMap<string, OrderStatus> = new Map([
  ['ApiPending', 'pending'],
  ['PendingSubmit', 'pending'],
  ['PreSubmitted', 'accepted'],
  ['Submitted', 'working'],
  ['PendingCancel', 'pending_cancel'],
  ['Inactive', 'suspended'],
  ['Filled', 'filled'],
  ['Cancelled', 'canceled'],
  ['ApiCancelled', 'canceled'],
]);

const SIDES: ReadonlyMap<string, OrderSide> = new Map([
  ['BUY', 'buy'],
  ['SELL', 'sell'],
  ['SSHORT', 'sell_short'],
]);

/** Order types by their word on the wire; others become lower snake case. */
const ORDER_TYPES: ReadonlyMap<string, string> = new Map([
  ['MKT', 'market'],
  ['LMT', 'limit'],
  ['STP', 'stop'],
  ['STP LMT', 'stop_limit'],
  ['TRAIL', 'trailing_stop'],
  ['TRAIL LIMIT', 'trailing_stop_limit'],
  ['MOC', 'market_on_close'],
  ['LOC', 'limit_on_close'],
  ['MIT', 'market_if_touched'],
  ['LIT', 'limit_if_touched'],
]);

/** The types whose `auxPrice` is a trigger; elsewhere the field holds 0 or an offset. */
const STOP_TYPES: ReadonlySet<string> = new Set(['STP', 'STP LMT', 'MIT', 'LIT', 'STP PRT']);

/** The permId once IBKR gave one; before that, and for orders of TWS itself, client and order id. */
export function orderKey(ids: {
  readonly permId: string | null;
  readonly clientId: string;
  readonly orderId: string;
}): string {
  return ids.permId ?? `c${ids.clientId}-${ids.orderId}`;
}

export function statusOf(rawStatus: string, filled: number | null, total: number | null): OrderStatus {
  const status = STATUSES.get(rawStatus) ?? 'unknown';
  const live = status === 'accepted' || status === 'working';
  return live && filled !== null && filled > 0 && (total === null || filled < total)
    ? 'partially_filled'
    : status;
}

/**
 * An open order from its description and, where one came, its status. Null while IBKR has not acknowledged an
 * order that TWS itself made: nothing tells two of these apart yet.
 */
export function openOrderOf(row: OpenOrderRow, latest: OrderStatusRow | null): Order | null {
  if (row.permId === null && !hasOrderId(row)) return null;
  const rawStatus = latest?.status ?? row.status;
  const filledQuantity = latest?.filled ?? (rawStatus === 'Filled' ? row.totalQuantity : null);
  const status = statusOf(rawStatus, filledQuantity, row.totalQuantity);
  const price = latest?.averageFillPrice ?? null;
  return {
    ...described(row),
    key: orderKey({ permId: row.permId, clientId: row.clientId, orderId: row.orderId }),
    // Orders of TWS itself have the order id 0: it names none.
    orderId: hasOrderId(row) ? row.orderId : null,
    permId: row.permId,
    clientOrderId: hasOrderId(row) ? `${row.clientId}-${row.orderId}` : null,
    parentOrderId: row.parentId,
    status,
    rawStatus,
    isOpen: isOpenStatus(status),
    quantity: row.totalQuantity,
    filledQuantity,
    remainingQuantity: latest?.remaining ?? remaining(row.totalQuantity, filledQuantity),
    averageFillPrice: price === 0 ? null : price,
    createdAt: null,
    updatedAt: null,
    closedAt: null,
    rejectReason: null,
  };
}

/** An ended order. Its total quantity reads 0 when it was filled, so the filled quantity stands for it. */
export function completedOrderOf(row: CompletedOrderRow, zone: GatewayZone): Order | null {
  if (row.permId === null) return null;
  const status = completedStatus(row);
  const { filledQuantity } = row;
  const quantity =
    row.totalQuantity === 0 || row.totalQuantity === null
      ? status === 'filled'
        ? filledQuantity
        : null
      : row.totalQuantity;
  const endedAt = row.completedTime === null ? null : isoTime(row.completedTime, zone);
  return {
    ...described({ ...row, totalQuantity: quantity }),
    key: row.permId,
    orderId: null,
    permId: row.permId,
    clientOrderId: null,
    parentOrderId: null,
    status,
    rawStatus: row.status,
    isOpen: isOpenStatus(status, false),
    quantity,
    filledQuantity,
    remainingQuantity: status === 'filled' ? 0 : remaining(quantity, filledQuantity),
    averageFillPrice: null,
    createdAt: null,
    updatedAt: endedAt,
    closedAt: endedAt,
    rejectReason: status === 'rejected' ? row.completedStatus : null,
  };
}

function completedStatus(row: CompletedOrderRow): OrderStatus {
  const words = `${row.status} ${row.completedStatus ?? ''}`;
  if (/reject/i.test(words)) return 'rejected';
  if (/expired/i.test(words)) return 'expired';
  return STATUSES.get(row.status) ?? 'unknown';
}

/** The fields that open and completed orders share. */
function described(row: OrderFieldsRow) {
  const limited =
    row.orderType.includes('LMT') ||
    row.orderType.includes('LIMIT') ||
    row.orderType === 'LOC' ||
    row.orderType === 'LIT';
  const side = SIDES.get(row.action) ?? 'unknown';
  const trailing = row.orderType.startsWith('TRAIL');
  return {
    groupId: row.ocaGroup,
    side:
      row.legs.length > 1 && new Set(row.legs.map(({ action }) => action)).size > 1
        ? ('mixed' as const)
        : side,
    orderType: ORDER_TYPES.get(row.orderType) ?? snake(row.orderType),
    timeInForce: row.timeInForce === null ? null : row.timeInForce.toLowerCase(),
    limitPrice: limited ? row.limitPrice : null,
    stopPrice: STOP_TYPES.has(row.orderType) ? row.auxPrice : trailing ? row.trailStopPrice : null,
    legs: legsOf(row, side),
    tag: row.orderRef,
  };
}

function legsOf(row: OrderFieldsRow, side: OrderSide): readonly OrderLeg[] {
  const instrument = instrumentOf(row);
  const whole: OrderLeg = {
    instrument,
    side,
    positionEffect: null,
    ratio: 1,
    quantity: row.totalQuantity === 0 ? null : row.totalQuantity,
    filledQuantity: null,
    averageFillPrice: null,
  };
  if (row.legs.length === 0) return [whole];
  return row.legs.map((leg) => ({
    ...whole,
    // A leg on the wire is a conId and no more; the symbol of the combination is its underlying.
    instrument: {
      ...instrument,
      key: leg.conId ?? instrument.key,
      conId: leg.conId,
      assetClass: 'other',
      exchange: leg.exchange,
    },
    side: SIDES.get(leg.action) ?? 'unknown',
    positionEffect: leg.openClose === '1' ? 'open' : leg.openClose === '2' ? 'close' : null,
    ratio: leg.ratio,
    quantity: leg.ratio === null || row.totalQuantity === null ? null : leg.ratio * row.totalQuantity,
  }));
}

/** Orders that were placed by hand have the id 0 in every client. */
export function hasOrderId({ orderId }: { readonly orderId: string }): boolean {
  return orderId !== '' && orderId !== '0';
}

function remaining(total: number | null, filled: number | null): number | null {
  return total === null || filled === null ? null : Math.max(0, total - filled);
}

function snake(orderType: string): string | null {
  return orderType === '' ? null : orderType.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_');
}
