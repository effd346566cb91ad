import { round } from '../../market/round.js';
import type { TradingDesk } from './desk.js';
import type { SimpleOrder } from './new-order.js';
import type { AccountState } from './state.js';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

const CALLS = ['AAPL  270115C00250000', 'AAPL  270115C00270000'] as const;
const PUTS = ['AAPL  270115P00200000', 'AAPL  270115P00180000'] as const;

const equity = (symbol: string, instruction: 'BUY' | 'SELL', quantity: number): SimpleOrder['legs'] => [
  { symbol, instruction, quantity },
];

/** Every kind of order that ends, in the weeks before today. */
export const playHistory = (book: TradingDesk, { accountNumber: account, type }: AccountState): void => {
  const now = book.now();
  const price = (symbol: string): number => book.price(book.instrument(symbol));
  const near = (symbol: string, factor: number): number => round(price(symbol) * factor, 2);
  const daysAgo = (days: number, act: () => void): void => book.at(now - days * DAY_MS, act);
  daysAgo(75, () => {
    // Older than the 60 days that /orders reaches back, and still open.
    const cancelDate = new Date(now + 60 * DAY_MS).toISOString().slice(0, 10);
    const legs = equity('AAPL', 'SELL', 5);
    book.placeOrder({
      account,
      legs,
      orderType: 'LIMIT',
      price: near('AAPL', 1.8),
      duration: 'GOOD_TILL_CANCEL',
      cancelDate,
    });
  });
  daysAgo(30, () => book.depositCash(account, 1500));
  daysAgo(20, () => book.fillOrder(book.placeOrder({ account, legs: equity('MSFT', 'BUY', 3) })));
  daysAgo(12, () => {
    const old = book.placeOrder({
      account,
      legs: equity('MSFT', 'BUY', 10),
      orderType: 'LIMIT',
      price: near('MSFT', 0.97),
    });
    book.fillOrder(book.replaceOrder(old, { price: near('MSFT', 0.98) }));
  });
  daysAgo(10, () => book.dividend(account, 'MSFT', 7.47));
  daysAgo(8, () => {
    const orderId = book.placeOrder({
      account,
      legs: equity('MSFT', 'BUY', 50),
      orderType: 'LIMIT',
      price: near('MSFT', 0.99),
    });
    book.fillOrder(orderId, 4);
    book.cancelOrder(orderId);
  });
  daysAgo(6, () =>
    book.rejectOrder(
      book.placeOrder({
        account,
        legs: [{ symbol: CALLS[0], instruction: 'SELL_TO_OPEN', quantity: 40 }],
        orderType: 'LIMIT',
        price: near(CALLS[0], 1),
      }),
    ),
  );
  if (type === 'MARGIN') daysAgo(5, () => tradeVertical(book, account));
  daysAgo(2, () => book.withdraw(account, 250));
};

const tradeVertical = (book: TradingDesk, account: string): void => {
  const net = round(
    Math.max(0.01, book.price(book.instrument(PUTS[0])) - book.price(book.instrument(PUTS[1]))),
    2,
  );
  book.fillOrder(
    book.placeOrder({
      account,
      orderType: 'NET_CREDIT',
      price: net,
      complex: 'VERTICAL',
      legs: [
        { symbol: PUTS[0], instruction: 'SELL_TO_OPEN', quantity: 1 },
        { symbol: PUTS[1], instruction: 'BUY_TO_OPEN', quantity: 1 },
      ],
    }),
  );
};

/** What is in the book this morning: a fill, a part of one, and orders that wait. */
export const playToday = (book: TradingDesk, { accountNumber: account, type }: AccountState): void => {
  const now = book.now();
  const near = (symbol: string, factor: number): number =>
    round(book.price(book.instrument(symbol)) * factor, 2);
  const minutesAgo = (minutes: number, act: () => void): void => book.at(now - minutes * MINUTE_MS, act);
  minutesAgo(50, () => book.fillOrder(book.placeOrder({ account, legs: equity('NVDA', 'BUY', 6) })));
  minutesAgo(40, () => {
    const legs = equity('AMD', 'BUY', 12);
    const orderId = book.placeOrder({ account, legs, orderType: 'LIMIT', price: near('AMD', 0.999) });
    book.at(now - 35 * MINUTE_MS, () => book.fillOrder(orderId, 5));
  });
  if (type === 'MARGIN') minutesAgo(30, () => placeCondor(book, account));
  minutesAgo(20, () =>
    book.placeOrder({
      account,
      legs: equity('IBM', 'BUY', 2),
      orderType: 'LIMIT',
      price: near('IBM', 0.95),
      triggers: [
        { legs: equity('IBM', 'SELL', 2), orderType: 'LIMIT', price: near('IBM', 1.05) },
        { legs: equity('IBM', 'SELL', 2), orderType: 'STOP', stopPrice: near('IBM', 0.9) },
      ],
    }),
  );
};

const placeCondor = (book: TradingDesk, account: string): void => {
  book.placeOrder({
    account,
    status: 'PENDING_ACTIVATION',
    orderType: 'NET_CREDIT',
    price: 1.85,
    complex: 'IRON_CONDOR',
    legs: [
      { symbol: CALLS[0], instruction: 'SELL_TO_OPEN', quantity: 1 },
      { symbol: CALLS[1], instruction: 'BUY_TO_OPEN', quantity: 1 },
      { symbol: PUTS[0], instruction: 'SELL_TO_OPEN', quantity: 1 },
      { symbol: PUTS[1], instruction: 'BUY_TO_OPEN', quantity: 1 },
    ],
  });
};
