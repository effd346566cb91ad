import { positionEffectOf, quantityOf } from '../book/booking.js';
import type { ActivityState, LegState, OrderState } from '../book/state.js';
import { answerTime } from '../clock.js';
import { orderInstrument } from './instruments.js';

/** An order with all inside it; the account number is an integer here. */
export const orderJson = (order: OrderState): object => ({
  ...(order.strategy === 'OCO' ? {} : ownTerms(order)),
  orderStrategyType: order.strategy,
  orderId: order.orderId,
  cancelable: order.closedAt === null,
  editable: order.closedAt === null && order.status === 'WORKING',
  // An OCO has no status of its own in some answers.
  ...(order.strategy === 'OCO' ? {} : { status: order.status }),
  ...(order.statusDescription === null ? {} : { statusDescription: order.statusDescription }),
  enteredTime: answerTime(order.enteredAt),
  ...(order.closedAt === null ? {} : { closeTime: answerTime(order.closedAt) }),
  tag: order.tag,
  accountNumber: Number(order.accountNumber),
  ...(order.activities.length === 0
    ? {}
    : { orderActivityCollection: order.activities.map((activity) => activityJson(activity, order)) }),
  ...(order.children.length === 0 ? {} : { childOrderStrategies: order.children.map(orderJson) }),
});

const ownTerms = (order: OrderState): object => ({
  session: 'NORMAL',
  duration: order.duration,
  orderType: order.orderType,
  ...(order.cancelDate === null ? {} : { cancelTime: order.cancelDate }),
  complexOrderStrategyType: order.complex,
  quantity: order.quantity,
  filledQuantity: order.filled,
  // After a cancel it is 0 like after a fill.
  remainingQuantity: order.closedAt === null ? quantityOf(order.quantity - order.filled) : 0,
  requestedDestination: 'AUTO',
  destinationLinkName: 'AutoRoute',
  ...(order.price === null ? {} : { price: order.price }),
  ...(order.stopPrice === null ? {} : { stopPrice: order.stopPrice, stopType: 'STANDARD' }),
  orderLegCollection: order.legs.map(legJson),
});

const legJson = ({ instruction, instrument, legId, quantity }: LegState): object => ({
  orderLegType: instrument.assetType,
  legId,
  instrument: orderInstrument(instrument),
  instruction,
  positionEffect: positionEffectOf(instruction),
  quantity,
});

const activityJson = (activity: ActivityState, { legs }: OrderState): object => ({
  activityType: 'EXECUTION',
  activityId: activity.activityId,
  executionType: activity.executionType,
  quantity: activity.quantity,
  orderRemainingQuantity: activity.remaining,
  executionLegs: activity.legs.map(({ legId, price, quantity }) => ({
    legId,
    quantity,
    mismarkedQuantity: 0,
    price,
    time: answerTime(activity.at),
    instrumentId: legs.find((leg) => leg.legId === legId)?.instrument.instrumentId ?? 0,
  })),
});
