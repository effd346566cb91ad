import { UNSET_DOUBLE, UNSET_INTEGER, UNSET_LONG } from '../fields.js';
import { doubles, fixed, flags, integers, text, texts, type FieldSpec } from './layout.js';

// Order and unset values of messages 5 and 101, taken from frames recorded at sv 164 (rust-ibapi v1.0.0, src/orders/tests.rs).

const CONTRACT: readonly FieldSpec[] = [
  ...integers('conId'),
  text('symbol', ''),
  fixed('secType', 'STK'),
  ...texts('lastTradeDateOrContractMonth'),
  ...doubles('strike', '0'),
  fixed('right', '?'),
  ...integers('multiplier'),
  ...texts('exchange currency localSymbol tradingClass'),
];

const ORDER_HEAD: readonly FieldSpec[] = [
  ...texts('action'),
  ...doubles('totalQuantity'),
  ...texts('orderType'),
  ...doubles('lmtPrice auxPrice', '0.0'),
  ...texts('tif ocaGroup account openClose'),
  ...integers('origin', '0'),
  ...texts('orderRef'),
];

const ALLOCATION: readonly FieldSpec[] = [
  ...texts('faGroup faMethod faPercentage'),
  ...texts('faProfile', { below: 177 }),
  ...texts('modelCode goodTillDate rule80A'),
  ...doubles('percentOffset'),
  ...texts('settlingFirm'),
  ...integers('shortSaleSlot', '0'),
  ...texts('designatedLocation'),
  ...integers('exemptCode', '-1'),
];

const REFERENCE_PRICES = doubles('startingPrice stockRefPrice delta stockRangeLower stockRangeUpper');

const VOLATILITY: readonly FieldSpec[] = [
  ...doubles('volatility'),
  ...integers('volatilityType', '0'),
  text('deltaNeutralOrderType', 'None'),
  ...doubles('deltaNeutralAuxPrice'),
];

const TRAIL: readonly FieldSpec[] = [
  ...flags('continuousUpdate'),
  ...integers('referencePriceType', '0'),
  ...doubles('trailStopPrice trailingPercent'),
];

const LEGS_TO_HEDGE: readonly FieldSpec[] = [
  fixed('comboLegs', '0'),
  fixed('orderComboLegs', '0'),
  fixed('smartComboRoutingParams', '0'),
  ...integers('scaleInitLevelSize scaleSubsLevelSize', UNSET_INTEGER),
  fixed('scalePriceIncrement', ''),
  fixed('hedgeType', ''),
];

const CLEARING_TO_ALGO: readonly FieldSpec[] = [
  ...texts('clearingAccount'),
  text('clearingIntent', 'IB'),
  ...flags('notHeld'),
  fixed('deltaNeutralContract', '0'),
  fixed('algoStrategy', ''),
  ...flags('solicited'),
];

const COMPETE: readonly FieldSpec[] = [
  ...integers('minTradeQty minCompeteSize', '', { from: 170 }),
  ...doubles('competeAgainstBestOffset midOffsetAtWhole midOffsetAtHalf', '', { from: 170 }),
];

const CUSTOMER: readonly FieldSpec[] = [
  ...texts('customerAccount', { from: 183 }),
  ...flags('professionalCustomer', { from: 184 }),
];

const NINE_MARGINS =
  'initMarginBefore maintMarginBefore equityWithLoanBefore initMarginChange maintMarginChange equityWithLoanChange initMarginAfter maintMarginAfter equityWithLoanAfter';

/** Message 5 after its id. */
export const OPEN_ORDER: readonly FieldSpec[] = [
  ...integers('orderId', '0'),
  ...CONTRACT,
  ...ORDER_HEAD,
  ...integers('clientId permId', '0'),
  ...flags('outsideRth hidden'),
  ...doubles('discretionaryAmt', '0'),
  ...texts('goodAfterTime sharesAllocation'),
  ...ALLOCATION,
  ...integers('auctionStrategy', '0'),
  ...REFERENCE_PRICES,
  ...integers('displaySize', UNSET_INTEGER),
  ...flags('blockOrder sweepToFill allOrNone'),
  ...integers('minQty'),
  ...integers('ocaType', '3'),
  ...flags('eTradeOnly firmQuoteOnly'),
  ...doubles('nbboPriceCap'),
  ...integers('parentId triggerMethod', '0'),
  ...VOLATILITY,
  ...integers('deltaNeutralConId', '0'),
  ...texts('deltaNeutralSettlingFirm deltaNeutralClearingAccount deltaNeutralClearingIntent'),
  text('deltaNeutralOpenClose', '?'),
  ...flags('deltaNeutralShortSale'),
  ...integers('deltaNeutralShortSaleSlot', '0'),
  ...texts('deltaNeutralDesignatedLocation'),
  ...TRAIL,
  ...doubles('basisPoints'),
  ...integers('basisPointsType'),
  ...texts('comboLegsDescription'),
  ...LEGS_TO_HEDGE,
  ...flags('optOutSmartRouting'),
  ...CLEARING_TO_ALGO,
  ...flags('whatIf'),
  ...texts('status'),
  ...doubles(NINE_MARGINS, UNSET_DOUBLE),
  ...doubles('commission minCommission maxCommission'),
  ...texts('commissionCurrency'),
  ...texts('marginCurrency', { from: 195 }),
  ...doubles(NINE_MARGINS.replaceAll(/\w+/g, '$&OutsideRTH'), UNSET_DOUBLE, { from: 195 }),
  ...doubles('suggestedSize', '', { from: 195 }),
  ...texts('rejectReason', { from: 195 }),
  fixed('orderAllocations', '0', { from: 195 }),
  ...texts('warningText'),
  ...flags('randomizeSize randomizePrice'),
  fixed('conditions', '0'),
  text('adjustedOrderType', 'None'),
  ...doubles('triggerPrice adjustedTrailStopPrice lmtPriceOffset', UNSET_DOUBLE),
  ...doubles('adjustedStopPrice adjustedStopLimitPrice adjustedTrailingAmount', UNSET_DOUBLE),
  ...integers('adjustableTrailingUnit', '0'),
  ...texts('softDollarName softDollarValue softDollarDisplayName'),
  ...doubles('cashQty', '0'),
  { name: 'dontUseAutoPriceForHedge', kind: 'flag', unset: '1' },
  ...flags('isOmsContainer discretionaryUpToLimitPrice'),
  ...flags('usePriceMgmtAlgo', { from: 151 }),
  ...integers('duration', '', { from: 158 }),
  ...integers('postToAts', '', { from: 160 }),
  ...flags('autoCancelParent', { from: 162 }),
  ...COMPETE,
  ...CUSTOMER,
  ...doubles('bondAccruedInterest', '', { from: 185 }),
  ...flags('includeOvernight', { from: 189 }),
  ...texts('extOperator', { from: 193 }),
  ...integers('manualOrderIndicator', UNSET_INTEGER, { from: 193 }),
  ...texts('submitter', { from: 198 }),
  ...flags('imbalanceOnly', { from: 199 }),
];

/** Message 101 after its id. */
export const COMPLETED_ORDER: readonly FieldSpec[] = [
  ...CONTRACT,
  ...ORDER_HEAD,
  ...integers('permId', '0'),
  ...flags('outsideRth hidden'),
  ...doubles('discretionaryAmt', '0'),
  ...texts('goodAfterTime'),
  ...ALLOCATION,
  ...REFERENCE_PRICES,
  ...integers('displaySize', UNSET_INTEGER),
  ...flags('sweepToFill allOrNone'),
  ...integers('minQty'),
  ...integers('ocaType', '3'),
  ...integers('triggerMethod', '0'),
  ...VOLATILITY,
  ...integers('deltaNeutralConId', '0'),
  ...flags('deltaNeutralShortSale'),
  ...integers('deltaNeutralShortSaleSlot', '0'),
  ...texts('deltaNeutralDesignatedLocation'),
  ...TRAIL,
  ...texts('comboLegsDescription'),
  ...LEGS_TO_HEDGE,
  ...CLEARING_TO_ALGO,
  ...texts('status'),
  ...flags('randomizeSize randomizePrice'),
  fixed('conditions', '0'),
  ...doubles('adjustedTrailStopPrice lmtPriceOffset', UNSET_DOUBLE),
  ...doubles('cashQty', '0'),
  { name: 'dontUseAutoPriceForHedge', kind: 'flag', unset: '1' },
  ...flags('isOmsContainer'),
  ...texts('autoCancelDate'),
  ...doubles('filledQuantity', '0'),
  ...integers('refFuturesConId', UNSET_INTEGER),
  ...flags('autoCancelParent'),
  text('shareholder', 'Not an insider or substantial shareholder'),
  ...flags('imbalanceOnly routeMarketableToBbo'),
  ...integers('parentPermId', UNSET_LONG),
  ...texts('completedTime completedStatus'),
  ...COMPETE,
  ...CUSTOMER,
  ...texts('submitter', { from: 198 }),
];

/** Message 11 after its id. */
export const EXECUTION: readonly FieldSpec[] = [
  fixed('reqId', '-1'),
  ...integers('orderId', '0'),
  ...integers('conId'),
  ...texts('symbol'),
  fixed('secType', 'STK'),
  ...texts('lastTradeDateOrContractMonth'),
  ...doubles('strike', '0.0'),
  fixed('right', ''),
  ...integers('multiplier'),
  ...texts('exchange currency localSymbol tradingClass execId time account venue side'),
  ...doubles('shares price'),
  ...integers('permId clientId liquidation', '0'),
  ...doubles('cumQty avgPrice'),
  ...texts('orderRef evRule'),
  ...doubles('evMultiplier'),
  ...texts('modelCode'),
  ...integers('lastLiquidity', '2'),
  ...flags('pendingPriceRevision', { from: 178 }),
  ...texts('submitter', { from: 198 }),
];
