import { isBuy, quantityOf } from '../book/booking.js';
import type { BookEvent } from '../book/events.js';
import { fillsOf } from '../book/ledger.js';
import type { ActivityState, OrderState } from '../book/state.js';
import { orderTold, quoteOn, type StreamMoment } from './order-created.js';
import { decimal, wallDate, wallTime } from './values.js';

/** What one thing in the book looks like on the stream: types and payloads in the order in which they come. */
export interface StreamItem {
  readonly account: string;
  readonly type: string;
  readonly payload: object;
}

/** The stream's events for one event of the book; money and a new day make none. */
export const streamItems = (event: BookEvent, moment: StreamMoment): readonly StreamItem[] => {
  switch (event.kind) {
    case 'placed':
      return [
        item(event.order, 'OrderCreated', {
          OrderCreatedEventEquityOrder: { Order: orderTold(event.order, moment) },
        }),
        item(event.order, 'OrderAccepted', { OrderAcceptedEvent: accepted(event.order, moment) }),
        ...routeChain(event.order, moment),
      ];
    case 'filled':
      return [
        item(event.order, 'OrderFillCompleted', {
          OrderFillCompletedEventOrderLegQuantityInfo: filled(event.order, event.activity, moment),
        }),
      ];
    case 'canceled':
      return [cancelAccepted(event.order, null, moment), ...outChain(event.order, event.activity, moment)];
    case 'replaced': {
      const out = outChain(event.old, event.activity, moment);
      const fresh = routeChain(event.order, moment);
      return [
        ...changeOf(event.order, event.old, moment),
        cancelAccepted(event.old, event.order, moment),
        // The end of the old one and the way of the new one interleave.
        ...out.flatMap((one, index) => [one, ...fresh.slice(index, index + 1)]),
      ];
    }
    case 'rejected':
      return [
        item(event.order, 'OrderUROutCompleted', {
          OrderUROutCompletedEvent: out(event.order, null, moment),
        }),
      ];
    case 'money':
    case 'new-day':
      return [];
  }
};

const item = (
  { accountNumber, orderId }: OrderState,
  type: string,
  body: Readonly<Record<string, object>>,
): StreamItem => ({
  account: accountNumber,
  type,
  payload: {
    SchwabOrderID: String(orderId),
    AccountNumber: accountNumber,
    BaseEvent: {
      EventType: type,
      ...Object.fromEntries(Object.entries(body).map(([key, inner]) => [key, { EventType: type, ...inner }])),
    },
  },
});

const accepted = (order: OrderState, moment: StreamMoment): object => ({
  CreatedTimeStamp: wallTime(moment.at),
  ExpiryTimeStamp: wallDate(moment.at),
  Status: 'Open',
  TradingSessionCodeOnOrderEntry: 'REG',
  QuoteOnOrderEntry: order.legs.map((leg) => quoteOn(order, leg, moment)),
});

const ROUTE = 'SIM_F1_J1';

/** How an order is brought to the market. */
const routeChain = (order: OrderState, moment: StreamMoment): readonly StreamItem[] => [
  item(order, 'ExecutionRequested', {
    ExecutionRequestedEventRoutedInfo: routed('New', order, moment),
  }),
  item(order, 'ExecutionRequestCreated', {
    ExecutionRequestCreatedEvent: {
      LegId: String(order.orderId),
      RouteName: ROUTE,
      RouteRequestType: 'New',
      RouteSequenceNumber: 1,
      RouteRequestedBy: 'RR_Broker',
      RouteStatus: 'RouteFixAcknowledged',
      RoutedTime: wallTime(moment.at),
      ClientOrderID: `${order.orderId}.1`,
    },
  }),
  completed(order, moment),
];

const routed = (type: 'New' | 'Cancel', order: OrderState, { at }: StreamMoment): object => {
  const sequence = type === 'New' ? 1 : 2;
  return {
    RouteSequenceNumber: sequence,
    RouteInfo: {
      RouteName: ROUTE,
      RouteSequenceNumber: sequence,
      RoutedExecutionTimestamp: wallTime(at),
      RouteRequestedType: type,
      RoutedQuantity: decimal(quantityOf(order.quantity - order.filled)),
      RoutedPrice: order.price === null ? {} : decimal(order.price),
      RouteStatus: 'RouteCreated',
      ClientOrderID: `${order.orderId}.${sequence}`,
      RoutedTime: wallTime(at),
      RouteTimeInForce: 'Day',
      RouteAcknowledgmentTimeStamp: {},
    },
    RouteRequestedBy: 'RR_Broker',
    LegId: String(order.orderId),
  };
};

const completed = (order: OrderState, { at }: StreamMoment): StreamItem =>
  item(order, 'ExecutionRequestCompleted', {
    ExecutionRequestCompletedEvent: {
      LegId: String(order.orderId),
      ResponseType: 'Accepted',
      ExecutionTime: wallTime(at),
      RouteSequenceNumber: 1,
      RouteStatus: 'RouteVenueAccepted',
      RouteAcknowledgmentTimeStamp: wallTime(at),
      ClientOrderID: `${order.orderId}.1`,
    },
  });

const changeOf = (order: OrderState, old: OrderState, moment: StreamMoment): readonly StreamItem[] => [
  item(order, 'ChangeCreated', {
    ChangeCreatedEventEquityOrder: {
      Order: orderTold(order, moment),
      ParentSchwabOrderID: String(old.orderId),
      LifecycleSchwabOrderID: String(order.lifecycleId),
    },
  }),
  item(order, 'ChangeAccepted', {
    ChangeAcceptedEvent: {
      ...accepted(order, moment),
      LegStatus: 'LegOpen',
      LegInfoUpdate: [
        {
          LegId: String(order.orderId),
          AccountingRuleCode: 'Cash',
          IntendedOrderQuantity: decimal(order.quantity),
          PreviousLegId: String(old.orderId),
        },
      ],
    },
  }),
];

const cancelAccepted = (
  order: OrderState,
  replacement: OrderState | null,
  { at }: StreamMoment,
): StreamItem =>
  item(order, 'CancelAccepted', {
    CancelAcceptedEvent: {
      LifecycleSchwabOrderID: String(order.lifecycleId),
      PlanSubmitDate: wallDate(at),
      CancelTimeStamp: wallTime(at),
      LegCancelRequestInfoList: [
        {
          LegID: String(order.orderId),
          IntendedOrderQuantity: decimal(order.quantity),
          ...(replacement === null ? {} : { ChangedNewSchwabOrderId: String(replacement.orderId) }),
          LegStatus: 'LegOpen',
          LegSubStatus: 'LegSubStatusCancelled',
          CancelAcceptedTime: wallTime(at),
        },
      ],
      CancelRequestType: 'ClientCancel',
    },
  });

const executionId = (activity: ActivityState | null): string => `SIM-EST-ngOMS-${activity?.activityId ?? 0}`;

/** How what was at the market comes out of it. */
const outChain = (
  order: OrderState,
  activity: ActivityState | null,
  moment: StreamMoment,
): readonly StreamItem[] => [
  item(order, 'ExecutionRequested', { ExecutionRequestedEventRoutedInfo: routed('Cancel', order, moment) }),
  completed(order, moment),
  item(order, 'ExecutionCreated', {
    ExecutionCreatedEventExecutionInfo: {
      LegId: String(order.orderId),
      ExecutionInfo: {
        ExecutionSequenceNumber: 1,
        ExecutionId: executionId(activity),
        ExecutionQuantity: decimal(activity?.quantity ?? 0),
        ExecutionTimeStamp: wallTime(moment.at),
        ExecutionTransType: 'UROut',
        RouteName: ROUTE,
        CancelType: 'ClientCancel',
        ClientOrderID: `${order.orderId}.1`,
      },
    },
  }),
  item(order, 'OrderUROutCompleted', { OrderUROutCompletedEvent: out(order, activity, moment) }),
];

const out = (order: OrderState, activity: ActivityState | null, { at }: StreamMoment): object => ({
  LegId: String(order.orderId),
  ExecutionId: executionId(activity),
  LeavesQuantity: {},
  CancelQuantity: decimal(activity?.quantity ?? 0),
  LegStatus: 'LegClosed',
  LegSubStatus: 'LegSubStatusCancelled',
  OutCancelType: 'ClientCancel',
  ExecutionTimeStamp: wallTime(at),
  RouteName: ROUTE,
});

const filled = (order: OrderState, activity: ActivityState, { at }: StreamMoment): object => {
  const [leg] = order.legs;
  const told = activity.legs.find(({ legId }) => legId === leg?.legId);
  const mean = leg ? (fillsOf(order, leg).averagePrice ?? 0) : 0;
  return {
    LegId: String(order.orderId),
    // No event of a part is known; it is told as an open leg here.
    LegStatus: activity.remaining === 0 ? 'LegClosed' : 'LegOpen',
    QuantityInfo: {
      ExecutionID: executionId(activity),
      CumulativeQuantity: decimal(quantityOf(order.quantity - activity.remaining)),
      LeavesQuantity: decimal(activity.remaining),
      AveragePrice: decimal(mean),
    },
    PriceImprovement: decimal(0),
    LegSubStatus: 'LegSubStatusFilled',
    ExecutionInfo: {
      ExecutionSequenceNumber: 1,
      ExecutionId: executionId(activity),
      ExecutionQuantity: decimal(activity.quantity),
      ExecutionPrice: decimal(told?.price ?? 0),
      ExecutionTimeStamp: wallTime(at),
      ExecutionTransType: 'Fill',
      ExecutionCapacityCode: 'Agency',
      RouteName: ROUTE,
      RouteSequenceNumber: 1,
      ActualChargedFeesCommissionAndTax: { CommissionAmount: decimal(told?.fees ?? 0) },
      AsOfTimeStamp: {},
      ClientOrderID: `${order.orderId}.1`,
    },
    OrderInfoForTransactionPosting: {
      LimitPrice: order.price === null ? {} : decimal(order.price),
      OrderTypeCode: order.price === null ? 'Market' : 'Limit',
      BuySellCode: leg && isBuy(leg.instruction) ? 'Buy' : 'Sell',
      Quantity: decimal(order.quantity),
      StopPrice: {},
      Symbol: leg?.instrument.symbol ?? '',
      SchwabSecurityID: String(leg?.instrument.instrumentId ?? 0),
    },
  };
};
