import { cents, round } from '../../market/round.js';
import type { SchwabAssetType } from './instruments.js';
import type { AccountState, Instruction, LegState, OrderState, OrderStatus, Terms } from './state.js';
import type { ValuedLine } from './valuation.js';

/** The truth of one Schwab account as plain JSON; everything is USD. */
export interface SchwabLedgerAccount {
  readonly accountNumber: string;
  readonly hashValue: string;
  readonly type: 'MARGIN' | 'CASH';
  readonly nickName: string;
  readonly netLiquidation: number;
  /** cashBalance of the wire. */
  readonly cash: number;
  readonly moneyMarket: number;
  /** Borrowed < 0. */
  readonly marginBalance: number;
  /** Change of the liquidation value since the last close, without transfers. */
  readonly dayPnl: number;
  readonly positions: readonly SchwabLedgerPosition[];
  /** Every order with legs, also those inside others; oldest root first. */
  readonly orders: readonly SchwabLedgerOrder[];
  readonly executions: readonly SchwabLedgerExecution[];
}

export interface SchwabLedgerPosition {
  readonly symbol: string;
  readonly assetType: SchwabAssetType;
  readonly quantity: number;
  /** Per share, fees included. */
  readonly averagePrice: number;
  readonly marketPrice: number;
  readonly marketValue: number;
  readonly dayPnl: number;
  readonly unrealizedPnl: number;
}

export interface SchwabLedgerOrder {
  readonly orderId: string;
  /** Of the TRIGGER or OCO around it. */
  readonly parentOrderId: string | null;
  readonly status: OrderStatus;
  readonly statusDescription: string | null;
  readonly orderType: OrderState['orderType'];
  readonly duration: OrderState['duration'];
  readonly quantity: number;
  readonly filled: number;
  readonly price: number | null;
  readonly stopPrice: number | null;
  readonly legs: readonly {
    readonly legId: number;
    readonly symbol: string;
    readonly assetType: SchwabAssetType;
    readonly instruction: Instruction;
    readonly quantity: number;
    readonly filled: number;
    readonly averageFillPrice: number | null;
  }[];
  readonly tag: string;
  /** ISO 8601, whole seconds. */
  readonly enteredTime: string;
  readonly closeTime: string | null;
}

export interface SchwabLedgerExecution {
  /** Of the order activity on the wire; the legs of a spread share it. */
  readonly activityId: string;
  readonly legId: number;
  readonly orderId: string;
  readonly symbol: string;
  readonly instruction: Instruction;
  readonly quantity: number;
  readonly price: number;
  readonly fees: number;
  /** ISO 8601, whole seconds. */
  readonly time: string;
}

const wholeSecond = (at: number): string => new Date(Math.floor(at / 1000) * 1000).toISOString();

/** An order and all inside it, parents first. */
export const flatten = (order: OrderState): readonly OrderState[] => [
  order,
  ...order.children.flatMap(flatten),
];

/** Quantity and price of what one leg has traded; only FILL counts. */
export const fillsOf = (
  { activities }: OrderState,
  { legId }: Pick<LegState, 'legId'>,
): { readonly quantity: number; readonly averagePrice: number | null } => {
  const fills = activities
    .filter(({ executionType }) => executionType === 'FILL')
    .flatMap(({ legs }) => legs.filter((leg) => leg.legId === legId));
  const quantity = round(
    fills.reduce((sum, fill) => sum + fill.quantity, 0),
    4,
  );
  const value = fills.reduce((sum, fill) => sum + fill.quantity * fill.price, 0);
  return { quantity, averagePrice: quantity === 0 ? null : round(value / quantity, 10) };
};

const orderRecord = (order: OrderState): SchwabLedgerOrder => ({
  orderId: String(order.orderId),
  parentOrderId: order.parentOrderId === null ? null : String(order.parentOrderId),
  status: order.status,
  statusDescription: order.statusDescription,
  orderType: order.orderType,
  duration: order.duration,
  quantity: order.quantity,
  filled: order.filled,
  price: order.price,
  stopPrice: order.stopPrice,
  legs: order.legs.map((leg) => {
    const { quantity: filled, averagePrice: averageFillPrice } = fillsOf(order, leg);
    const { symbol, assetType } = leg.instrument;
    return {
      legId: leg.legId,
      symbol,
      assetType,
      instruction: leg.instruction,
      quantity: leg.quantity,
      filled,
      averageFillPrice,
    };
  }),
  tag: order.tag,
  enteredTime: wholeSecond(order.enteredAt),
  closeTime: order.closedAt === null ? null : wholeSecond(order.closedAt),
});

const executionsOf = (order: OrderState): readonly SchwabLedgerExecution[] =>
  order.activities
    .filter(({ executionType }) => executionType === 'FILL')
    .flatMap(({ activityId, at, legs }) =>
      legs.flatMap(({ legId, quantity, price, fees }) => {
        const leg = order.legs.find((one) => one.legId === legId);
        if (!leg) return [];
        const { instruction, instrument } = leg;
        return [
          {
            activityId: String(activityId),
            legId,
            orderId: String(order.orderId),
            symbol: instrument.symbol,
            instruction,
            quantity,
            price,
            fees,
            time: wholeSecond(at),
          },
        ];
      }),
    );

export const accountRecord = (
  state: AccountState,
  { terms, lines }: { readonly terms: Terms; readonly lines: readonly ValuedLine[] },
): SchwabLedgerAccount => {
  const orders = state.orders.flatMap(flatten).filter(({ legs }) => legs.length > 0);
  return {
    accountNumber: state.accountNumber,
    hashValue: state.hashValue,
    type: state.type,
    nickName: state.nickName,
    netLiquidation: terms.liquidationValue,
    cash: terms.cashBalance,
    moneyMarket: terms.moneyMarketFund,
    marginBalance: terms.marginBalance,
    dayPnl: cents(terms.liquidationValue - state.initial.liquidationValue - state.transferredToday),
    positions: lines.map((line) => ({
      symbol: line.instrument.symbol,
      assetType: line.instrument.assetType,
      quantity: line.quantity,
      averagePrice: line.averagePrice,
      marketPrice: line.marketPrice,
      marketValue: line.marketValue,
      dayPnl: line.dayPnl,
      unrealizedPnl: line.unrealizedPnl,
    })),
    orders: orders.map(orderRecord),
    executions: orders.flatMap(executionsOf),
  };
};
