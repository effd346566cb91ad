import type { Fee } from './fees.js';
import type { SchwabInstrument } from './instruments.js';

export type Instruction =
  | 'BUY'
  | 'SELL'
  | 'BUY_TO_COVER'
  | 'SELL_SHORT'
  | 'BUY_TO_OPEN'
  | 'BUY_TO_CLOSE'
  | 'SELL_TO_OPEN'
  | 'SELL_TO_CLOSE';

/** One line of an account; kept with quantity 0 until the session ends. */
export interface LineState {
  /** Signed, short < 0. */
  readonly quantity: number;
  /** Per share, fees included. */
  readonly averagePrice: number;
  /** Per share, without fees: averageLongPrice or averageShortPrice. */
  readonly sidePrice: number;
  /** Paid for today's fills without fees; received < 0. */
  readonly paidToday: number;
  /** Cost of an earlier session that currentDayCost still shows after the roll. */
  readonly keptCost: number;
  /** Signed quantity at the end of the last session. */
  readonly previousQuantity: number;
  readonly previousClose: number;
}

export interface LegState {
  readonly legId: number;
  readonly instrument: SchwabInstrument;
  readonly instruction: Instruction;
  readonly quantity: number;
}

export interface ActivityState {
  readonly activityId: number;
  readonly executionType: 'FILL' | 'CANCELED';
  readonly quantity: number;
  readonly remaining: number;
  /** ms since epoch */
  readonly at: number;
  readonly legs: readonly ActivityLeg[];
}

export interface ActivityLeg {
  readonly legId: number;
  readonly quantity: number;
  /** 0 for a cancellation. */
  readonly price: number;
  readonly fees: number;
}

export type OrderStatus =
  | 'AWAITING_PARENT_ORDER'
  | 'PENDING_ACTIVATION'
  | 'QUEUED'
  | 'WORKING'
  | 'PENDING_CANCEL'
  | 'REJECTED'
  | 'CANCELED'
  | 'REPLACED'
  | 'FILLED'
  | 'EXPIRED';

export type OrderType = 'MARKET' | 'LIMIT' | 'STOP' | 'STOP_LIMIT' | 'NET_DEBIT' | 'NET_CREDIT';
export type ComplexStrategy = 'NONE' | 'VERTICAL' | 'IRON_CONDOR' | 'CUSTOM';
export type Duration = 'DAY' | 'GOOD_TILL_CANCEL';

export interface OrderState {
  readonly orderId: number;
  readonly accountNumber: string;
  readonly strategy: 'SINGLE' | 'TRIGGER' | 'OCO';
  readonly complex: ComplexStrategy;
  readonly orderType: OrderType;
  readonly duration: Duration;
  readonly price: number | null;
  readonly stopPrice: number | null;
  /** Of every leg; spreads count once. */
  readonly quantity: number;
  readonly legs: readonly LegState[];
  readonly children: readonly OrderState[];
  readonly parentOrderId: number | null;
  /** The first order of a chain of replacements. */
  readonly lifecycleId: number;
  readonly tag: string;
  /** ms since epoch */
  readonly enteredAt: number;
  /** YYYY-MM-DD, only for GOOD_TILL_CANCEL */
  readonly cancelDate: string | null;
  readonly activities: ActivityState[];
  status: OrderStatus;
  filled: number;
  statusDescription: string | null;
  closedAt: number | null;
}

export type TransferItem =
  | { readonly kind: 'fee'; readonly fee: Fee }
  | { readonly kind: 'cash'; readonly amount: number; readonly cost: number }
  | {
      readonly kind: 'security';
      readonly instrument: SchwabInstrument;
      readonly amount: number;
      readonly cost: number;
      readonly price: number;
      readonly positionEffect: 'OPENING' | 'CLOSING';
    };

export type TransactionKind =
  | 'TRADE'
  | 'DIVIDEND_OR_INTEREST'
  | 'ACH_RECEIPT'
  | 'ACH_DISBURSEMENT'
  | 'RECEIVE_AND_DELIVER'
  | 'MARGIN_CALL';

export interface TransactionState {
  /** `PENDING`: shown, and not booked yet. */
  readonly status?: 'PENDING';
  readonly activityId: number;
  /** ms since epoch */
  readonly at: number;
  readonly type: TransactionKind;
  readonly orderId: number | null;
  readonly netAmount: number;
  readonly description: string | null;
  readonly items: readonly TransferItem[];
}

/** The terms that add up to the liquidation value. */
export interface Terms {
  readonly cashBalance: number;
  readonly moneyMarketFund: number;
  readonly marginBalance: number;
  readonly longMarketValue: number;
  readonly longOptionMarketValue: number;
  readonly shortMarketValue: number;
  readonly shortOptionMarketValue: number;
  readonly liquidationValue: number;
}

export interface AccountState {
  /** 8 digits, maybe with a leading zero. */
  readonly accountNumber: string;
  /** 64 upper-case hex digits. */
  readonly hashValue: string;
  readonly type: 'MARGIN' | 'CASH';
  readonly nickName: string;
  /** false: an account that only keeps money. */
  readonly trades: boolean;
  /** What aggregatedBalance shows too much; null = the object is missing. */
  readonly aggregateGap: number | null;
  /** Short lines that are told without their four short fields. */
  readonly shortWithoutAverage: ReadonlySet<string>;
  cash: number;
  /** symbol → line */
  readonly lines: Map<string, LineState>;
  /** Roots only, oldest first. */
  readonly orders: OrderState[];
  /** Oldest first. */
  readonly transactions: TransactionState[];
  /** Rows of the night that stand in no list before the morning. */
  readonly unbooked: Omit<TransactionState, 'at'>[];
  isInCall: boolean;
  /** What came in today without being a profit. */
  transferredToday: number;
  /** At the close of the last session. */
  initial: Terms;
}
