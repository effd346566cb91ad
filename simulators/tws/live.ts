import type { MarketEvent, MarketView } from '../market/types.js';
import { minuteOfDay } from './clock.js';
import { updateAccountTime } from './encode/messages.js';
import { commissionReport, execDetails } from './encode/executions.js';
import { openOrder, orderStatus } from './encode/orders.js';
import { positionMultiRow, positionRow, updatePortfolio } from './encode/portfolio.js';
import type { Fields } from './fields.js';
import { accountMultiRows, pnlRows, portfolioRows, summaryRows, valueRows } from './rows.js';
import type { ApiSession } from './client.js';

type AccountEvent = Exclude<MarketEvent, { readonly kind: 'prices' | 'new-day' }>;

/** What a client is told at once, without asking. */
export const tellLive = (
  session: ApiSession,
  event: MarketEvent,
  { view, pushLiveFills }: { readonly view: MarketView; readonly pushLiveFills: boolean },
): void => {
  switch (event.kind) {
    case 'prices':
      return session.sendLive(session.subscriptions.pnlChanged.take(pnlRows(view, session.subscriptions)));
    case 'new-day':
      return pushValues(session, view);
    case 'position':
    case 'balances':
      return tellAccount(session, event, view);
    case 'order':
    case 'cancel':
    case 'fill':
    case 'correction':
      if (pushLiveFills) tellOrder(session, event, view);
  }
};

/** Account values, portfolio and summaries that changed: every three minutes in real TWS. */
export const pushValues = (session: ApiSession, view: MarketView): void => {
  const { account: subscribed } = session.subscriptions;
  if (subscribed) {
    const { account, changed } = subscribed;
    sendWithTime(session, [
      ...changed.take(valueRows(view, account)),
      ...changed.take(portfolioRows(view, account)),
    ]);
  }
  tellSummaries(session, view);
};

const sendWithTime = (session: ApiSession, rows: readonly Fields[]): void =>
  session.sendLive([...rows, updateAccountTime(minuteOfDay(new Date()))]);

const tellSummaries = (session: ApiSession, view: MarketView): void => {
  const { summaries, accountMulti, pnlChanged } = session.subscriptions;
  for (const [requestId, summary] of summaries)
    session.sendLive(summary.changed.take(summaryRows(view, requestId, summary)));
  for (const [requestId, multi] of accountMulti)
    session.sendLive(multi.changed.take(accountMultiRows(view, requestId, multi)));
  session.sendLive(pnlChanged.take(pnlRows(view, session.subscriptions)));
};

const tellAccount = (session: ApiSession, event: AccountEvent, view: MarketView): void => {
  const { account: subscribed } = session.subscriptions;
  const isSubscribed = subscribed?.account === event.account;
  if (event.kind === 'position') tellPosition(session, event, view);
  if (isSubscribed) {
    const lines = event.kind === 'balances' ? portfolioRows(view, event.account) : [];
    sendWithTime(session, [
      ...subscribed.changed.take(lines),
      ...subscribed.changed.take(valueRows(view, event.account)),
    ]);
  }
  tellSummaries(session, view);
};

/** The line in every form the client has asked for; a closed one comes once more, with quantity 0. */
const tellPosition = (
  session: ApiSession,
  { account, conId }: Extract<MarketEvent, { readonly kind: 'position' }>,
  view: MarketView,
): void => {
  const position = view.position(account, conId);
  if (!position) return;
  const { account: subscribed, positions, positionsMulti } = session.subscriptions;
  if (subscribed?.account === account) {
    session.sendLive(
      subscribed.changed.take([{ key: String(conId), fields: updatePortfolio(view, account, position) }]),
    );
  }
  if (positions) session.sendLive([positionRow(view, account, position)]);
  for (const [requestId, accounts] of positionsMulti) {
    if (accounts.includes(account))
      session.sendLive([positionMultiRow(view, { requestId, account }, position)]);
  }
};

type OrderEvent = Extract<MarketEvent, { readonly kind: 'order' | 'cancel' | 'fill' | 'correction' }>;

const tellOrder = (session: ApiSession, event: OrderEvent, view: MarketView): void => {
  const { account, permId } = event;
  const order = view.order(account, permId);
  if (!order) return;
  const { serverVersion } = session;
  const opened = openOrder(view, { account, order }, serverVersion);
  if (event.kind === 'order') return session.sendLive([opened, orderStatus(order)]);
  if (event.kind === 'cancel') {
    session.sendLive([orderStatus(order)]);
    return session.error({ id: order.orderId, code: 202, text: 'Order Canceled - reason:' });
  }
  const execution = view.executions(account).find(({ execId }) => execId === event.execId);
  if (!execution) return;
  const details = execDetails(view, { requestId: '-1', account, execution }, serverVersion);
  if (event.kind === 'correction') return session.sendLive([details, commissionReport(execution)]);
  // The order of a recorded fill: the order comes a second time with its commission (sv 164).
  const settled = openOrder(view, { account, order, withCommission: true }, serverVersion);
  session.sendLive([details, opened, orderStatus(order), settled, commissionReport(execution)]);
};
