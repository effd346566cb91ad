import type { OrderType } from './ledger.js';
import type { Random } from './random.js';
import { round } from './round.js';
import type { Market } from './types.js';

const OPEN_ORDERS_PER_ACCOUNT = 5;

/** What the trader looks at; without prices, which would value ten thousand lines for every step. */
export interface TraderView {
  readonly held: (account: string) => readonly { readonly conId: number; readonly quantity: number }[];
  readonly open: (account: string) => readonly { readonly permId: string; readonly remaining: number }[];
}

/** One step of a person trading at TWS: place, fill in part or whole, cancel, close or flip. */
export const tradeOnce = (market: Market, random: Random, view: TraderView): void => {
  const account = random.pick(market.accounts);
  if (account === undefined) return;
  const open = random.pick(view.open(account));
  const held = random.pick(view.held(account));
  const roll = random.next();
  if (open && roll < 0.25) return fillSome(market, random, open);
  if (open && roll < 0.33) return market.cancelOrder(open.permId);
  if (held && roll < 0.38) return market.closePosition(account, held.conId);
  if (held && roll < 0.42) return flip(market, account, held);
  const permId = place(market, random, account);
  const mayRest = view.open(account).length <= OPEN_ORDERS_PER_ACCOUNT;
  if (permId !== undefined && (roll > 0.8 || !mayRest)) market.fillOrder(permId);
};

const fillSome = (market: Market, random: Random, order: ReturnType<TraderView['open']>[number]): void => {
  const isPartial = order.remaining > 1 && random.chance(0.5);
  market.fillOrder(order.permId, isPartial ? random.integer(1, order.remaining - 1) : order.remaining);
};

const flip = (
  market: Market,
  account: string,
  { conId, quantity }: { readonly conId: number; readonly quantity: number },
): void => {
  const side = quantity > 0 ? 'SELL' : 'BUY';
  market.fillOrder(
    market.placeOrder({ account, conId, side, quantity: Math.abs(quantity) * 2, orderType: 'MKT' }),
  );
};

const place = (market: Market, random: Random, account: string): string | undefined => {
  const instrument = random.pick(market.instruments);
  if (!instrument) return undefined;
  const { conId, secType, priceDigits } = instrument;
  const side = random.chance(0.5) ? 'BUY' : 'SELL';
  const orderType = random.pick<OrderType>(['MKT', 'LMT', 'STP']) ?? 'MKT';
  const away = side === 'BUY' ? 0.995 : 1.005;
  const towards = side === 'BUY' ? 1.005 : 0.995;
  const near = (factor: number): number => round(market.price(conId) * factor, priceDigits);
  const quantity =
    secType === 'STK' ? random.integer(1, 40) : random.integer(1, 3) * (secType === 'CASH' ? 1000 : 1);
  return market.placeOrder({
    account,
    conId,
    side,
    quantity,
    orderType,
    ...(orderType === 'LMT' ? { limitPrice: near(away) } : {}),
    ...(orderType === 'STP' ? { stopPrice: near(towards) } : {}),
  });
};
