import { dayChangePercent, dayPnlPercent, percentOf, unrealizedPercent } from '../alerts/figures.js';
import { cleanNumber } from '../domain/clean-number.js';
import type { Order } from '../domain/order.js';
import type { Position } from '../domain/position.js';
import type { AccountFeed } from './feed.js';
import type { Flat } from './leaf.js';

/** What every payload of an account begins with. */
export interface Heading {
  /** Its level of the topics. */
  readonly account: string;
  readonly label: string;
  readonly source: string;
  /** Which feed says so. */
  readonly instance: string;
}

const percent = (value: number | null): number | null => cleanNumber(value);
const size = (value: number | null): number | null => (value === null ? null : Math.abs(value));

/** Balances in the account's base currency; null where no balances were told. */
export function summaryOf(
  heading: Heading,
  { account, balances, orders, positions }: AccountFeed,
): Flat | null {
  if (balances === null) return null;
  const { figures, trust } = balances;
  return {
    ...heading,
    currency: account.currency,
    net_liquidation: figures.netLiquidation,
    cash: figures.totalCash,
    buying_power: figures.buyingPower,
    available_funds: figures.availableFunds,
    excess_liquidity: figures.excessLiquidity,
    initial_margin: figures.initialMargin,
    maintenance_margin: figures.maintenanceMargin,
    gross_position_value: figures.grossPositionValue,
    leverage: figures.leverage,
    margin_cushion_pct: percent(figures.cushion === null ? null : figures.cushion * 100),
    cash_pct: percent(percentOf(figures.totalCash, figures.netLiquidation)),
    day_pnl: figures.dayPnl,
    day_pnl_pct: percent(dayPnlPercent(figures)),
    unrealized_pnl: figures.unrealizedPnl,
    realized_pnl: figures.realizedPnl,
    positions: positions?.isComplete === true ? positions.figures.size : null,
    open_orders: orders?.isComplete === true ? openOrders(orders.figures).length : null,
    quality: trust.quality,
    stale: trust.stale,
  };
}

/** Money in the position's currency, except `market_value_base`. Short < 0. */
export function positionOf(
  { account, instance, label, source }: Heading,
  position: Position,
  stale: boolean,
): Flat {
  const { instrument } = position;
  // Spelt out, since a spread makes thousands of them several times as slow.
  return {
    account,
    label,
    source,
    instance,
    key: position.key,
    symbol: instrument.symbol,
    sec_type: instrument.assetClass,
    description: instrument.description,
    underlying: instrument.underlying,
    expiry: instrument.expiry,
    strike: instrument.strike,
    right: instrument.right,
    multiplier: instrument.multiplier,
    currency: position.currency,
    quantity: position.quantity,
    avg_cost: position.averageCost,
    avg_price: position.averagePrice,
    cost_basis: position.costBasis,
    price: position.marketPrice,
    market_value: position.marketValue,
    market_value_base: position.marketValueBase,
    portfolio_pct: percent(position.portfolioPercent),
    unrealized_pnl: position.unrealizedPnl,
    unrealized_pnl_pct: percent(unrealizedPercent(position)),
    realized_pnl: position.realizedPnl,
    day_pnl: position.dayPnl,
    day_pnl_pct: percent(dayChangePercent(position)),
    stale,
  };
}

/** An open order; of several legs the first one has symbol and currency. */
export function orderOf(heading: Heading, order: Order, stale: boolean): Flat {
  const [leg] = order.legs;
  return {
    ...heading,
    key: order.key,
    symbol: leg?.instrument.symbol ?? null,
    sec_type: leg?.instrument.assetClass ?? null,
    currency: leg?.instrument.currency ?? null,
    legs: order.legs.length,
    side: order.side,
    order_type: order.orderType,
    time_in_force: order.timeInForce,
    status: order.status,
    quantity: order.quantity,
    filled_quantity: order.filledQuantity,
    remaining_quantity: order.remainingQuantity,
    filled_pct: percent(percentOf(size(order.filledQuantity), size(order.quantity))),
    limit_price: order.limitPrice,
    stop_price: order.stopPrice,
    average_fill_price: order.averageFillPrice,
    created_at: order.createdAt,
    stale,
  };
}

export function openOrders(orders: ReadonlyMap<string, Order>): readonly Order[] {
  return [...orders.values()].filter(({ isOpen }) => isOpen);
}
