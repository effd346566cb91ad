import { isBuy, positionEffectOf } from '../book/booking.js';
import type { LegState, OrderState } from '../book/state.js';
import { decimal, size, wallDate, wallTime } from './values.js';

export interface StreamMoment {
  /** ms since epoch */
  readonly at: number;
  /** Last price of an instrument. */
  readonly price: (leg: LegState) => number;
}

const buySell = ({ instruction }: LegState): 'Buy' | 'Sell' => (isBuy(instruction) ? 'Buy' : 'Sell');

/** The quote that an order was accepted at; `Mid` is negative on every sale, beside a positive bid and ask. */
export const quoteOn = ({ orderId }: OrderState, leg: LegState, { at, price }: StreamMoment): object => {
  const last = price(leg);
  return {
    Ask: decimal(last + 0.01),
    AskSize: size(12),
    Bid: decimal(Math.max(0.01, last - 0.01)),
    BidSize: size(7),
    QuoteTimestamp: wallTime(at),
    Symbol: leg.instrument.symbol,
    QuoteTypeCode: 'Mark',
    Mid: decimal(isBuy(leg.instruction) ? last : -last),
    SchwabOrderID: String(orderId),
    ...(leg.instrument.option ? { OptionsQuote: { PutCallCode: putCall(leg) } } : {}),
  };
};

const putCall = ({ instrument }: LegState): 'Put' | 'Call' =>
  instrument.option?.putCall === 'PUT' ? 'Put' : 'Call';

const securityOf = (leg: LegState): object => {
  const { cusip, description, instrumentId, option, symbol } = leg.instrument;
  const isOption = option !== null;
  return {
    SchwabSecurityID: String(instrumentId),
    Symbol: symbol,
    UnderlyingSymbol: option?.underlyingSymbol ?? symbol,
    MajorAssetType: isOption ? 'MajorAssetType_EquityOption' : 'MajorAssetType_Equity',
    PrimaryMarketSymbol: symbol,
    ShortDescriptionText: description,
    ShortName: description,
    CUSIP: cusip,
    ...(option
      ? {
          OptionsSecurityInfo: {
            PutCallCode: putCall(leg),
            StrikePrice: decimal(option.strike),
            OptionExpiryDate: { DateTimeString: `${option.expiry} 00:00:00.000` },
          },
        }
      : {}),
  };
};

const legOf = (order: OrderState, leg: LegState, moment: StreamMoment): object => {
  const id = String(order.orderId);
  const amount = (order.price ?? moment.price(leg)) * leg.quantity * leg.instrument.multiplier;
  const paid = decimal(isBuy(leg.instruction) ? -amount : amount);
  return {
    LegID: id,
    LegParentSchwabOrderID: id,
    Quantity: decimal(leg.quantity),
    QuantityUnitCodeType: 'SharesOrUnits',
    LeavesQuantity: decimal(leg.quantity),
    BuySellCode: buySell(leg),
    Security: securityOf(leg),
    QuoteOnOrderAcceptance: quoteOn(order, leg, moment),
    LegClientRequestInfo: { SecurityId: leg.instrument.symbol, SecurityIdTypeCd: 'Symbol' },
    AccountingRuleCode: 'Cash',
    EstimatedNetAmount: paid,
    EstimatedPrincipalAmnt: paid,
    EquityOrderLeg: leg.instrument.option
      ? {
          EquityOptionsOrderLeg: {
            OpenClosePositionCode: positionEffectOf(leg.instruction) === 'OPENING' ? 'PC_Open' : 'PC_Close',
          },
        }
      : {},
  };
};

const strategyOf = ({ orderType, price, stopPrice }: OrderState): object => {
  if (price !== null)
    return {
      Type: 'ES_Limit',
      LimitExecutionStrategy: {
        Type: 'ES_Limit',
        LimitPrice: decimal(price),
        LimitPriceUnitCode: 'Units',
      },
    };
  return orderType === 'STOP'
    ? { Type: 'ES_Stop', StopExecutionStrategy: { Type: 'ES_Stop', StopPrice: decimal(stopPrice ?? 0) } }
    : { Type: 'ES_Market' };
};

/** The order as OrderCreated and ChangeCreated tell it. */
export const orderTold = (order: OrderState, moment: StreamMoment): object => {
  const id = String(order.orderId);
  const { accountNumber } = order;
  const isOption = order.legs.some(({ instrument }) => instrument.option !== null);
  return {
    SchwabOrderID: id,
    AccountNumber: accountNumber,
    Order: {
      AccountInfo: { AccountNumber: accountNumber, AccountTypeCode: 'Customer' },
      ClientChannelInfo: { ClientProductCode: 'M1', EventUserType: 'Client' },
      LifecycleCreatedTimestamp: wallTime(moment.at),
      LifecycleSchwabOrderID: String(order.lifecycleId),
      EntryTimestamp: wallTime(moment.at),
      ExpiryTimeStamp: wallDate(moment.at),
      AutoConfirm: true,
      PlanSubmitDate: wallDate(moment.at),
      SourceOMS: 'ngOMS',
      FirmID: 'CHAS',
      AssetOrderEquityOrderLeg: {
        OrderInstruction: {
          HandlingInstructionCode: 'AutomatedExecutionNoIntervention',
          ExecutionStrategy: strategyOf(order),
          PreferredRoute: {},
          EquityOrderInstruction: {},
        },
        AssetType: isOption ? 'MajorAssetType_EquityOption' : 'MajorAssetType_Equity',
        TimeInForce: order.duration === 'DAY' ? 'Day' : 'GoodTillCancel',
        OrderTypeCode: order.price !== null ? 'Limit' : order.orderType === 'STOP' ? 'Stop' : 'Market',
        OrderLegs: order.legs.map((leg) => legOf(order, leg, moment)),
        OrderCapacityCode: 'OC_Agency',
        SettlementType: 'SettlementType_Regular',
        SolicitedCode: 'Unsolicited',
        TradeTag: order.tag,
        EquityOrder: { TradingSessionCodeOnOrder: 'REG' },
      },
    },
  };
};
