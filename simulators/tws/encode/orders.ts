import type { LedgerOrder } from '../../market/ledger.js';
import type { MarketView } from '../../market/types.js';
import { zonedTime } from '../clock.js';
import { double, plain, priceOrZero, type Fields } from '../fields.js';
import { names, orderedContract, venue } from './contract.js';
import { fillIn } from './layout.js';
import { COMPLETED_ORDER, OPEN_ORDER } from './order-layouts.js';

export interface OrderOf {
  readonly account: string;
  readonly order: LedgerOrder;
  /** The commission is told only once the fill has settled. */
  readonly withCommission?: boolean;
}

/** Message 5. */
export const openOrder = (
  view: MarketView,
  { account, order, withCommission = false }: OrderOf,
  serverVersion: number,
): Fields => {
  const values = {
    ...contractValues(view, order),
    ...commonValues(account, order),
    orderId: String(order.orderId),
    clientId: String(order.clientId),
    totalQuantity: plain(order.quantity),
    status: order.status,
    sharesAllocation: `${order.permId}.0/${account}/${plain(order.quantity)}`,
    ...(withCommission
      ? { commission: double(order.commission), commissionCurrency: view.instrument(order.conId).currency }
      : {}),
  };
  return ['5', ...fillIn(OPEN_ORDER, serverVersion, values)];
};

/** Message 3. */
export const orderStatus = (order: LedgerOrder): Fields => [
  '3',
  String(order.orderId),
  order.status,
  plain(order.filled),
  plain(order.remaining),
  plain(order.averageFillPrice),
  order.permId,
  '0',
  plain(order.lastFillPrice),
  String(order.clientId),
  '',
  '0',
];

/** Message 101; a filled order shows totalQuantity 0 there (recorded). */
export const completedOrder = (
  view: MarketView,
  { account, order }: OrderOf,
  serverVersion: number,
): Fields => {
  const isFilled = order.status === 'Filled';
  const values = {
    ...contractValues(view, order),
    ...commonValues(account, order),
    totalQuantity: isFilled ? '0' : plain(order.quantity),
    filledQuantity: plain(order.filled),
    status: order.status,
    completedTime: order.endedAt === null ? '' : zonedTime(new Date(order.endedAt)),
    completedStatus: isFilled ? `Filled Size: ${plain(order.filled)}` : 'Cancelled by Trader',
  };
  return ['101', ...fillIn(COMPLETED_ORDER, serverVersion, values)];
};

const contractValues = (view: MarketView, { conId }: LedgerOrder): Readonly<Record<string, string>> => {
  const instrument = view.instrument(conId);
  const [, symbol = '', secType = '', expiry = '', strike = '', right = '', multiplier = ''] =
    orderedContract(instrument);
  const [currency = '', localSymbol = '', tradingClass = ''] = names(instrument);
  const contract = {
    conId: String(conId),
    symbol,
    secType,
    lastTradeDateOrContractMonth: expiry,
    strike,
    right,
    multiplier,
  };
  return { ...contract, exchange: venue(instrument), currency, localSymbol, tradingClass };
};

const commonValues = (account: string, order: LedgerOrder): Readonly<Record<string, string>> => ({
  action: order.side,
  orderType: order.orderType,
  lmtPrice: priceOrZero(order.limitPrice),
  auxPrice: priceOrZero(order.stopPrice),
  tif: 'DAY',
  account,
  permId: order.permId,
});
