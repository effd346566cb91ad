import type { SchwabInstrument } from './instruments.js';
import type {
  ComplexStrategy,
  Duration,
  Instruction,
  LegState,
  OrderState,
  OrderStatus,
  OrderType,
} from './state.js';

/** An order as a person at Schwab would enter it. */
export interface SimpleOrder {
  readonly legs: readonly {
    readonly symbol: string;
    readonly instruction: Instruction;
    readonly quantity: number;
  }[];
  /** Without it: MARKET. */
  readonly orderType?: OrderType;
  /** Limit, or net price of a spread. */
  readonly price?: number;
  readonly stopPrice?: number;
  readonly duration?: Duration;
  readonly complex?: ComplexStrategy;
  readonly tag?: string;
  /** YYYY-MM-DD */
  readonly cancelDate?: string;
}

export interface NewSchwabOrder extends SimpleOrder {
  readonly account: string;
  /** Without it: WORKING. */
  readonly status?: 'WORKING' | 'PENDING_ACTIVATION' | 'QUEUED';
  /** Orders that wait for the fill of this one; together they are one OCO. */
  readonly triggers?: readonly SimpleOrder[];
}

export interface OrderMaking {
  readonly instrument: (symbol: string) => SchwabInstrument;
  readonly nextId: () => number;
  readonly at: number;
}

/** The order with everything inside it; ids grow from the root inwards. */
export const makeOrder = (order: NewSchwabOrder, making: OrderMaking): OrderState => {
  const { account, status = 'WORKING', triggers = [] } = order;
  const orderId = making.nextId();
  const isTrigger = triggers.length > 0;
  return single(
    { ...order, account },
    {
      ...making,
      orderId,
      status,
      parentOrderId: null,
      ...(isTrigger ? { strategy: 'TRIGGER', children: [oco(order, making, orderId)] } : {}),
    },
  );
};

const oco = (
  { account, triggers = [], tag }: NewSchwabOrder,
  making: OrderMaking,
  parentOrderId: number,
): OrderState => {
  const orderId = making.nextId();
  const status = 'AWAITING_PARENT_ORDER';
  const children = triggers.map((child, index) =>
    single(
      { tag: tag ?? TAG, ...child, account },
      // The first child shares its parent's id, as was seen: an order is known by its path only.
      { ...making, orderId: index === 0 ? orderId : making.nextId(), status, parentOrderId: orderId },
    ),
  );
  return {
    ...single({ account, legs: [] }, { ...making, orderId, status, parentOrderId }),
    strategy: 'OCO',
    children,
  };
};

const TAG = 'API_TOS:TRADE_ALL';

const single = (
  order: SimpleOrder & { readonly account: string },
  given: OrderMaking & {
    readonly orderId: number;
    readonly status: OrderStatus;
    readonly parentOrderId: number | null;
    readonly strategy?: 'TRIGGER';
    readonly children?: readonly OrderState[];
  },
): OrderState => {
  const legs = legsOf(order, given.instrument);
  return {
    orderId: given.orderId,
    accountNumber: order.account,
    strategy: given.strategy ?? 'SINGLE',
    complex: order.complex ?? 'NONE',
    orderType: order.orderType ?? 'MARKET',
    duration: order.duration ?? 'DAY',
    price: order.price ?? null,
    stopPrice: order.stopPrice ?? null,
    quantity: legs.length === 0 ? 0 : Math.min(...legs.map(({ quantity }) => quantity)),
    legs,
    children: given.children ?? [],
    parentOrderId: given.parentOrderId,
    lifecycleId: given.orderId,
    tag: order.tag ?? TAG,
    enteredAt: given.at,
    cancelDate: order.cancelDate ?? null,
    activities: [],
    status: given.status,
    filled: 0,
    statusDescription: null,
    closedAt: null,
  };
};

const legsOf = (
  { legs }: SimpleOrder,
  instrument: (symbol: string) => SchwabInstrument,
): readonly LegState[] =>
  legs.map(({ symbol, instruction, quantity }, index) => {
    if (!(quantity > 0)) throw new RangeError(`an order needs a quantity above 0, not ${quantity}`);
    return { legId: index + 1, instrument: instrument(symbol), instruction, quantity };
  });
