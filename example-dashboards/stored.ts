/** What stores keep of the MQTT topics. Exporter, Telegraf and dashboards take the names from here. */

/** Kinds of topics below an account, as they are named in a store: `brokerage_summary`. */
export type Kind = 'summary' | 'positions' | 'connection' | 'alerts' | 'last_alert';

export const SUMMARY_FIGURES = [
  'net_liquidation',
  'cash',
  'buying_power',
  'available_funds',
  'excess_liquidity',
  'initial_margin',
  'maintenance_margin',
  'gross_position_value',
  'leverage',
  'margin_cushion_pct',
  'cash_pct',
  'day_pnl',
  'day_pnl_pct',
  'unrealized_pnl',
  'realized_pnl',
  'positions',
  'open_orders',
] as const;
export type SummaryFigure = (typeof SUMMARY_FIGURES)[number];

export const POSITION_FIGURES = [
  'strike',
  'multiplier',
  'quantity',
  'avg_cost',
  'avg_price',
  'cost_basis',
  'price',
  'market_value',
  'market_value_base',
  'portfolio_pct',
  'unrealized_pnl',
  'unrealized_pnl_pct',
  'realized_pnl',
  'day_pnl',
  'day_pnl_pct',
] as const;
export type PositionFigure = (typeof POSITION_FIGURES)[number];

/** Measurement of InfluxDB; in Prometheus what its metrics begin with. */
export function nameOf(kind: Kind): string {
  return `brokerage_${kind}`;
}

/** What is older than so long is said to be silent: a feed that lives says something every minute. */
export const SILENT_AFTER_MINUTES = 5;

/** ISO 4217 names → their numbers, by which Prometheus can keep them; the base currencies of brokerage accounts. */
export const CURRENCY_NUMBERS: Readonly<Record<string, number>> = {
  AED: 784,
  AUD: 36,
  CAD: 124,
  CHF: 756,
  CNY: 156,
  CZK: 203,
  DKK: 208,
  EUR: 978,
  GBP: 826,
  HKD: 344,
  HUF: 348,
  ILS: 376,
  INR: 356,
  JPY: 392,
  KRW: 410,
  MXN: 484,
  NOK: 578,
  NZD: 554,
  PLN: 985,
  SAR: 682,
  SEK: 752,
  SGD: 702,
  TRY: 949,
  TWD: 901,
  USD: 840,
  ZAR: 710,
};
/** Of a word that has no number. */
export const OTHER = 0;
