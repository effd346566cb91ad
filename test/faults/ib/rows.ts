import { frames } from './frames.js';
import type { IbFault } from './ib-scenario.js';
import { cutBefore, disorderlyOrders } from './rewrites.js';
import type { IbStage } from './stage.js';

/** End markers: positions, account, open orders, executions, completed orders. */
const ENDS = ['62', '54', '53', '55', '102'] as const;

/** Faults of what is in the downloads, and of the order in which it comes. */
export const ROWS: readonly IbFault[] = [
  {
    number: 5,
    name: 'the first of n positions is closed',
    lasts: [1_000, 5_000],
    strike: ({ between, market }) => {
      for (const account of market.accounts) {
        const lines = market.positions(account);
        for (const { conId } of lines.slice(0, between(1, Math.max(1, lines.length - 1))))
          market.closePosition(account, conId);
      }
      return () => undefined;
    },
  },
  {
    number: 6,
    name: 'disconnect between rows and their end',
    lasts: [5_000, 40_000],
    strike: ({ between, chance, proxy }) => {
      // Most of the time between the positions and their end.
      const id = chance() < 0.5 ? ENDS[0] : (ENDS[between(1, ENDS.length - 1)] ?? ENDS[0]);
      const end = proxy.add(frames('cut', cutBefore(id)));
      proxy.cutAll('reset');
      return end;
    },
  },
  {
    number: 7,
    name: 'orderStatus twice and out of order, Filled before its fill',
    lasts: [1_000, 30_000],
    trades: 15,
    strike: ({ gateway, proxy }) => {
      const faults = [gateway.fault('repeat-status'), gateway.fault('status-before-order')];
      const end = proxy.add(frames('disorder', disorderlyOrders));
      return () => {
        end();
        for (const fault of faults) fault.clear();
      };
    },
  },
  {
    number: 16,
    name: 'an execution is corrected',
    lasts: [1_000, 20_000],
    strike: async (stage) => {
      const { chance, proxy } = stage;
      if (chance() < 0.5) proxy.down();
      await correctSome(stage);
      return async () => await proxy.up();
    },
  },
  {
    number: 17,
    name: 'rows of size 0',
    lasts: [1_000, 90_000],
    strike: ({ chance, gateway, proxy }) => {
      const zeros = gateway.fault('zero-rows');
      if (chance() < 0.5) proxy.cutAll('reset');
      return () => zeros.clear();
    },
  },
  {
    number: 19,
    name: 'the end of the positions never comes',
    lasts: [20_000, 100_000],
    strike: ({ between, chance, gateway, proxy }) => {
      const id = chance() < 0.5 ? ENDS[0] : (ENDS[between(1, ENDS.length - 1)] ?? ENDS[0]);
      const endless = gateway.fault('no-end', id);
      if (chance() < 0.7) proxy.cutAll('reset');
      return () => {
        endless.clear();
        // Lists of orders that fail to come twice are not asked for again in this session, and that is said.
        if (id === '53' || id === '102') proxy.cutAll('reset');
      };
    },
  },
  {
    number: 41,
    name: 'complete downloads in which nothing is held, while prices move',
    lasts: [20_000, 100_000],
    trades: 12,
    strike: ({ chance, gateway, proxy }) => {
      const empty = gateway.fault('empty-portfolio');
      if (chance() < 0.5) proxy.cutAll('reset');
      return () => empty.clear();
    },
  },
];

/** New prices, some of them twice, and fewer pieces, for some fills of today. */
async function correctSome({ between, market, pass }: IbStage): Promise<void> {
  const [account = ''] = market.accounts;
  const [line] = market.positions(account);
  const conId = line?.conId ?? market.instruments[0]?.conId ?? 0;
  market.fillOrder(market.placeOrder({ account, conId, side: 'BUY', quantity: 5, orderType: 'MKT' }));
  for (let corrections = between(1, 3); corrections > 0; corrections--) {
    const fills = market.accounts.flatMap((one) => market.executions(one));
    const fill = fills[between(0, fills.length - 1)];
    if (fill === undefined) return;
    const price = Math.round(fill.price * 10_100) / 10_000;
    market.correctExecution(
      fill.execId,
      between(0, 1) === 0 ? { price } : { quantity: Math.max(1, fill.quantity - 1) },
    );
    await pass(between(0, 1_000));
  }
}
