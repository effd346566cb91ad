import type { LedgerBalances, LedgerPosition } from '../../market/ledger.js';
import type { MarketView } from '../../market/types.js';
import { money, plain, type Fields } from '../fields.js';
import { heldContract, names } from './contract.js';

/** Message 7. While an account is not ready its figures are zero, as during a server reset. */
export const updatePortfolio = (view: MarketView, account: string, position: LedgerPosition): Fields => {
  const instrument = view.instrument(position.conId);
  const known = view.isReady(account) ? 1 : 0;
  return [
    '7',
    '8',
    ...heldContract(instrument),
    instrument.exchange,
    ...names(instrument),
    plain(position.quantity),
    plain(position.marketPrice * known),
    money(position.marketValue * known),
    plain(position.averageCost * known),
    money(position.unrealizedPnl * known),
    money(position.realizedPnl * known),
    account,
  ];
};

/** Message 61. */
export const positionRow = (view: MarketView, account: string, position: LedgerPosition): Fields => [
  '61',
  '3',
  account,
  ...positionBody(view, position),
];

/** Message 71; the model code is last on the wire. */
export const positionMultiRow = (
  view: MarketView,
  to: { readonly requestId: string; readonly account: string },
  position: LedgerPosition,
): Fields => ['71', '1', to.requestId, to.account, ...positionBody(view, position), ''];

const positionBody = (
  view: MarketView,
  { conId, quantity, averageCost }: LedgerPosition,
): readonly string[] => {
  const instrument = view.instrument(conId);
  return [
    ...heldContract(instrument),
    instrument.exchange,
    ...names(instrument),
    plain(quantity),
    plain(averageCost),
  ];
};

/** Message 94. */
export const pnl = (requestId: string, { dayPnl, unrealizedPnl, realizedPnl }: LedgerBalances): Fields => [
  '94',
  requestId,
  plain(dayPnl),
  plain(unrealizedPnl),
  plain(realizedPnl),
];

/** Message 95. */
export const pnlSingle = (
  requestId: string,
  { quantity, dailyPnl, unrealizedPnl, realizedPnl, marketValue }: LedgerPosition,
): Fields => [
  '95',
  requestId,
  plain(quantity),
  plain(dailyPnl),
  plain(unrealizedPnl),
  plain(realizedPnl),
  plain(marketValue),
];
