import type { LedgerExecution } from '../../market/ledger.js';
import type { MarketView } from '../../market/types.js';
import { orderTime } from '../clock.js';
import { double, plain, UNSET_DOUBLE, type Fields } from '../fields.js';
import { heldContract, names } from './contract.js';
import { fillIn } from './layout.js';
import { EXECUTION } from './order-layouts.js';

export interface ExecutionOf {
  /** `-1` for a live fill */
  readonly requestId: string;
  readonly account: string;
  readonly execution: LedgerExecution;
}

/** Message 11. */
export const execDetails = (
  view: MarketView,
  { requestId, account, execution }: ExecutionOf,
  serverVersion: number,
): Fields => {
  const instrument = view.instrument(execution.conId);
  const [conId = '', symbol = '', secType = '', expiry = '', strike = '', right = '', multiplier = ''] =
    heldContract(instrument);
  const [currency = '', localSymbol = '', tradingClass = ''] = names(instrument);
  const venue = instrument.exchange === 'NASDAQ' ? 'ISLAND' : instrument.exchange || 'CME';
  const contract = {
    conId,
    symbol,
    secType,
    lastTradeDateOrContractMonth: expiry,
    strike,
    right,
    multiplier,
  };
  const values = {
    ...contract,
    exchange: venue,
    currency,
    localSymbol,
    tradingClass,
    reqId: requestId,
    execId: execution.execId,
    time: orderTime(new Date(execution.time), serverVersion),
    account,
    venue,
    side: execution.side === 'BUY' ? 'BOT' : 'SLD',
    shares: plain(execution.quantity),
    price: plain(execution.price),
    permId: execution.permId,
    cumQty: plain(execution.cumulativeQuantity),
    avgPrice: plain(execution.averagePrice),
  };
  return ['11', ...fillIn(EXECUTION, serverVersion, values)];
};

/** Message 59; an opening fill has no realised P&L, and a yield only bonds have. */
export const commissionReport = ({
  execId,
  commission,
  commissionCurrency,
  realizedPnl,
}: LedgerExecution): Fields => [
  '59',
  '1',
  execId,
  double(commission),
  commissionCurrency,
  realizedPnl === null ? UNSET_DOUBLE : plain(realizedPnl),
  UNSET_DOUBLE,
  '',
];

/** What was told of this execution, the withdrawn revisions first. */
export const revisions = (execution: LedgerExecution): readonly LedgerExecution[] => [
  ...execution.superseded.map((earlier, index) => ({ ...execution, ...earlier, revision: index + 1 })),
  execution,
];
