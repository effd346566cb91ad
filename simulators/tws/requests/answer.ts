import { currentTime, managedAccounts } from '../encode/messages.js';
import { READ_ONLY_TEXT } from '../notices.js';
import * as account from './account.js';
import * as orders from './orders.js';
import * as positions from './positions.js';
import type { Handler } from './request.js';

const time: Handler = (_, session, { timeOncePerSecond }) => {
  const second = Math.floor(Date.now() / 1000);
  if (timeOncePerSecond && session.lastTimeAnswer === second) return;
  session.lastTimeAnswer = second;
  session.send([currentTime(second * 1000)]);
};

/** message id → answer */
const HANDLERS: ReadonlyMap<string, Handler> = new Map([
  ['6', account.accountUpdates],
  ['7', orders.executions],
  ['16', orders.allOpenOrders],
  ['17', (_, session, { view }) => session.send([managedAccounts(view.accounts)])],
  ['49', time],
  ['61', positions.positions],
  ['62', account.summary],
  ['63', account.cancelSummary],
  ['64', positions.cancelPositions],
  ['74', positions.positionsMulti],
  ['75', positions.cancelPositionsMulti],
  ['76', account.accountMulti],
  ['77', account.cancelAccountMulti],
  ['92', positions.accountPnl],
  ['93', positions.cancelAccountPnl],
  ['94', positions.positionPnl],
  ['95', positions.cancelPositionPnl],
  ['99', orders.completedOrders],
]);

/** Where a refused request carries the id that its error goes to. */
const ID_AT: Readonly<Record<string, number>> = { 3: 1, 4: 2, 21: 2 };

/** Everything else changes something at the broker, or is not for a read-only client: refused and written down. */
const refuse: Handler = (fields, session, desk) => {
  const messageId = fields[0] ?? '';
  desk.violate({ clientId: session.clientId, messageId, fields });
  const id = fields[ID_AT[messageId] ?? -1];
  session.error({ id: id !== undefined && /^-?\d+$/.test(id) ? id : -1, code: 321, text: READ_ONLY_TEXT });
};

/** Answers one request of a client that is ready. */
export const answer: Handler = (fields, session, desk) => {
  const handler = HANDLERS.get(fields[0] ?? '') ?? refuse;
  handler(fields, session, desk);
};
