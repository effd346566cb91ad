import type { BookEvent } from '../book/events.js';
import type { OrderState } from '../book/state.js';

/** What one thing in the book looks like on the stream: types and payloads in the order in which they come. */
export interface StreamItem {
  readonly account: string;
  readonly type: string;
  readonly payload: object;
}

/** .NET decimals: the value times a power of ten, and twice that power. */
const decimal = (value: number): object => {
  const scaled = BigInt(Math.round(Math.abs(value) * 1e6));
  if (scaled === 0n) return {};
  return { lo: String(scaled), signScale: 12 + (value < 0 ? 1 : 0) };
};

const EASTERN = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'America/New_York',
  dateStyle: 'short',
  timeStyle: 'medium',
});

/** New York's wall clock, without a zone. */
const wallTime = (at: number): object => ({
  DateTimeString: `${EASTERN.format(at)}.${String(at % 1000).padStart(3, '0')}`,
});

/** The stream's events for one event of the book; money and a new day make none. */
export const streamItems = (event: BookEvent, at: number): readonly StreamItem[] => {
  switch (event.kind) {
    case 'placed':
      return chain(event.order, [
        ['OrderCreated', created('OrderCreatedEventEquityOrder', event.order, at)],
        ['OrderAccepted', { OrderAcceptedEvent: { CreatedTimeStamp: wallTime(at), Status: 'Open' } }],
        ['ExecutionRequested', routed('New', event.order)],
        [
          'ExecutionRequestCreated',
          { ExecutionRequestCreatedEvent: { RouteStatus: 'RouteFixAcknowledged' } },
        ],
        ['ExecutionRequestCompleted', completed()],
      ]);
    case 'filled':
      return chain(event.order, [
        ['OrderFillCompleted', filled(event.order, { executionId: String(event.activity.activityId), at })],
      ]);
    case 'canceled':
      return chain(event.order, [
        ['CancelAccepted', { CancelAcceptedEvent: { CancelRequestType: 'ClientCancel' } }],
        ['ExecutionRequested', routed('Cancel', event.order)],
        ['ExecutionRequestCompleted', completed()],
        ['ExecutionCreated', urOut(event.activity?.activityId ?? 0)],
        ['OrderUROutCompleted', uROutCompleted()],
      ]);
    case 'replaced':
      return [
        ...chain(event.order, [
          ['ChangeCreated', created('ChangeCreatedEventEquityOrder', event.order, at)],
          [
            'ChangeAccepted',
            { ChangeAcceptedEvent: { LegInfoUpdate: [{ LegId: '1', PreviousLegId: '1' }] } },
          ],
        ]),
        ...chain(event.old, [
          ['CancelAccepted', { CancelAcceptedEvent: { CancelRequestType: 'ClientCancel' } }],
          ['ExecutionCreated', urOut(event.activity.activityId)],
          ['OrderUROutCompleted', uROutCompleted()],
        ]),
      ];
    case 'rejected':
      return chain(event.order, [['OrderUROutCompleted', uROutCompleted()]]);
    case 'money':
    case 'new-day':
      return [];
  }
};

const chain = (
  { accountNumber, orderId }: OrderState,
  steps: readonly (readonly [string, object])[],
): readonly StreamItem[] =>
  steps.map(([type, body]) => ({
    account: accountNumber,
    type,
    payload: {
      SchwabOrderID: String(orderId),
      AccountNumber: accountNumber,
      BaseEvent: { EventType: type, ...body },
    },
  }));

const created = (key: string, order: OrderState, at: number): object => ({
  [key]: {
    EventType: 'OrderCreated',
    Order: {
      Order: {
        LifecycleSchwabOrderID: String(order.lifecycleId),
        EntryTimestamp: wallTime(at),
        AssetOrderEquityOrderLeg: {
          OrderInstruction: {
            ExecutionStrategy: { LimitExecutionStrategy: { LimitPrice: decimal(order.price ?? 0) } },
          },
          OrderTypeCode: order.orderType === 'LIMIT' ? 'Limit' : 'Market',
          OrderLegs: order.legs.map(({ instruction, instrument, legId, quantity }) => ({
            LegID: String(legId),
            Quantity: decimal(quantity),
            LeavesQuantity: decimal(quantity),
            BuySellCode: instruction.startsWith('BUY') ? 'Buy' : 'Sell',
            Security: { Symbol: instrument.symbol },
          })),
          TradeTag: order.tag,
        },
      },
    },
  },
});

const routed = (type: 'New' | 'Cancel', order: OrderState): object => ({
  ExecutionRequestedEventRoutedInfo: {
    RouteInfo: {
      RouteRequestedType: type,
      RoutedQuantity: decimal(order.quantity),
      RoutedPrice: decimal(order.price ?? 0),
      RouteStatus: 'RouteCreated',
      ClientOrderID: `${order.orderId}.1`,
    },
  },
});

const completed = (): object => ({
  ExecutionRequestCompletedEvent: { ResponseType: 'Accepted', RouteStatus: 'RouteVenueAccepted' },
});

const urOut = (executionId: number): object => ({
  ExecutionCreatedEventExecutionInfo: {
    ExecutionInfo: { ExecutionTransType: 'UROut', ExecutionId: String(executionId) },
  },
});

const uROutCompleted = (): object => ({
  OrderUROutCompletedEvent: { LegSubStatus: 'LegSubStatusCancelled', OutCancelType: 'ClientCancel' },
});

const filled = (
  order: OrderState,
  { at, executionId }: { readonly at: number; readonly executionId: string },
): object => ({
  OrderFillCompletedEventOrderLegQuantityInfo: {
    LegStatus: 'LegClosed',
    LegSubStatus: 'LegSubStatusFilled',
    QuantityInfo: { CumulativeQuantity: decimal(order.filled), LeavesQuantity: {} },
    ExecutionInfo: { ExecutionId: executionId, ExecutionTimeStamp: wallTime(at) },
    OrderInfoForTransactionPosting: {
      Symbol: order.legs[0]?.instrument.symbol ?? '',
      BuySellCode: order.legs[0]?.instruction.startsWith('BUY') ? 'Buy' : 'Sell',
      Quantity: decimal(order.quantity),
      LimitPrice: decimal(order.price ?? 0),
    },
  },
});
