import assert from 'node:assert/strict';
import { createMarket } from '../../../simulators/index.js';
import { comesTrue } from '../within.js';
import { Disk } from './disk.js';
import { Stranger } from './stranger.js';
import { schwabWorld } from './world.js';

const NOW = Date.UTC(2026, 10, 24, 16, 0, 0);
const MIDNIGHT = Date.UTC(2026, 10, 24, 5, 0, 0);

describe("Schwab's world in the fault suite", () => {
  function stage() {
    const market = createMarket({ seed: 3, accounts: 0, now: () => NOW });
    const world = schwabWorld(market, MIDNIGHT);
    const [account = ''] = world.accounts;
    const names = (): readonly string[] => world.rowsOf(account).map(({ name }) => name);
    const figure = (row: string, name: string): unknown =>
      world.rowsOf(account).find((one) => one.name === row)?.figures[name];
    return { account, book: market.schwab, figure, market, names, world };
  }

  it('has the positions of an account under the keys that are told, and no order that ended before today', () => {
    const { account, book, names } = stage();
    const [truth] = book.ledger();
    assert.ok(names().includes('position equity-aapl') && names().includes('position equity-spy'));
    assert.equal(names().filter((name) => name.startsWith('position ')).length, truth?.positions.length);
    const old = truth?.orders.filter(
      ({ closeTime }) => closeTime !== null && Date.parse(closeTime) < MIDNIGHT,
    );
    assert.ok(old !== undefined && old.length > 3);
    for (const { orderId } of old) assert.ok(!names().includes(`order ${orderId}`));
    assert.equal(truth?.accountNumber, account);
  });

  it('says whose figures have changed, and changes with them', () => {
    const { account, book, figure, market, world } = stage();
    const changed: (string | null)[] = [];
    const leave = world.subscribe((whose) => changed.push(whose));
    const [cash, dayPnl] = [figure('balances', 'totalCash'), figure('balances', 'dayPnl')];
    book.depositCash(account, 100);
    assert.equal(figure('balances', 'totalCash'), Math.round((Number(cash) + 100) * 100) / 100);
    assert.equal(figure('balances', 'dayPnl'), dayPnl);
    const orderId = book.placeOrder({ account, legs: [{ symbol: 'IBM', instruction: 'BUY', quantity: 2 }] });
    book.fillOrder(orderId, 1);
    assert.equal(figure(`order ${orderId}`, 'status'), 'partially_filled');
    market.tick();
    leave();
    market.tick();
    assert.deepEqual(changed, [account, account, account, null]);
  });
});

describe('the disk of a process that dies before it writes', () => {
  it('keeps what was there before, and takes nothing of that process any more', async () => {
    const disk = new Disk();
    const first = disk.store();
    await first.write('old');
    const death = disk.deathBeforeWriting();
    const lost = [first.write('new')];
    await death;
    lost.push(first.write('newer'));
    const second = disk.store();
    assert.equal(await second.read(), 'old');
    await second.write('next');
    assert.equal(await disk.store().read(), 'next');
    assert.equal(await Promise.race([...lost, Promise.resolve('pending')]), 'pending');
  });
});

describe('another host', () => {
  it('remembers what it hears', async () => {
    const stranger = await Stranger.listen();
    const answer = fetch(stranger.url, { headers: { cookie: 'hello' } }).catch(() => null);
    assert.ok(await comesTrue(1_000, () => stranger.heard.some((text) => text.includes('cookie: hello'))));
    await stranger.close();
    await answer;
  });
});
