import type { Market } from '../../../simulators/index.js';
import type { Chance } from '../../../src/ports.js';
import { between } from '../play.js';
import type { SchwabFault } from './schwab-scenario.js';

const NO_FIGURES = [
  'schwab-html-200',
  'schwab-truncated-gzip',
  'schwab-truncated-json',
  'schwab-empty-body',
  'schwab-plain-204',
] as const;
const PATHS = ['', '', '@/accounts', '@/accounts$', '@/orders', '@/transactions'] as const;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Schwab's longest list. */
const MOST_ROWS = 3_000;

/** Answers that come, and are not what they should be. */
export const ANSWERS: readonly SchwabFault[] = [
  {
    number: 26,
    name: '200 without figures, positions that are missing',
    lasts: [1_000, 60_000],
    strike: ({ chance, pick, schwab }) => {
      const [name, path] =
        chance() < 0.5
          ? [pick('schwab-no-positions', 'schwab-empty-positions'), '']
          : [pick(...NO_FIGURES), pick(...PATHS)];
      const fault = schwab.fault(name, path);
      return () => fault.clear();
    },
  },
  {
    number: 28,
    name: 'lists that are cut after 3,000 rows',
    lasts: [1_000, 5_000],
    trades: 2,
    ordersKept: 2 * MOST_ROWS,
    // To make and to read such lists takes this machine a while, and Schwab has ten seconds for an answer.
    clockFactor: 10,
    prepare: crowd,
    // Only a new process looks back as far as Schwab goes.
    strike: async (stage) => {
      await stage.crash();
      return () => undefined;
    },
  },
  {
    number: 29,
    name: 'numbers as account ids, unknown statuses',
    lasts: [1_000, 60_000],
    strike: ({ pick, schwab }) => {
      const names = pick(
        [['schwab-numeric-accounts', '']],
        [['schwab-unknown-status', '@/orders']],
        [
          ['schwab-numeric-accounts', ''],
          ['schwab-unknown-status', '@/orders'],
        ],
      );
      const faults = names.map(([name = '', path]) => schwab.fault(name, path));
      return () => faults.forEach((fault) => fault.clear());
    },
  },
  {
    number: 30,
    name: 'redirect to another host',
    lasts: [1_000, 60_000],
    strike: ({ chance, pick, schwab, stranger }) => {
      const isToken = chance() < 0.3;
      const fault = isToken
        ? schwab.fault('schwab-token-redirect', stranger.url)
        : schwab.fault('schwab-redirect', `${stranger.url}${pick(...PATHS)}`);
      if (isToken) schwab.forgetAccessTokens();
      return () => fault.clear();
    },
  },
];

/** More orders in two months, or more money that moved today, than one list shows. */
function crowd({ schwab: book }: Market, chance: Chance): void {
  const [account = ''] = book.accounts;
  const now = book.now();
  const count = between(chance, MOST_ROWS, MOST_ROWS + 300);
  const isOrders = chance() < 0.3;
  for (let index = 0; index < count; index++) {
    const at = isOrders ? now - DAY_MS - chance() * 50 * DAY_MS : now - (index % 300) * MINUTE_MS;
    book.at(at, () => {
      if (!isOrders) return book.depositCash(account, between(chance, 1, 500) / 100);
      const legs = [{ symbol: 'MSFT', instruction: 'BUY' as const, quantity: 1 }];
      book.cancelOrder(book.placeOrder({ account, legs, orderType: 'LIMIT', price: 1 }));
    });
  }
}
