import type { Execution } from '../../../../domain/execution.js';
import { cleanMoney } from '../../../../domain/clean-number.js';
import { executionOf } from '../../normalize/execution.js';
import { NEW_YORK, wireTime } from '../dates.js';
import type { TradeRow } from '../rows.js';
import type { FlexStatement } from '../statement.js';
import { contractOf } from './contract.js';

/** By Flex's word; a trade that was cancelled has `(Ca.)` behind it and is no fill. */
const SIDES: ReadonlyMap<string, string> = new Map([
  ['BUY', 'BOT'],
  ['SELL', 'SLD'],
]);

/** The fills in a statement, or what to tick in the section Trades of the query so that there are any. */
export type ExecutionsReading =
  | { readonly kind: 'executions'; readonly executions: readonly Execution[] }
  | { readonly kind: 'missing'; readonly tick: string };

/** Rows of orders repeat those of their fills; exercises and the like have no execution id and are no fills. */
export function readExecutions({ trades }: FlexStatement): ExecutionsReading {
  if (trades === null) return { kind: 'missing', tick: 'the section Trades, option Execution' };
  const rows = trades
    .map(({ row }) => row)
    .filter(({ levelOfDetail, transactionType }) => isFill(levelOfDetail, transactionType));
  const isWithoutIds = rows.length > 0 && rows.every(({ ibExecID }) => ibExecID === null);
  if (isWithoutIds) return { kind: 'missing', tick: 'IB Execution ID in the section Trades' };
  return {
    kind: 'executions',
    executions: rows.map(executionFrom).filter((execution) => execution !== null),
  };
}

function isFill(levelOfDetail: string | null, transactionType: string | null): boolean {
  return (
    (levelOfDetail === 'EXECUTION' || levelOfDetail === null) &&
    (transactionType === 'ExchTrade' || transactionType === null)
  );
}

/** `ibExecID` is TWS's execId; `ibOrderID` is not its permId (westonplatter/ngv_reports_ibkr #38), so no order is named. */
function executionFrom(row: TradeRow): Execution | null {
  const side = SIDES.get(row.buySell ?? '');
  if (row.ibExecID === null || row.quantity === null || row.conid === null || side === undefined) return null;
  return executionOf(
    {
      ...contractOf(row),
      // As of a gateway, the exchange of a fill is where it happened.
      primaryExchange: row.exchange ?? row.listingExchange,
      executionId: row.ibExecID,
      orderId: '',
      permId: null,
      side,
      quantity: Math.abs(row.quantity),
      price: row.tradePrice,
      lastLiquidity: null,
      time: wireTime(row.dateTime) ?? '',
    },
    {
      commission: row.ibCommission === null ? null : cleanMoney(-row.ibCommission),
      currency: row.ibCommissionCurrency,
      // Of a fill that only opened, Flex says 0 where TWS says nothing.
      realizedPnl: row.openCloseIndicator === 'O' ? null : row.fifoPnlRealized,
    },
    NEW_YORK,
  );
}
