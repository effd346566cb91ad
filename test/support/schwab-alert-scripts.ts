import type { Market, SchwabSimulator } from '../../simulators/index.js';
import { atLeast, near, none, type AlertScript } from './alert-script.js';
import type { AlertStage } from './alert-stage.js';
import { helper } from './nodes.js';

/** A margin account that has borrowed a little, holds stocks, and has written options. */
const MARGIN = '01234567';
const CASH = '52810394';
const SAVINGS = '90417263';
const AAPL = 265598;
const WRITTEN_PUT = 'AAPL  270115P00200000';
const HELD_PUT = 'AAPL  270115P00180000';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface SchwabScene {
  readonly stage: AlertStage;
  readonly schwab: SchwabSimulator;
  readonly market: Market;
}
export interface SchwabScript extends AlertScript<SchwabScene> {
  /** Accounts that the user has ticked at first; absent = all. */
  readonly ticked?: readonly string[];
}

const account = (): string => MARGIN;
const ledgerOf = ({ market }: SchwabScene) => {
  const found = market.ledger().schwab.accounts.find(({ accountNumber }) => accountNumber === MARGIN);
  if (found === undefined) throw new Error('the account is gone');
  return found;
};

/** An order far from the market, known to account-sync before anything else happens to it. */
const waitingOrder = async ({ market, stage }: SchwabScene): Promise<string> => {
  const legs = [{ symbol: 'MSFT', instruction: 'BUY', quantity: 3 }] as const;
  const orderId = market.schwab.placeOrder({ account: MARGIN, legs, orderType: 'LIMIT', price: 100 });
  await stage.pass(30_000);
  return orderId;
};

/** As the user does it: the button, Schwab's page with these accounts ticked, the address that it leads back to. */
const logInAgain =
  (ticked?: readonly string[]) =>
  async ({ schwab }: SchwabScene): Promise<void> => {
    const post = async (path: string, body: object) =>
      await helper.request().post(`/brokerage/schwab/schwab/login/${path}`).send(body);
    const { appKey, appSecret, callbackUrl, url: apiUrl } = schwab;
    const { body } = await post('begin', { appKey, appSecret, callbackUrl, apiUrl });
    const state = new URL(String(body.url)).searchParams.get('state') ?? '';
    const done = await post('complete', { pasted: schwab.authorize(state, ticked) });
    if (done.status !== 200) throw new Error(JSON.stringify(done.body));
  };

const failing = (name: string, argument?: string): Pick<SchwabScript, 'cause' | 'end'> => ({
  cause: ({ schwab }) => void schwab.fault(name, argument),
  end: ({ schwab }) => schwab.clearFaults(),
});
const signIn = { metric: 'loginHoursLeft', end: logInAgain() };
const booked = { metric: 'activity', account };
const expiring = {
  metric: 'daysToExpiry',
  account,
  cause: async ({ stage }: SchwabScene) => await stage.sleep(DAY_MS),
  end: ({ market }: SchwabScene) => market.schwab.closePosition(MARGIN, HELD_PUT),
};
/** Ordered before the close of the day on which the test begins in the evening. */
let orderOfTheDay = '';

/** What a test says → what it does, with accounts at Schwab. */
export const SCHWAB_SCRIPTS: Readonly<Record<string, SchwabScript>> = {
  '3: is critical when Schwab says that the account is in a margin call, until it is met': {
    rule: { id: 'margin-call' },
    severity: 'critical',
    metric: 'isMarginCall',
    says: /margin call/,
    account,
    cause: ({ market }) => market.schwab.setMarginCall(MARGIN, true),
    value: atLeast(1, 1),
    end: ({ market }) => market.schwab.setMarginCall(MARGIN, false),
  },
  '3: is critical, once, when Schwab books a margin call': {
    rule: { id: 'margin-call-booked' },
    severity: 'critical',
    says: /margin call: MARGIN CALL/,
    within: 700,
    ...booked,
    cause: ({ market }) => market.schwab.bookMarginCall(MARGIN),
    value: atLeast(0, 0),
  },
  '16: warns once that an order was refused, and why': {
    rule: { id: 'order-rejected' },
    severity: 'warning',
    metric: 'orderStatus',
    says: /buy 3 MSFT: rejected: The account is not approved for this level/,
    account,
    cause: async (scene) => scene.market.schwab.rejectOrder(await waitingOrder(scene)),
    value: none,
  },
  '18: warns when a cancellation has been on its way for two minutes, until it has arrived': {
    rule: { id: 'order-stuck' },
    severity: 'warning',
    metric: 'orderPendingSeconds',
    says: /MSFT.*pending/,
    account,
    within: 300,
    cause: async (scene) => scene.market.schwab.requestCancel((orderOfTheDay = await waitingOrder(scene))),
    value: atLeast(120, 300),
    end: ({ market }) => market.schwab.cancelOrder(orderOfTheDay),
  },
  '18: warns when an order of the day is still open after the last trade of the evening, until it has expired':
    {
      rule: { id: 'day-order-left' },
      from: Date.UTC(2026, 10, 25, 0, 50),
      severity: 'warning',
      metric: 'dayOrderAfterClose',
      says: /IBM.*day order open after the close/,
      account,
      within: 1_200,
      prepare: ({ schwab: book }) => {
        const legs = [{ symbol: 'IBM', instruction: 'BUY', quantity: 1 }] as const;
        const order = { account: MARGIN, legs, orderType: 'LIMIT', price: 50 } as const;
        orderOfTheDay = book.at(Date.UTC(2026, 10, 24, 19), () => book.placeOrder(order));
      },
      cause: async ({ stage }) => await stage.pass(8 * 60_000),
      value: atLeast(1, 1),
      end: ({ market }) => market.schwab.cancelOrder(orderOfTheDay),
    },
  '19: tells that an option expires in seven days, until it is sold': {
    rule: { id: 'expiry-week', scope: { symbol: HELD_PUT } },
    from: Date.UTC(2027, 0, 7, 16),
    severity: 'info',
    says: /days to expiry 7/,
    value: atLeast(7, 7),
    ...expiring,
  },
  '19: warns when an option expires tomorrow, until it is sold': {
    rule: { id: 'expiry-day', scope: { symbol: HELD_PUT } },
    from: Date.UTC(2027, 0, 13, 16),
    severity: 'warning',
    says: /days to expiry 1/,
    value: atLeast(1, 1),
    ...expiring,
  },
  '20: warns when a written option is in the money three days before its end, until it is not': {
    rule: { id: 'short-option-itm' },
    from: Date.UTC(2027, 0, 12, 16),
    severity: 'warning',
    metric: 'shortInTheMoney',
    says: /AAPL.*short option in the money/,
    account,
    within: 500,
    cause: ({ market }) => market.setPrice(AAPL, 190),
    value: atLeast(1, 1),
    end: ({ market }) => market.setPrice(AAPL, 232.4),
  },
  '21: is critical, once, when a written option ends and its shares come without a fill': {
    rule: { id: 'assignment' },
    severity: 'critical',
    metric: 'assignment',
    says: /ended and brought [1-4]00 AAPL, without a fill/,
    account,
    within: 300,
    cause: ({ market }) => market.schwab.assign(MARGIN, WRITTEN_PUT),
    value: atLeast(100, 400),
  },
  '21: is critical, once, when Schwab books an assignment on the next morning': {
    rule: { id: 'assignment-booked' },
    severity: 'critical',
    says: /assignment: AAPL/,
    within: 700,
    ...booked,
    cause: async ({ market, stage }) => {
      market.schwab.assign(MARGIN, WRITTEN_PUT);
      await stage.pass(60_000);
      market.schwab.bookNight(MARGIN);
    },
    value: atLeast(0, 0),
  },
  '22: tells once that money came in': {
    rule: { id: 'money-in' },
    severity: 'info',
    says: /deposit: MONEYLINK TRANSFER IN/,
    ...booked,
    cause: ({ market }) => market.schwab.depositCash(MARGIN, 500),
    value: atLeast(500, 500),
  },
  '22: is critical, once, when money left the account': {
    rule: { id: 'money-out' },
    severity: 'critical',
    says: /withdrawal: MONEYLINK TRANSFER OUT/,
    ...booked,
    cause: ({ market }) => market.schwab.withdraw(MARGIN, 250),
    value: atLeast(-250, -250),
  },
  '23: tells once that a dividend was booked': {
    rule: { id: 'income' },
    severity: 'info',
    says: /dividend: \w+/,
    ...booked,
    cause: ({ market }) => market.schwab.dividend(MARGIN, 'AAPL', 12.34),
    value: atLeast(12.34, 12.34),
  },
  '24: tells that more than a fifth has been cash for an hour, until it is paid out': {
    rule: { id: 'cash-idle' },
    sync: { accounts: '4567', pollSeconds: '600' },
    severity: 'info',
    metric: 'cashPercent',
    says: /cash share [3-5]\d/,
    account,
    within: 4_000,
    cause: ({ market }) => market.schwab.depositCash(MARGIN, 60_000),
    value: near((scene) => {
      const { cash, netLiquidation } = ledgerOf(scene);
      return (cash / netLiquidation) * 100;
    }),
    end: ({ market }) => market.schwab.withdraw(MARGIN, 60_000),
  },
  '26: warns when figures are a quarter of an hour old while the market is open, until there are new ones': {
    rule: { id: 'data-stale' },
    severity: 'warning',
    metric: 'dataAgeSeconds',
    says: /age of the figures/,
    account,
    within: 1_300,
    value: atLeast(900, 1_200),
    ...failing('schwab-status', '503'),
  },
  '27: tells two days before that the login will end, until it is renewed': {
    rule: { id: 'login-48h' },
    severity: 'info',
    says: /my Schwab: time until the login ends 4[67]/,
    cause: async ({ stage }) => await stage.sleep(5 * DAY_MS + HOUR_MS),
    value: atLeast(46, 47),
    ...signIn,
  },
  '27: warns a day before that the login will end, until it is renewed': {
    rule: { id: 'login-24h' },
    severity: 'warning',
    says: /my Schwab: time until the login ends 2[23]/,
    cause: async ({ stage }) => await stage.sleep(6 * DAY_MS + HOUR_MS),
    value: atLeast(22, 23),
    ...signIn,
  },
  '27: is critical six hours before the login ends, until it is renewed': {
    rule: { id: 'login-6h' },
    severity: 'critical',
    says: /my Schwab: time until the login ends [45]/,
    cause: async ({ stage }) => await stage.sleep(6 * DAY_MS + 19 * HOUR_MS),
    value: atLeast(4, 5),
    ...signIn,
  },
  '27: is critical as soon as Schwab refuses the login, until it is renewed': {
    rule: { id: 'login-6h' },
    severity: 'critical',
    says: /my Schwab: time until the login ends 0/,
    cause: ({ schwab }) => schwab.revokeLogin(),
    value: atLeast(0, 0),
    ...signIn,
  },
  '28: warns when figures have contradicted each other for a minute, until they fit': {
    rule: { id: 'mismatch' },
    severity: 'warning',
    metric: 'reconcileMismatchSeconds',
    says: /have not fitted together/,
    account,
    value: atLeast(60, 200),
    ...failing('schwab-empty-positions'),
  },
  '29: warns when more than a fifth of the requests of ten minutes fail, until those are over': {
    rule: { id: 'api-errors' },
    severity: 'warning',
    metric: 'apiErrorPercent',
    says: /my Schwab: share of failed requests/,
    within: 1_300,
    value: atLeast(20, 100),
    ...failing('schwab-status', '503'),
  },
  '29: warns when Schwab refuses because of too many requests, until it does not': {
    rule: { id: 'rate-limited' },
    severity: 'warning',
    metric: 'rateLimited',
    says: /my Schwab: rate limited/,
    within: 600,
    value: atLeast(1, 1),
    ...failing('schwab-429', '60'),
  },
  '32: warns once of an account that was not there before': {
    rule: { id: 'new-account' },
    sync: {},
    ticked: [MARGIN, CASH],
    severity: 'warning',
    metric: 'account',
    says: /the account …7263 appeared/,
    account: () => SAVINGS,
    cause: logInAgain([MARGIN, CASH, SAVINGS]),
    value: none,
  },
  '32: warns once of an order that another program has entered': {
    rule: { id: 'unknown-order-tag' },
    severity: 'warning',
    metric: 'orderTag',
    says: /entered with the tag SOMEBODY_ELSE/,
    account,
    cause: ({ market }) =>
      market.schwab.placeOrder({
        account: MARGIN,
        legs: [{ symbol: 'MSFT', instruction: 'BUY', quantity: 1 }],
        orderType: 'LIMIT',
        price: 100,
        tag: 'SOMEBODY_ELSE',
      }),
    value: none,
  },
};
