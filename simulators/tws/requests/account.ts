import { accountDownloadEnd, accountMultiEnd, summaryEnd, updateAccountTime } from '../encode/messages.js';
import { minuteOfDay } from '../clock.js';
import { noticeText } from '../notices.js';
import { accountMultiRows, portfolioRows, summaryRows, valueRows } from '../rows.js';
import type { ApiSession } from '../client.js';
import { ChangedRows } from '../subscriptions.js';
import { accountsNamed, refuseAccount, type Handler } from './request.js';

const unsubscribe = (session: ApiSession): void => {
  if (!session.subscriptions.account) return;
  session.subscriptions.account = null;
  session.error({ id: -1, code: 2100, text: noticeText(2100) });
};

/** 6: one account for all clients of a TWS; whoever asks for another one takes the subscription away. */
export const accountUpdates: Handler = ([, , subscribe, code = ''], session, desk) => {
  if (subscribe !== '1') return unsubscribe(session);
  const account = code === '' ? desk.view.accounts[0] : code;
  if (account === undefined || !desk.view.accounts.includes(account))
    return refuseAccount(session, '-1', code);
  for (const other of desk.sessions) {
    if (other !== session && other.subscriptions.account && other.subscriptions.account.account !== account)
      unsubscribe(other);
  }
  const changed = new ChangedRows();
  session.subscriptions.account = { account, changed };
  const rows = [
    ...changed.take(valueRows(desk.view, account)),
    ...changed.take(portfolioRows(desk.view, account)),
  ];
  session.download({
    id: '54',
    rows: [...rows, updateAccountTime(minuteOfDay(new Date()))],
    end: accountDownloadEnd(account),
  });
};

const SUMMARIES_PER_CLIENT = 2;

/** 62 */
export const summary: Handler = ([, , requestId = '', group = '', tags = ''], session, desk) => {
  const { summaries } = session.subscriptions;
  if (summaries.has(requestId)) {
    return session.error({
      id: requestId,
      code: 322,
      text: "Error processing request.-'bD' : cause - Duplicate ticker id",
    });
  }
  if (summaries.size >= SUMMARIES_PER_CLIENT) {
    const cause =
      'Maximum number of account summary requests exceeded; desubscribe to previous request first';
    return session.error({
      id: requestId,
      code: 322,
      text: `Error processing request.-'bD' : cause - ${cause}`,
    });
  }
  const asked = new Set(tags.split(',').map((tag) => tag.trim()));
  const subscription = { tags: asked, accounts: accountsNamed(desk.view, group), changed: new ChangedRows() };
  summaries.set(requestId, subscription);
  const rows = subscription.changed.take(summaryRows(desk.view, requestId, subscription));
  session.download({ id: '64', rows, end: summaryEnd(requestId) });
};

/** 63: cancelling what is not open costs the connection (rust-ibapi #258, #259). */
export const cancelSummary: Handler = ([, , requestId = ''], session) => {
  if (session.subscriptions.summaries.delete(requestId)) return;
  session.error({ id: -1, code: 320, text: "Error reading request. Unable to parse field: 'Client Req Id'" });
  session.hangUp();
};

/** 76 */
export const accountMulti: Handler = ([, , requestId = '', account = '', , ledgerOnly], session, desk) => {
  const accounts = accountsNamed(desk.view, account);
  if (accounts.length === 0) return refuseAccount(session, requestId, account);
  const subscription = { accounts, ledgerOnly: ledgerOnly === '1', changed: new ChangedRows() };
  session.subscriptions.accountMulti.set(requestId, subscription);
  const rows = subscription.changed.take(accountMultiRows(desk.view, requestId, subscription));
  session.download({ id: '74', rows, end: accountMultiEnd(requestId) });
};

/** 77 */
export const cancelAccountMulti: Handler = ([, , requestId = ''], session) => {
  session.subscriptions.accountMulti.delete(requestId);
};
