import type { Random } from '../../market/random.js';
import { round } from '../../market/round.js';
import type { TradingDesk } from './desk.js';
import { quantityOf } from './booking.js';
import type { SchwabInstrument } from './instruments.js';
import type { OrderState } from './state.js';

const OPEN_ORDERS_PER_ACCOUNT = 8;

/** One step of a person trading at Schwab: place, fill in part or whole, cancel, replace or close. */
export const schwabTradeOnce = (book: TradingDesk, random: Random): void => {
  const account = random.pick(book.accounts.filter((one) => book.state(one).trades));
  if (account === undefined) return;
  const open = book.workingOrders(account);
  const order = random.pick(open);
  const roll = random.next();
  const mayRest = open.length < OPEN_ORDERS_PER_ACCOUNT;
  if (order && (roll < 0.3 || !mayRest)) return touch(book, random, order);
  if (roll < 0.36) return closeOne(book, random, account);
  if (roll < 0.4) return reject(book, account);
  if (roll < 0.5 && book.state(account).type === 'MARGIN') return placeVertical(book, random, account);
  place(book, random, account);
};

const touch = (book: TradingDesk, random: Random, order: OrderState): void => {
  const id = String(order.orderId);
  const roll = random.next();
  if (roll < 0.2) return book.cancelOrder(id);
  if (roll < 0.35 && order.price !== null && order.strategy === 'SINGLE' && order.parentOrderId === null)
    return void book.replaceOrder(id, { price: round(order.price * 1.001, 2) });
  if (!canFill(book, order)) return book.cancelOrder(id);
  const remaining = quantityOf(order.quantity - order.filled);
  const whole = remaining <= 1 || random.chance(0.5);
  book.fillOrder(id, whole ? remaining : random.integer(1, Math.ceil(remaining) - 1));
};

/** A cash account pays what it buys and sells what it has. */
const canFill = (book: TradingDesk, order: OrderState): boolean => {
  const state = book.state(order.accountNumber);
  if (state.type === 'MARGIN') return true;
  return order.legs.every(({ instrument, instruction, quantity }) => {
    const held = state.lines.get(instrument.symbol)?.quantity ?? 0;
    return instruction.startsWith('BUY')
      ? state.cash > quantity * (order.price ?? book.price(instrument)) * instrument.multiplier + 10
      : held >= quantity;
  });
};

const closeOne = (book: TradingDesk, random: Random, account: string): void => {
  const line = random.pick(book.lines(account).filter(({ instrument }) => instrument.follows !== null));
  if (!line) return;
  const pays = line.quantity < 0 ? -line.marketValue + 10 : 0;
  if (book.state(account).type === 'CASH' && pays > book.state(account).cash) return;
  book.closePosition(account, line.instrument.symbol);
};

const reject = (book: TradingDesk, account: string): void => {
  const legs = [{ symbol: 'AAPL', instruction: 'BUY' as const, quantity: 10_000 }];
  const orderId = book.placeOrder({ account, legs });
  book.rejectOrder(orderId, 'This order exceeds the funds available for trading.');
};

const optionsOf = (book: TradingDesk): readonly SchwabInstrument[] =>
  [...book.instruments.values()].filter(({ assetType }) => assetType === 'OPTION');

const placeVertical = (book: TradingDesk, random: Random, account: string): void => {
  const near = random.pick(optionsOf(book).filter(({ follows }) => follows?.factor === 1));
  const far = optionsOf(book).find(
    ({ follows }) => follows !== null && follows.conId === near?.follows?.conId && follows.factor !== 1,
  );
  if (!near || !far) return;
  const quantity = random.integer(1, 2);
  const sells = random.chance(0.5);
  const orderId = book.placeOrder({
    account,
    orderType: sells ? 'NET_CREDIT' : 'NET_DEBIT',
    price: Math.max(0.01, round(book.price(near) - book.price(far), 2)),
    complex: 'VERTICAL',
    legs: [
      { symbol: near.symbol, instruction: sells ? 'SELL_TO_OPEN' : 'BUY_TO_OPEN', quantity },
      { symbol: far.symbol, instruction: sells ? 'BUY_TO_OPEN' : 'SELL_TO_OPEN', quantity },
    ],
  });
  if (random.chance(0.5)) book.fillOrder(orderId);
};

const place = (book: TradingDesk, random: Random, account: string): void => {
  const instrument = random.pick(
    [...book.instruments.values()].filter(
      ({ assetType }) => assetType === 'EQUITY' || assetType === 'COLLECTIVE_INVESTMENT',
    ),
  );
  if (!instrument) return;
  const { symbol } = instrument;
  const held = book.state(account).lines.get(symbol)?.quantity ?? 0;
  const sells = held > 1 && random.chance(0.5);
  const most = sells ? Math.floor(held) : 5;
  const fraction = !sells && random.chance(0.3) ? round(random.next(), 4) : 0;
  const quantity = quantityOf(random.integer(1, most) + fraction);
  const isLimit = random.chance(0.5);
  const orderId = book.placeOrder({
    account,
    legs: [{ symbol, instruction: sells ? 'SELL' : 'BUY', quantity }],
    ...(isLimit
      ? {
          orderType: 'LIMIT',
          price: Math.max(0.01, round(book.price(instrument) * (sells ? 1.004 : 0.996), 2)),
        }
      : {}),
  });
  const [order] = book.workingOrders(account).filter((one) => String(one.orderId) === orderId);
  if (order && !canFill(book, order)) return book.cancelOrder(orderId);
  if (!isLimit) book.fillOrder(orderId);
};
