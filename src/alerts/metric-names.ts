/** What a rule with a number for its threshold can watch. */
export const NUMBER_METRICS = [
  'cushion',
  'leverage',
  'netLiquidation',
  'totalCash',
  'excessLiquidity',
  'lookAheadExcessLiquidity',
  'buyingPower',
  'dayPnl',
  'dayPnlPercent',
  'drawdownPercent',
  'cashPercent',
  'isMarginCall',
  'dayTradesRemaining',
  'dataAgeSeconds',
  'reconcileMismatchSeconds',
  'positionPercent',
  'unrealizedPercent',
  'dayChangePercent',
  'marketPrice',
  'quantity',
  'daysToExpiry',
  'inTheMoney',
  'shortInTheMoney',
  'orderAgeSeconds',
  'orderPendingSeconds',
  'orderPartialSeconds',
  'dayOrderAfterClose',
  'connectionDownSeconds',
  'loginHoursLeft',
  'apiErrorPercent',
  'rateLimited',
] as const;

/** What a rule about happenings can watch; `quantity` is here too: a position is opened, changed, closed. */
export const EVENT_METRICS = [
  'quantity',
  'orderStatus',
  'orderTag',
  'execution',
  'activity',
  'assignment',
  'unexplainedChange',
  'account',
] as const;

export type NumberMetric = (typeof NUMBER_METRICS)[number];
export type EventMetric = (typeof EVENT_METRICS)[number];
export type MetricName = NumberMetric | EventMetric;
