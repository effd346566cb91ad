// brokerage/<account>/summary: flat JSON, every key always there, null for what is not known.
// @include slug.js
const slug = slugOf(msg.account.label);
const openOrders = context.get('openOrders') || {};
const balances = context.get('balances') || {};
if (msg.sync.kind === 'orders') {
  openOrders[msg.account.key] = msg.payload.filter(({ isOpen }) => isOpen).length;
  context.set('openOrders', openOrders);
} else {
  balances[msg.account.key] = msg;
  context.set('balances', balances);
}
const known = balances[msg.account.key];
if (!known || !known.payload) return null;

const { account, payload, sync } = known;
const percent = (fraction) =>
  typeof fraction === 'number' ? Number((fraction * 100).toPrecision(12)) : null;
return {
  topic: `brokerage/${slug}/summary`,
  payload: {
    account: slug,
    source: account.broker,
    currency: account.currency,
    net_liquidation: payload.netLiquidation,
    cash: payload.totalCash,
    buying_power: payload.buyingPower,
    available_funds: payload.availableFunds,
    excess_liquidity: payload.excessLiquidity,
    maintenance_margin: payload.maintenanceMargin,
    margin_cushion_pct: percent(payload.cushion),
    day_pnl: payload.dayPnl,
    unrealized_pnl: payload.unrealizedPnl,
    realized_pnl: payload.realizedPnl,
    open_orders: openOrders[account.key] === undefined ? null : openOrders[account.key],
    stale: sync.stale,
    ts: sync.receivedAt,
    ts_ms: Date.parse(sync.receivedAt),
  },
};
