import { POSITION_END, positionMultiEnd } from '../encode/messages.js';
import { positionMultiRow, positionRow } from '../encode/portfolio.js';
import { pnlRows } from '../rows.js';
import type { Desk } from '../desk.js';
import type { ApiSession } from '../client.js';
import { accountsNamed, refuseAccount, type Handler } from './request.js';

/** 61: all accounts, then every change. */
export const positions: Handler = (_, session, { view }) => {
  session.subscriptions.positions = true;
  const rows = view.accounts.flatMap((account) =>
    view.positions(account).map((position) => positionRow(view, account, position)),
  );
  session.download({ id: '62', rows, end: POSITION_END });
};

/** 64 */
export const cancelPositions: Handler = (_, session) => {
  session.subscriptions.positions = false;
};

/** 74 */
export const positionsMulti: Handler = ([, , requestId = '', name = ''], session, { view }) => {
  const accounts = accountsNamed(view, name);
  if (accounts.length === 0) return refuseAccount(session, requestId, name);
  session.subscriptions.positionsMulti.set(requestId, accounts);
  const rows = accounts.flatMap((account) =>
    view.positions(account).map((position) => positionMultiRow(view, { requestId, account }, position)),
  );
  session.download({ id: '72', rows, end: positionMultiEnd(requestId) });
};

/** 75 */
export const cancelPositionsMulti: Handler = ([, , requestId = ''], session) => {
  session.subscriptions.positionsMulti.delete(requestId);
};

const sendPnl = (session: ApiSession, { view }: Desk): void =>
  session.send(session.subscriptions.pnlChanged.take(pnlRows(view, session.subscriptions)));

/** 92 */
export const accountPnl: Handler = ([, requestId = '', account = ''], session, desk) => {
  if (!desk.view.accounts.includes(account)) return refuseAccount(session, requestId, account);
  session.subscriptions.pnl.set(requestId, account);
  sendPnl(session, desk);
};

/** 93 */
export const cancelAccountPnl: Handler = ([, requestId = ''], session) => {
  session.subscriptions.pnl.delete(requestId);
};

/** 94 */
export const positionPnl: Handler = ([, requestId = '', account = '', , conId], session, desk) => {
  if (!desk.view.accounts.includes(account)) return refuseAccount(session, requestId, account);
  session.subscriptions.pnlSingle.set(requestId, { account, conId: Number(conId) });
  sendPnl(session, desk);
};

/** 95 */
export const cancelPositionPnl: Handler = ([, requestId = ''], session) => {
  session.subscriptions.pnlSingle.delete(requestId);
};
