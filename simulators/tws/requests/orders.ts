import type { LedgerOrder } from '../../market/ledger.js';
import { COMPLETED_ORDERS_END, executionsEnd, OPEN_ORDER_END } from '../encode/messages.js';
import { commissionReport, execDetails, revisions } from '../encode/executions.js';
import { completedOrder, openOrder, orderStatus } from '../encode/orders.js';
import type { Fields } from '../fields.js';
import type { Handler } from './request.js';

const isOpen = ({ status }: LedgerOrder): boolean => status === 'PreSubmitted' || status === 'Submitted';

/** 16: one shot, each order followed by its status. */
export const allOpenOrders: Handler = (_, session, { view }) => {
  const rows = view.accounts.flatMap((account) =>
    view
      .orders(account)
      .filter(isOpen)
      .flatMap((order) => [openOrder(view, { account, order }, session.serverVersion), orderStatus(order)]),
  );
  session.download({ id: '53', rows, end: OPEN_ORDER_END });
};

/** 99: with apiOnly there is nothing to tell, since people at TWS place all orders here. */
export const completedOrders: Handler = ([, apiOnly], session, { view }) => {
  const accounts = apiOnly === '1' ? [] : view.accounts;
  const rows = accounts.flatMap((account) =>
    view
      .orders(account)
      .filter((order) => !isOpen(order))
      .map((order) => completedOrder(view, { account, order }, session.serverVersion)),
  );
  session.download({ id: '102', rows, end: COMPLETED_ORDERS_END });
};

interface ExecutionFilter {
  readonly account: string;
  readonly symbol: string;
  readonly secType: string;
  readonly side: string;
  /** ms since epoch */
  readonly since: number;
}

/** 7: today's executions, each with its commission; a corrected one in all its revisions. */
export const executions: Handler = (fields, session, { view }) => {
  const [, , requestId = '', clientId = '', account = '', time = '', symbol = '', secType = '', , side = ''] =
    fields;
  const filter = { account, symbol, secType, side, since: sinceOf(time) };
  // Orders placed at TWS itself belong to client 0, which as a filter means all.
  const accounts = clientId === '' || clientId === '0' ? view.accounts : [];
  const rows = accounts.flatMap((own) =>
    view
      .executions(own)
      .filter(({ conId, side: bought, time: at }) => {
        const { symbol: traded, secType: kind } = view.instrument(conId);
        return matches(
          { account: own, symbol: traded, secType: kind, side: bought, since: Date.parse(at) },
          filter,
        );
      })
      .flatMap(revisions)
      .flatMap((execution): readonly Fields[] => [
        execDetails(view, { requestId, account: own, execution }, session.serverVersion),
        commissionReport(execution),
      ]),
  );
  session.download({ id: '55', rows, end: executionsEnd(requestId) });
};

const matches = (execution: ExecutionFilter, filter: ExecutionFilter): boolean =>
  fits(execution.account, filter.account) &&
  fits(execution.symbol, filter.symbol) &&
  fits(execution.secType, filter.secType) &&
  fits(execution.side, filter.side) &&
  execution.since >= filter.since;

const fits = (value: string, wanted: string): boolean => wanted === '' || wanted.toUpperCase() === value;

// `yyyymmdd-hh:mm:ss` is UTC; any other form is not worth refusing in a simulator.
const sinceOf = (text: string): number => {
  const match = /^(\d{4})(\d\d)(\d\d)-(\d\d:\d\d:\d\d)$/.exec(text);
  return match ? Date.parse(`${match[1]}-${match[2]}-${match[3]}T${match[4]}Z`) : 0;
};
