import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createMarket, type Market } from '../../simulators/index.js';
import { folderForEachTest } from '../support/folders.js';
import { BalancesMessage, ExecutionsMessage, OrdersMessage, PositionsMessage } from '../support/messages.js';
import { helper, startRuntime, stopRuntime } from '../support/nodes.js';
import { run, type Running } from '../support/session.js';

describe('account-sync after a restart of Node-RED', () => {
  const folder = folderForEachTest();
  let market: Market;
  let running: Running | null = null;
  const start = async (): Promise<Running> => (running = await run({ market, userDir: folder() }));
  const stop = async (): Promise<void> => {
    await running?.close();
    running = null;
  };
  const file = (): string => join(folder(), 'brokerage', 'account-sync-sync.json');

  before(async () => await startRuntime());
  after(async () => await stopRuntime());
  beforeEach(() => {
    market = createMarket({ seed: 7, accounts: 1 });
  });
  afterEach(stop);

  const buy = (quantity: number): void => {
    const [account = ''] = market.accounts;
    const conId = market.ledger().ibkr.accounts[0]?.positions[1]?.conId ?? 0;
    market.fillOrder(market.placeOrder({ account, conId, side: 'BUY', quantity, orderType: 'MKT' }));
  };
  const live = async () =>
    await running?.until('positions', PositionsMessage, ({ sync }) => sync.quality === 'live');

  it('tells exactly what changed while it was away, and no fill twice', async () => {
    await start();
    await running?.until('orders', OrdersMessage);
    buy(3);
    const first = await running?.until('orders', ExecutionsMessage, ({ sync }) => sync.kind === 'executions');
    await live();
    await running?.until('positions', PositionsMessage, ({ changes }) => changes.length > 0);
    await stop();

    buy(5);
    const [account = ''] = market.accounts;
    const closed = market.ledger().ibkr.accounts[0]?.positions[0]?.conId ?? 0;
    market.closePosition(account, closed);
    const { said, until } = await start();
    const after = await until('positions', PositionsMessage, ({ changes }) => changes.length > 0);
    assert.deepEqual(after.changes.map(({ change }) => change).toSorted(), ['changed', 'closed']);
    const news = await until('orders', ExecutionsMessage, ({ sync }) => sync.kind === 'executions');
    const ids = news.payload.map(({ executionId }) => executionId);
    assert.equal(ids.length, 2);
    for (const { executionId } of first?.payload ?? []) assert.ok(!ids.includes(executionId), executionId);
    const opened = (said.get('positions') ?? []).filter((message) =>
      PositionsMessage.parse(message).changes.some(({ change }) => change === 'opened'),
    );
    assert.deepEqual(opened, []);
  });

  it('begins with what it knew, marked as old, and goes on counting', async () => {
    await start();
    const before = await running?.until('balances', BalancesMessage);
    await live();
    await stop();
    const { until } = await start();
    const [cached, now] = [
      await until('balances', BalancesMessage, ({ sync }) => sync.quality === 'cached'),
      await until('balances', BalancesMessage, ({ sync }) => sync.quality === 'live'),
    ];
    assert.deepEqual([cached.sync.stale, cached.sync.via, cached.changes], [true, 'cache', []]);
    assert.equal(cached.payload.netLiquidation, before?.payload.netLiquidation);
    assert.ok(cached.sync.sequence > (before?.sync.sequence ?? 0));
    assert.ok(now.sync.sequence > cached.sync.sequence);
  });

  it('is a first start when the file is damaged, and says so', async () => {
    await start();
    await live();
    await stop();
    await writeFile(file(), (await readFile(file(), 'utf8')).replace('netLiquidation', 'netLiquidatiom'));
    buy(3);
    const { until } = await start();
    const again = await until('positions', PositionsMessage, ({ sync }) => sync.quality === 'live');
    assert.deepEqual([again.changes, again.sync.sequence], [[], 1]);
    assert.ok((await readdir(join(folder(), 'brokerage'))).includes('account-sync-sync.json.bad'));
  });

  it('knows nothing of an account-sync that was deleted', async () => {
    await start();
    await live();
    await helper.setFlows([], 'full');
    await stop();
    assert.ok(!(await readdir(join(folder(), 'brokerage'))).includes('account-sync-sync.json'));
  });

  it('keeps open orders, and tells how one ended meanwhile', async () => {
    await start();
    await running?.until('orders', OrdersMessage);
    const [account = ''] = market.accounts;
    const conId = market.ledger().ibkr.accounts[0]?.positions[0]?.conId ?? 0;
    const permId = market.placeOrder({
      account,
      conId,
      side: 'BUY',
      quantity: 1,
      orderType: 'LMT',
      limitPrice: 1,
    });
    await running?.until('orders', OrdersMessage, ({ changes }) => changes.length > 0);
    await stop();
    market.cancelOrder(permId);
    const { until } = await start();
    const ended = await until('orders', OrdersMessage, ({ changes }) => changes.length > 0);
    assert.deepEqual(
      ended.changes.map(({ change }) => change),
      ['closed'],
    );
  });
});
