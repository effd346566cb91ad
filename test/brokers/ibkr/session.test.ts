import assert from 'node:assert/strict';
import {
  createMarket,
  startTwsSimulator,
  type TwsSimulator,
  type TwsSimulatorOptions,
} from '../../../simulators/index.js';
import { createIbkrBroker } from '../../../src/brokers/ibkr/index.js';
import type { BrokerUpdate } from '../../../src/domain/update.js';
import { ConfigError, ConnectionLost, Rejected, type BrokerageError } from '../../../src/errors.js';
import type { Broker, Clock, BrokerSession } from '../../../src/ports.js';
import { eventually, fastClock } from '../../support/clocks.js';

const EVERYTHING = { kind: null, account: null } as const;
const keyOf = (number: string): string => `key-of-${number.slice(-4)}`;

class Ear {
  readonly updates: BrokerUpdate[] = [];
  readonly ends: BrokerageError[] = [];
  update = (update: BrokerUpdate): void => void this.updates.push(update);
  ended = (error: BrokerageError): void => void this.ends.push(error);

  positions() {
    return this.updates.flatMap((update) =>
      update.kind === 'snapshot' && update.of === 'positions' ? [update] : [],
    );
  }

  balances() {
    return this.updates.flatMap((update) =>
      update.kind === 'snapshot' && update.of === 'balances' ? [update] : [],
    );
  }

  orders() {
    return this.updates.flatMap((update) =>
      (update.kind === 'snapshot' || update.kind === 'upsert') && update.of === 'orders' ? update.orders : [],
    );
  }

  executions() {
    return this.updates.flatMap((update) =>
      (update.kind === 'snapshot' || update.kind === 'upsert') && update.of === 'executions'
        ? update.executions
        : [],
    );
  }

  links() {
    return this.updates.flatMap((update) => (update.kind === 'link' ? [update.state] : []));
  }

  issues() {
    return this.updates.flatMap((update) => (update.kind === 'notice' ? [update.issue] : []));
  }
}

describe('a session with Interactive Brokers', function () {
  this.timeout(10_000);
  let market = createMarket({ seed: 5, accounts: 2 });
  let gateway: TwsSimulator;
  let broker: Broker;
  let ear: Ear;
  let session: BrokerSession | null = null;

  async function start(
    options: TwsSimulatorOptions & { readonly speed?: number; readonly clock?: Clock } = {},
  ): Promise<void> {
    const { speed = 20, clock = fastClock(speed), ...rest } = options;
    market = options.market ?? createMarket({ seed: 5, accounts: 2 });
    gateway = await startTwsSimulator({ valuePushMs: null, ...rest, market });
    ear = new Ear();
    broker = createIbkrBroker(
      { host: gateway.host, port: gateway.port, clientId: 17, tradingMode: 'any', accounts: [] },
      { clock, accountKey: (_broker, number) => keyOf(number) },
    );
  }
  const open = async (): Promise<BrokerSession> =>
    (session = await broker.open(ear, new AbortController().signal));

  afterEach(async () => {
    await session?.close();
    session = null;
    await eventually(() => gateway.connections === 0, { what: 'no open connection' });
    assert.deepEqual(gateway.violations, []);
    await gateway.close();
  });

  /** The last complete image of every account is what the market has. */
  function assertTrue(): void {
    for (const { account, balances, positions } of market.ledger().ibkr.accounts) {
      const told = ear.positions().findLast((update) => update.account === keyOf(account));
      assert.deepEqual(
        told?.positions.map(({ key, quantity }) => `${key}: ${quantity}`).toSorted(),
        positions.map(({ conId, quantity }) => `${conId}: ${quantity}`).toSorted(),
      );
      const money = ear.balances().findLast((update) => update.account === keyOf(account))?.balances;
      assert.equal(money?.netLiquidation, balances.netLiquidation);
    }
  }
  const asked = (id: string): number => gateway.requests.filter(({ fields }) => fields[0] === id).length;
  const place = (quantity = 10) => {
    const [account = ''] = market.accounts;
    const conId = market.positions(account)[0]?.conId ?? 0;
    return market.placeOrder({ account, conId, side: 'BUY', quantity, orderType: 'LMT', limitPrice: 1 });
  };

  for (const fault of [
    'duplicate-rows',
    'byte-by-byte',
    'many-per-chunk',
    'zero-rows',
    'interleave',
    'trailing-comma',
    'status-before-order',
    'repeat-status',
  ]) {
    it(`tells the truth through the fault ${fault}`, async () => {
      await start({ faults: [fault], speed: fault === 'byte-by-byte' ? 1 : 20 });
      const opened = await open();
      assert.deepEqual(
        opened.accounts.map(({ key }) => key),
        market.accounts.map(keyOf),
      );
      await opened.refresh(EVERYTHING);
      assertTrue();
      assert.ok(!ear.positions().some(({ positions }) => positions.some(({ key }) => key === '999999')));
    });
  }

  it('notices a half-open line and ends with a typed error, once', async () => {
    await start({ speed: 200 });
    const opened = await open();
    gateway.fault('half-open');
    await eventually(() => ear.ends.length > 0, { what: 'the end' });
    assert.ok(ear.ends[0] instanceof ConnectionLost);
    assert.equal(ear.ends[0].code, 'half-open');
    await assert.rejects(opened.refresh(EVERYTHING), ConnectionLost);
    assert.equal(ear.ends.length, 1);
  });

  for (const code of [1101, 1102]) {
    it(`says that the link is lost at 1100, and asks for everything again at ${code}`, async () => {
      await start();
      const opened = await open();
      await opened.refresh(EVERYTHING);
      gateway.notice(1100);
      await eventually(() => ear.links().at(-1) === 'lost', { what: 'lost' });
      assert.deepEqual(ear.ends, []);
      const before = ['6', '61', '16', '7', '99'].map(asked);
      const images = ear.positions().length;
      gateway.notice(code);
      await eventually(
        () => ear.links().at(-1) === 'up' && ear.positions().length >= images + market.accounts.length,
        { what: 'new images' },
      );
      await opened.refresh(EVERYTHING);
      for (const [index, id] of ['6', '61', '16', '7', '99'].entries())
        assert.ok(asked(id) > (before[index] ?? 0), `request ${id} was not made again`);
      assertTrue();
    });
  }

  for (const [end, id] of [['1101', 'data lost']] as const) {
    it(`goes on hearing of changes after ${end} (${id}), when the gateway has forgotten its subscriptions`, async () => {
      await start();
      await (await open()).refresh(EVERYTHING);
      gateway.fault('connectivity-lost');
      await eventually(() => ear.links().at(-1) === 'lost');
      const [account = ''] = market.accounts;
      const conId = market.positions(account)[0]?.conId ?? 0;
      market.closePosition(account, conId);
      const images = ear.positions().length;
      gateway.fault('connectivity-restored-data-lost');
      await eventually(() => ear.positions().length >= images + market.accounts.length);
      await session?.refresh(EVERYTHING);
      assertTrue();
      const [next] = market.positions(account);
      assert.ok(next);
      const removals = ear.updates.length;
      market.closePosition(account, next.conId);
      await eventually(
        () =>
          ear.updates
            .slice(removals)
            .some((update) => update.kind === 'remove' && update.keys.includes(String(next.conId))),
        { what: 'a removal' },
      );
    });
  }

  it('tells no image of an account whose download never ends (54)', async () => {
    await start({ faults: ['no-end=54'], speed: 100 });
    const opened = await open();
    await assert.rejects(opened.refresh(EVERYTHING), Rejected);
    assert.deepEqual(ear.positions(), []);
    assert.deepEqual(ear.balances(), []);
    assert.deepEqual(ear.ends, []);
  });

  it('tells no orders when their list never ends (53), and everything else', async () => {
    await start({ faults: ['no-end=53'], speed: 100 });
    place();
    await (await open()).refresh(EVERYTHING);
    assertTrue();
    assert.ok(!ear.updates.some((update) => update.kind === 'snapshot' && update.of === 'orders'));
    assert.ok(ear.issues().some(({ code }) => code === 'BAD_RESPONSE'));
  });

  it('tells no image of executions when their list never ends (55), and everything else', async () => {
    await start({ faults: ['no-end=55'], speed: 100 });
    await (await open()).refresh(EVERYTHING);
    assertTrue();
    assert.ok(!ear.updates.some((update) => update.kind === 'snapshot' && update.of === 'executions'));
    assert.ok(ear.issues().some(({ code }) => code === 'BAD_RESPONSE'));
  });

  it('has the portfolios alone to go by when the positions never end (62), and says so', async () => {
    await start({ faults: ['no-end=62'], speed: 100 });
    await (await open()).refresh(EVERYTHING);
    assertTrue();
    assert.ok(ear.issues().some(({ code }) => code === 'BAD_RESPONSE'));
  });

  it('does without ended orders when their list never ends (102)', async () => {
    await start({ faults: ['no-end=102'], speed: 100 });
    const permId = place();
    await (await open()).refresh(EVERYTHING);
    assertTrue();
    assert.ok(ear.orders().some((order) => order.permId === permId));
  });

  it('does not take a download for one that ended before its rows', async () => {
    await start({ faults: ['end-before-rows'] });
    const opened = await open();
    try {
      await opened.refresh(EVERYTHING);
      assertTrue();
    } catch (error) {
      assert.ok(error instanceof Rejected);
    }
    for (const { account, positions } of ear.positions()) {
      const truth = market.ledger().ibkr.accounts.find((one) => keyOf(one.account) === account);
      assert.equal(positions.length, truth?.positions.length);
    }
  });

  it('tells a complete answer in which nothing is held as it is', async () => {
    await start({ faults: ['empty-portfolio'] });
    await (await open()).refresh(EVERYTHING);
    assert.equal(ear.positions().length, market.accounts.length);
    for (const { positions } of ear.positions()) assert.deepEqual(positions, []);
  });

  it('does not tell a position as gone whose row has no number', async () => {
    await start();
    const opened = await open();
    await opened.refresh(EVERYTHING);
    const [account = ''] = market.accounts;
    const [held] = market.positions(account);
    const instrument = ['', 'AAPL', 'STK', '', '0.0', '', '', 'NASDAQ', 'USD', 'AAPL', 'NMS'].with(
      0,
      String(held?.conId),
    );
    for (const quantity of ['1.7976931348623157E308', 'abc', ''])
      gateway.send(['61', '3', account, ...instrument, quantity, '90.5']);
    await eventually(() => ear.issues().length > 0, { what: 'the row is said to be unreadable' });
    assert.deepEqual(
      ear.updates.filter(({ kind }) => kind === 'remove'),
      [],
    );
    await opened.refresh(EVERYTHING);
    assertTrue();
  });

  it('does not tell a position as gone that an image lacked, while its profit and loss is still told', async () => {
    await start();
    const opened = await open();
    await opened.refresh(EVERYTHING);
    const empty = gateway.fault('empty-portfolio');
    await opened.refresh(EVERYTHING);
    market.tick();
    // An answer to something asked afterwards has come: so has what the tick has moved.
    await opened.refresh({ kind: 'orders', account: null });
    assert.deepEqual(
      ear.updates.filter(({ kind }) => kind === 'remove'),
      [],
    );
    empty.clear();
    await opened.refresh(EVERYTHING);
    assertTrue();
  });

  it('tells a position as gone whose row says so', async () => {
    await start();
    await (await open()).refresh(EVERYTHING);
    const [account = ''] = market.accounts;
    const [held] = market.positions(account);
    const [conId, quantity] = [held?.conId ?? 0, held?.quantity ?? 0];
    market.addPosition(account, { conId, quantity: -quantity });
    await eventually(() => ear.updates.some((update) => update.kind === 'remove'), { what: 'it is gone' });
    const gone = ear.updates.flatMap((update) => (update.kind === 'remove' ? update.keys : []));
    assert.deepEqual(gone, [String(conId)]);
  });

  it('does not tell the zeros of an account that is being reset, which the summary pushes without saying so', async () => {
    await start();
    const opened = await open();
    await opened.refresh(EVERYTHING);
    const toldOfZero = (): boolean =>
      ear.updates.some((update) => 'balances' in update && update.balances.netLiquidation === 0);
    const resetting = gateway.fault('not-ready');
    gateway.pushValues();
    // An answer to something asked afterwards has come: so have the zeros.
    await opened.refresh({ kind: 'orders', account: null });
    assert.equal(toldOfZero(), false);
    resetting.clear();
    await opened.refresh(EVERYTHING);
    assertTrue();
    assert.equal(toldOfZero(), false);
  });

  it('asks for ended orders again after one answer that did not come', async () => {
    await start({ pushLiveFills: false });
    const late = gateway.fault('no-end', '102');
    const opened = await open();
    await opened.refresh(EVERYTHING);
    late.clear();
    const permId = place();
    market.fillOrder(permId);
    await opened.refresh(EVERYTHING);
    assert.equal(ear.orders().findLast((order) => order.permId === permId)?.status, 'filled');
  });

  it('asks for open orders again a minute after two lists that did not come', async () => {
    const base = fastClock(100);
    let skippedMs = 0;
    await start({ clock: { ...base, monotonic: () => base.monotonic() + skippedMs } });
    const late = gateway.fault('no-end', '53');
    const opened = await open();
    const orders = async () => await opened.refresh({ kind: 'orders', account: null });
    // The orders are asked for every ten seconds, whoever else asks.
    await eventually(() => ear.issues().some(({ code }) => code === 'ORDERS_UNAVAILABLE'));
    late.clear();
    const before = asked('16');
    await assert.rejects(orders, { code: 'ORDERS_UNAVAILABLE' });
    assert.equal(asked('16'), before);
    skippedMs = 60_000;
    await orders();
    assert.ok(asked('16') > before);
    assert.ok(ear.updates.some((update) => update.kind === 'snapshot' && update.of === 'orders'));
  });

  it('tells unset figures as null, and the quantities', async () => {
    await start({ faults: ['unset-numbers'] });
    await (await open()).refresh(EVERYTHING);
    assertTrue();
    for (const position of ear.positions().flatMap(({ positions }) => positions)) {
      const { averageCost, averagePrice, costBasis, marketPrice, marketValue, unrealizedPnl, dayPnl } =
        position;
      assert.deepEqual(
        new Set([averageCost, averagePrice, costBasis, marketPrice, marketValue, unrealizedPnl, dayPnl]),
        new Set([null]),
      );
    }
  });

  it('tells a fill without its commission first when that comes late', async () => {
    await start({ faults: ['late-commission=100'] });
    await (await open()).refresh(EVERYTHING);
    market.fillOrder(place());
    await eventually(() => ear.executions().some(({ commission }) => commission === null), {
      what: 'a fill',
    });
    await eventually(() => ear.executions().at(-1)?.commission != null, { what: 'its commission' });
    const [execution] = market.executions(market.accounts[0] ?? '').slice(-1);
    assert.equal(ear.executions().at(-1)?.commission, execution?.commission);
  });

  for (const fault of ['status-before-order', 'repeat-status']) {
    it(`tells an order that fills through ${fault} as filled`, async () => {
      await start({ faults: [fault] });
      await (await open()).refresh(EVERYTHING);
      const permId = place(10);
      market.fillOrder(permId, 4);
      market.fillOrder(permId);
      await eventually(() => ear.orders().findLast((order) => order.permId === permId)?.status === 'filled', {
        what: 'filled',
      });
      await session?.refresh(EVERYTHING);
      const last = ear.orders().findLast((order) => order.permId === permId);
      assert.equal(last?.filledQuantity, 10);
      assert.equal(last.isOpen, false);
    });
  }

  it('raises the revision of a fill that is corrected', async () => {
    await start();
    await (await open()).refresh(EVERYTHING);
    market.fillOrder(place());
    const [execution] = market.executions(market.accounts[0] ?? '').slice(-1);
    assert.ok(execution);
    market.correctExecution(execution.execId, { price: 2.5 });
    await session?.refresh(EVERYTHING);
    const revisions = ear.executions().filter(({ revision }) => revision > execution.revision);
    assert.equal(revisions.at(-1)?.price, 2.5);
    assert.equal(new Set(ear.executions().map(({ executionId }) => executionId)).size, 1);
  });

  it('does not use the positions of one of many accounts in which a row cannot be read', async () => {
    const many = createMarket({ seed: 1, accounts: 51, positions: 1 });
    await start({ market: many, speed: 1, faults: ['no-end=72'] });
    const refreshed = (await open()).refresh(EVERYTHING).catch(() => undefined);
    await eventually(() => asked('74') > 0);
    const [account = ''] = many.accounts;
    const id = gateway.requests.find(({ fields }) => fields[0] === '74')?.fields[2] ?? '';
    const instrument = ['1', 'AAPL', 'STK', '', '0.0', '', '', 'NASDAQ', 'USD', 'AAPL', 'NMS'];
    gateway.send(['71', '1', id, account, ...instrument, 'abc', '90.5', '']);
    await eventually(
      () =>
        ear.updates.some(
          (update) =>
            update.kind === 'notice' &&
            update.of === 'positions' &&
            update.issue.message.includes('message 71 that cannot be read'),
        ),
      { what: 'the request ends with the row' },
    );
    await session?.close();
    await refreshed;
  });

  it('asks for the positions of more than 50 accounts one by one (74)', async () => {
    await start({ market: createMarket({ seed: 1, accounts: 51, positions: 1 }), speed: 1 });
    const opened = await open();
    const refreshed = opened.refresh(EVERYTHING).catch((error: unknown) => error);
    await eventually(() => asked('74') > 0, { what: 'request 74' });
    assert.equal(asked('61'), 0);
    await opened.close();
    assert.ok((await refreshed) instanceof ConnectionLost);
  });

  it('takes another client id after two refusals with 326', async () => {
    await start({ faults: ['duplicate-client-id'] });
    for (let tries = 0; tries < 2; tries++)
      await assert.rejects(open(), (error) => error instanceof ConfigError && error.code === '326');
    gateway.clearFaults();
    await open();
    const ids = gateway.requests.flatMap(({ fields }) => (fields[0] === '71' ? [fields[2]] : []));
    assert.deepEqual(ids, ['17', '17', '1017']);
  });

  it('leaves no connection when it is closed in the middle of everything', async () => {
    await start();
    const opened = await open();
    const refreshed = opened.refresh(EVERYTHING).catch((error: unknown) => error);
    await opened.close();
    await eventually(() => gateway.connections === 0);
    assert.ok((await refreshed) instanceof ConnectionLost);
    assert.deepEqual(ear.ends, []);
  });
});
