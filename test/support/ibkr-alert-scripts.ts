import type { Market, TwsSimulator } from '../../simulators/index.js';
import { atLeast, near, none, type AlertScript } from './alert-script.js';
import type { AlertStage } from './alert-stage.js';

const AAPL = 265598;
const MSFT = 272093;
const SPY = 756733;

export interface IbkrScene {
  readonly stage: AlertStage;
  readonly gateway: TwsSimulator;
  readonly market: Market;
  readonly account: string;
}
type Script = AlertScript<IbkrScene>;
type Trader = Pick<IbkrScene, 'account' | 'market'>;

const account = (scene: IbkrScene): string => scene.account;
const balancesOf = ({ account: own, market }: Trader) => market.balances(own);
const lineOf = ({ account: own, market }: Trader, conId: number) => {
  const line = market.position(own, conId);
  if (line === undefined) throw new Error(`${conId} is not held`);
  return line;
};

/** Buys shares of SPY for so much money, on margin where the cash does not suffice, or sells them (< 0). */
const invest = ({ account: own, market }: Trader, money: number): void => {
  const quantity = Math.round(Math.abs(money) / market.price(SPY));
  const side = money > 0 ? 'BUY' : 'SELL';
  market.fillOrder(market.placeOrder({ account: own, conId: SPY, side, quantity, orderType: 'MKT' }));
};
const investAtFirst =
  (money: number) =>
  (market: Market): void =>
    invest({ market, account: market.accounts[0] ?? '' }, money);
/** What must be spent until the cushion is this: a quarter of it becomes margin. */
const spentUntil = (cushion: number) => (scene: IbkrScene) =>
  ((balancesOf(scene).cushion - cushion) * balancesOf(scene).netLiquidation) / 0.25;

/** Spends money until something is so, and takes it back. */
const spending = (money: (scene: IbkrScene) => number): Pick<Script, 'account' | 'cause' | 'end'> => {
  let spent = 0;
  return {
    account,
    cause: (scene) => invest(scene, (spent = money(scene))),
    end: (scene) => invest(scene, -spent),
  };
};

/** The price of what is held changes until something is so, and changes back. */
const pricing = (
  conId: number,
  price: (scene: IbkrScene) => number,
): Pick<Script, 'account' | 'cause' | 'end'> => {
  let before = 0;
  const become = ({ gateway, market }: IbkrScene, to: number): void => {
    market.setPrice(conId, to);
    gateway.pushValues();
  };
  return {
    account,
    cause: (scene) => {
      before = scene.market.price(conId);
      become(scene, price(scene));
    },
    end: (scene) => become(scene, before),
  };
};
/** The price at which what is held of SPY has made so many percent of the account today. */
const dayResult = (percent: number) => (scene: IbkrScene) => {
  const { dayPnl, netLiquidation } = balancesOf(scene);
  const missing = (percent / 100) * (netLiquidation - dayPnl) - dayPnl;
  return scene.market.price(SPY) + missing / lineOf(scene, SPY).quantity;
};
/** The price at which the account is worth so many percent less than now. */
const fallBy = (percent: number) => (scene: IbkrScene) =>
  scene.market.price(SPY) -
  (percent / 100) * (balancesOf(scene).netLiquidation / lineOf(scene, SPY).quantity);

const margin = { metric: 'cushion', value: near((scene: IbkrScene) => balancesOf(scene).cushion) };
const loss = {
  metric: 'dayPnlPercent',
  prepare: investAtFirst(150_000),
  value: near((scene: IbkrScene) => {
    const { dayPnl, netLiquidation } = balancesOf(scene);
    return (dayPnl / (netLiquidation - dayPnl)) * 100;
  }),
};
const fall = { metric: 'drawdownPercent', prepare: investAtFirst(150_000) };
const unrealized = {
  metric: 'unrealizedPercent',
  value: near((scene: IbkrScene) => {
    const { averageCost, quantity, unrealizedPnl } = lineOf(scene, AAPL);
    return (unrealizedPnl / (averageCost * quantity)) * 100;
  }),
};
const worth = {
  metric: 'netLiquidation',
  value: near((scene: IbkrScene) => balancesOf(scene).netLiquidation),
};
const paid = (amount: (scene: IbkrScene) => number): Pick<Script, 'account' | 'cause' | 'end'> => {
  let moved = 0;
  return {
    account,
    cause: (scene) => scene.market.depositCash(scene.account, (moved = amount(scene))),
    end: (scene) => scene.market.depositCash(scene.account, -moved),
  };
};
const order = (scene: IbkrScene, quantity: number): string =>
  scene.market.placeOrder({
    account: scene.account,
    conId: AAPL,
    side: 'BUY',
    quantity,
    orderType: 'LMT',
    limitPrice: scene.market.price(AAPL) - 1,
  });
const cutOff: Pick<Script, 'cause' | 'end' | 'metric'> = {
  metric: 'connectionDownSeconds',
  cause: async ({ gateway }) => {
    await gateway.stopListening();
    gateway.disconnectAll();
  },
  end: async ({ gateway }) => await gateway.startListening(),
};

/** What a test says → what it does, with an account behind a gateway. */
export const IBKR_SCRIPTS: Readonly<Record<string, Script>> = {
  '1: warns when a purchase on margin leaves a cushion below 10 %, until it is sold': {
    rule: { id: 'cushion-low' },
    severity: 'warning',
    says: /margin cushion 7\.9\d? ?%.*10 %/,
    ...margin,
    ...spending(spentUntil(0.08)),
  },
  '1: is critical when the cushion is below 5 %': {
    rule: { id: 'cushion-critical' },
    severity: 'critical',
    says: /margin cushion [23]\.\d+ %.*5 %/,
    ...margin,
    ...spending(spentUntil(0.03)),
  },
  '2: is critical when excess liquidity is below 0': {
    rule: { id: 'excess-liquidity' },
    severity: 'critical',
    metric: 'excessLiquidity',
    says: /excess liquidity -/,
    value: near((scene: IbkrScene) => balancesOf(scene).excessLiquidity),
    ...spending(spentUntil(-0.02)),
  },
  '3: is critical when excess liquidity below 0 means a margin call at IBKR': {
    rule: { id: 'margin-call' },
    severity: 'critical',
    metric: 'isMarginCall',
    says: /margin call/,
    value: atLeast(1, 1),
    ...spending(spentUntil(-0.02)),
  },
  '4: warns when the margin of the night will be more than there is, until it is called off': {
    rule: { id: 'look-ahead-liquidity' },
    severity: 'warning',
    metric: 'lookAheadExcessLiquidity',
    says: /excess liquidity at the next margin change -/,
    account,
    cause: (scene) => {
      const { equityWithLoan, maintenanceMargin } = balancesOf(scene);
      const next = {
        factor: (1.1 * equityWithLoan) / maintenanceMargin,
        at: scene.stage.clock.now() + 7_200_000,
      };
      scene.market.announceMargin(scene.account, next);
    },
    value: near((scene: IbkrScene) => balancesOf(scene).lookAhead.excessLiquidity),
    end: ({ account: own, market }) => market.announceMargin(own, null),
  },
  '5: warns when the day has cost 4 %, until prices recover': {
    rule: { id: 'day-loss' },
    severity: 'warning',
    says: /day's result -4\.\d+ %|day's result -3\.9\d* %|day's result -4 %/,
    ...loss,
    ...pricing(SPY, dayResult(-4)),
  },
  '5: is critical when the day has cost 6 %': {
    rule: { id: 'day-loss-critical' },
    severity: 'critical',
    says: /day's result -(6|5\.9)/,
    ...loss,
    ...pricing(SPY, dayResult(-6)),
  },
  '6: warns when the account is 12 % below its peak, until it has recovered': {
    rule: { id: 'drawdown' },
    severity: 'warning',
    says: /drawdown from the peak 1[12](\.\d+)? %/,
    value: atLeast(11.5, 12.5),
    ...fall,
    ...pricing(SPY, fallBy(12)),
  },
  '6: is critical when the account is 22 % below its peak': {
    rule: { id: 'drawdown-critical' },
    severity: 'critical',
    says: /drawdown from the peak 2[12](\.\d+)? %/,
    value: atLeast(21.5, 22.5),
    ...fall,
    ...pricing(SPY, fallBy(22)),
  },
  '7: tells that net liquidation is above the amount that the user has set, until money is paid out': {
    rule: { id: 'net-liquidation-above', threshold: 600_000 },
    severity: 'info',
    says: /net liquidation USD 601,000.*USD 600,000/,
    ...worth,
    ...paid((scene) => 601_000 - balancesOf(scene).netLiquidation),
  },
  '7: tells that net liquidation is below the amount that the user has set, until money is paid in': {
    rule: { id: 'net-liquidation-below', threshold: 100_000 },
    severity: 'info',
    says: /net liquidation USD 99,000.*USD 100,000/,
    ...worth,
    ...paid((scene) => 99_000 - balancesOf(scene).netLiquidation),
  },
  '8: warns when one position is above 25 % of the account for five minutes, until it is sold': {
    rule: { id: 'concentration', scope: { symbol: 'SPY' } },
    severity: 'warning',
    metric: 'positionPercent',
    says: /SPY.*share of net liquidation (29|30)/,
    within: 420,
    value: near(
      (scene: IbkrScene) => (lineOf(scene, SPY).marketValue / balancesOf(scene).netLiquidation) * 100,
    ),
    ...spending((scene) => 0.3 * balancesOf(scene).netLiquidation - lineOf(scene, SPY).marketValue),
  },
  '9: warns when a position has lost 20 % of its cost, until it has not': {
    rule: { id: 'position-loss', scope: { symbol: 'AAPL' } },
    severity: 'warning',
    says: /AAPL.*unrealized result -(20|19\.9)/,
    ...unrealized,
    ...pricing(AAPL, (scene) => 0.8 * lineOf(scene, AAPL).averageCost),
  },
  '9: tells that a position has gained 30 % of its cost, until it has not': {
    rule: { id: 'position-gain', scope: { symbol: 'AAPL' } },
    severity: 'info',
    says: /AAPL.*unrealized result (30|29\.9)/,
    ...unrealized,
    ...pricing(AAPL, (scene) => 1.3 * lineOf(scene, AAPL).averageCost),
  },
  '10: warns when a position moves 10 % in a day, until it moves back': {
    rule: { id: 'day-move', scope: { symbol: 'AAPL' } },
    severity: 'warning',
    metric: 'dayChangePercent',
    says: /AAPL.*day's move/,
    value: near((scene: IbkrScene) => {
      const { dailyPnl, marketValue } = lineOf(scene, AAPL);
      return (dailyPnl / (marketValue - dailyPnl)) * 100;
    }),
    ...pricing(AAPL, (scene) => scene.market.price(AAPL) * 1.1),
  },
  '11: tells once that a price crosses the level that the user has set': {
    rule: { id: 'price-level', threshold: 240, scope: { symbol: 'AAPL' } },
    severity: 'info',
    metric: 'marketPrice',
    says: /AAPL: price rose to or above 240 USD, now 245 USD/,
    value: atLeast(245, 245),
    account,
    cause: ({ gateway, market }) => {
      market.setPrice(AAPL, 245);
      gateway.pushValues();
    },
  },
  '12: tells once that the size of a position changed': {
    rule: { id: 'position-changed' },
    severity: 'info',
    metric: 'quantity',
    says: /AAPL from \d+ to \d+/,
    account,
    cause: (scene) => scene.market.fillOrder(order(scene, 10)),
    value: near((scene: IbkrScene) => lineOf(scene, AAPL).quantity),
  },
  '13: is critical, once, when a position changes by another amount than its fills': {
    rule: { id: 'unexplained-change' },
    severity: 'critical',
    metric: 'unexplainedChange',
    says: /AAPL went from \d+ to \d+, yet its fills make 10/,
    account,
    within: 600,
    cause: (scene) => {
      scene.market.fillOrder(order(scene, 10));
      scene.market.addPosition(scene.account, { conId: AAPL, quantity: 7 });
    },
    value: none,
  },
  '13: warns once when a position changes without a fill': {
    rule: { id: 'change-without-fill' },
    severity: 'warning',
    metric: 'unexplainedChange',
    says: /MSFT went from \d+ to \d+ without a fill/,
    account,
    within: 600,
    cause: ({ account: own, market }) => market.addPosition(own, { conId: MSFT, quantity: 5 }),
    value: none,
  },
  '14: tells once that an order was filled': {
    rule: { id: 'order-filled' },
    severity: 'info',
    metric: 'orderStatus',
    says: /buy 10 AAPL: filled \(10 filled at \d/,
    account,
    cause: async (scene) => {
      const permId = order(scene, 10);
      await scene.stage.pass(30_000);
      scene.market.fillOrder(permId);
    },
    value: none,
  },
  '15: tells that an order is filled in part for ten minutes, until the rest of it is': {
    rule: { id: 'partial-fill' },
    severity: 'info',
    metric: 'orderPartialSeconds',
    says: /AAPL.*partly filled/,
    account,
    within: 720,
    cause: (scene) => scene.market.fillOrder(order(scene, 10), 4),
    value: atLeast(600, 700),
    end: ({ account: own, market }) => {
      for (const { permId, status } of market.orders(own))
        if (status === 'Submitted') market.fillOrder(permId);
    },
  },
  '17: tells once that an order was cancelled': {
    rule: { id: 'order-ended' },
    severity: 'info',
    metric: 'orderStatus',
    says: /buy 10 AAPL: canceled/,
    account,
    cause: async (scene) => {
      const permId = order(scene, 10);
      await scene.stage.pass(30_000);
      scene.market.cancelOrder(permId);
    },
    value: none,
  },
  '24: tells that the account has borrowed money for five minutes, until it is paid back': {
    rule: { id: 'cash-negative' },
    severity: 'info',
    metric: 'totalCash',
    says: /cash -/,
    within: 420,
    value: near((scene: IbkrScene) => balancesOf(scene).totalCash),
    ...spending((scene) => balancesOf(scene).totalCash + 10_000),
  },
  '25: warns when the gateway has been away for five minutes, until it is back': {
    rule: { id: 'connection-lost' },
    severity: 'warning',
    says: /my gateway.*time without connection/,
    within: 420,
    value: atLeast(300, 400),
    ...cutOff,
  },
  '25: is critical when the gateway has been away for half an hour, until it is back': {
    rule: { id: 'connection-lost-long' },
    severity: 'critical',
    says: /my gateway.*time without connection/,
    within: 1_900,
    value: atLeast(1_800, 1_900),
    ...cutOff,
  },
  '30: warns when positions are worth more than the multiple that the user has set, until some are sold': {
    rule: { id: 'leverage', threshold: 1.5 },
    severity: 'warning',
    metric: 'leverage',
    says: /leverage 1\.6/,
    within: 420,
    value: near((scene: IbkrScene) => balancesOf(scene).leverage),
    ...spending((scene) => 1.6 * balancesOf(scene).netLiquidation - balancesOf(scene).grossPositionValue),
  },
  '31: warns when one day trade is left, until there are more': {
    rule: { id: 'day-trades' },
    severity: 'warning',
    metric: 'dayTradesRemaining',
    says: /day trades left 1/,
    account,
    cause: ({ account: own, market }) => market.setDayTradesRemaining(own, 1),
    value: atLeast(1, 1),
    end: ({ account: own, market }) => market.setDayTradesRemaining(own, 3),
  },
};
