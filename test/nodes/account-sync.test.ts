import assert from 'node:assert/strict';
import { createMarket } from '../../simulators/index.js';
import { eventually } from '../support/clocks.js';
import {
  BalancesMessage,
  ErrorMessage,
  ExecutionsMessage,
  OnePositionMessage,
  OrdersMessage,
  PositionsMessage,
  StatusMessage,
} from '../support/messages.js';
import { helper, startRuntime, stopRuntime } from '../support/nodes.js';
import { run, type Running } from '../support/session.js';

describe('account-sync', () => {
  let running: Running | null = null;
  const start = async (...stage: Parameters<typeof run>): Promise<Running> => (running = await run(...stage));

  before(async () => {
    await startRuntime();
  });
  after(async () => {
    await stopRuntime();
  });
  afterEach(async () => {
    await running?.close();
    running = null;
  });

  it('says what an account is worth, live, under a label that hides its number', async () => {
    const { market, until } = await start();
    const message = await until('balances', BalancesMessage);
    const [truth] = market.ledger().ibkr.accounts;
    assert.ok(truth);
    const label = `…${truth.account.slice(-4)}`;
    assert.equal(message.topic, `ibkr/${label}/balances`);
    assert.deepEqual(
      { ...message.account, key: '' },
      { key: '', label, broker: 'ibkr', type: 'individual', currency: 'USD' },
    );
    assert.equal(message.payload.netLiquidation, truth.balances.netLiquidation);
    assert.equal(message.payload.totalCash, truth.balances.totalCash);
    const { kind, quality, stale, complete, via, sequence, issues } = message.sync;
    assert.deepEqual(
      { kind, quality, stale, complete, via, sequence, issues },
      {
        kind: 'balances',
        quality: 'live',
        stale: false,
        complete: true,
        via: 'tws',
        sequence: 1,
        issues: [],
      },
    );
    assert.ok(
      !JSON.stringify([...(running?.said.values() ?? [])]).includes(truth.account),
      'the account number is in a message',
    );
  });

  it('reports exactly the one position that was closed, and keeps the others', async () => {
    const { market, until } = await start();
    const before = await until('positions', PositionsMessage);
    const [first, ...others] = before.payload;
    assert.ok(first && others.length >= 3);
    const [account = ''] = market.accounts;
    market.closePosition(account, Number(first.key));
    const after = await until('positions', PositionsMessage, ({ changes }) =>
      changes.some(({ change }) => change === 'closed'),
    );
    assert.deepEqual(after.payload.map(({ key }) => key).toSorted(), others.map(({ key }) => key).toSorted());
    assert.deepEqual(
      after.changes.map(({ change, after: now }) => [change, now]),
      [['closed', null]],
    );
  });

  it('keeps the figures of every other position untouched when one closes', async () => {
    const { market, until } = await start();
    const before = await until('positions', PositionsMessage);
    const [account = ''] = market.accounts;
    market.closePosition(account, Number(before.payload[2]?.key));
    const after = await until(
      'positions',
      PositionsMessage,
      ({ payload }) => payload.length === before.payload.length - 1,
    );
    const quantities = (message: PositionsMessage) =>
      Object.fromEntries(message.payload.map(({ key, quantity }) => [key, quantity]));
    const expected = quantities(before);
    delete expected[before.payload[2]?.key ?? ''];
    assert.deepEqual(quantities(after), expected);
  });

  it('tells an order from its first moment to its fill, and the fill with its commission', async () => {
    const { market, until } = await start();
    await until('orders', OrdersMessage);
    const [account = ''] = market.accounts;
    const conId = market.ledger().ibkr.accounts[0]?.positions[0]?.conId ?? 0;
    const permId = market.placeOrder({
      account,
      conId,
      side: 'BUY',
      quantity: 10,
      orderType: 'LMT',
      limitPrice: 1,
    });
    const opened = await until('orders', OrdersMessage, ({ changes }) =>
      changes.some(({ change }) => change === 'opened'),
    );
    assert.equal(opened.payload.find((order) => order.permId === permId)?.limitPrice, 1);
    market.fillOrder(permId, 4);
    await until('orders', OrdersMessage, ({ payload }) =>
      payload.some((order) => order.permId === permId && order.status === 'partially_filled'),
    );
    market.fillOrder(permId);
    const closed = await until('orders', OrdersMessage, ({ changes }) =>
      changes.some(({ change }) => change === 'closed'),
    );
    const order = closed.payload.find((one) => one.permId === permId);
    assert.deepEqual([order?.status, order?.isOpen, order?.filledQuantity], ['filled', false, 10]);
    await eventually(() => {
      const fills = (running?.said.get('orders') ?? [])
        .map((message) => ExecutionsMessage.safeParse(message))
        .flatMap(({ data }) => data?.payload ?? []);
      const mine = new Map(
        fills.filter((fill) => fill.permId === permId).map((fill) => [fill.executionId, fill]),
      );
      return (
        [...mine.values()].reduce((sum, { quantity }) => sum + quantity, 0) === 10 &&
        [...mine.values()].every(({ commission }) => commission !== null)
      );
    });
  });

  it('gives one message for each change, and none for a mere tick, when only changes are wanted', async () => {
    const { market, said, until } = await start({ wiring: { sync: { emit: 'changes' } } });
    await until('balances', BalancesMessage);
    const [account = ''] = market.accounts;
    const conId = market.ledger().ibkr.accounts[0]?.positions[0]?.conId ?? 0;
    market.tick();
    market.closePosition(account, conId);
    const message = await eventually(() => said.get('positions')?.[0]);
    const { payload, changes } = OnePositionMessage.parse(message);
    assert.deepEqual([payload.key, changes.map(({ change }) => change)], [String(conId), ['closed']]);
    assert.equal(said.get('positions')?.length, 1);
  });

  it('answers a message with what it asks for, and calls done', async () => {
    const { until, said } = await start();
    await until('orders', OrdersMessage);
    // From then on nothing comes by itself: the market stands still, and the streams of P&L have begun.
    await until('positions', PositionsMessage, ({ payload }) =>
      payload.every(({ dayPnl }) => dayPnl !== null),
    );
    const before = said.get('balances')?.length ?? 0;
    const positionsBefore = said.get('positions')?.length ?? 0;
    const sync = helper.getNode('sync');
    sync.receive({ topic: 'balances', payload: '' });
    await eventually(() => (said.get('balances')?.length ?? 0) > before);
    assert.equal(said.get('positions')?.length, positionsBefore);
  });

  for (const [what, message] of Object.entries({
    'no topic': {},
    'a topic of another type': { topic: { a: 1 }, payload: Symbol.iterator.toString() },
    'a prototype in it': JSON.parse('{"__proto__":{"x":1},"topic":"constructor"}'),
    'a circle in it': (() => {
      const circle: Record<string, unknown> = {};
      circle['self'] = circle;
      return circle;
    })(),
    'a large payload': { payload: 'x'.repeat(1_000_000) },
  })) {
    it(`answers with everything to a message with ${what}`, async () => {
      const { until, said } = await start();
      await until('orders', OrdersMessage);
      const before = said.get('positions')?.length ?? 0;
      helper.getNode('sync').receive(typeof message === 'object' && message !== null ? message : {});
      await eventually(() => (said.get('positions')?.length ?? 0) > before);
      assert.deepEqual(said.get('errors'), []);
    });
  }

  for (const [what, message] of Object.entries({
    'no prototype': Object.assign(Object.create(null), { account: 'Nobody' }),
    'a property that throws': Object.defineProperty({ account: 'Nobody' }, 'payload', {
      get: () => assert.fail('Nobody may read this.'),
      enumerable: true,
    }),
  }))
    it(`survives that Node-RED cannot copy a message with ${what} for the Catch node`, async () => {
      const { until } = await start();
      await until('orders', OrdersMessage);
      helper.getNode('sync').receive(message);
      const error = await until('errors', ErrorMessage);
      assert.match(error.error.message, /There is no account “Nobody” here/);
    });

  it('refuses a refresh of an account it does not know, and names those it knows', async () => {
    const { until } = await start();
    await until('orders', OrdersMessage);
    const message = { topic: 'balances', account: 'Nobody' };
    helper.getNode('sync').receive(message);
    const error = await until('errors', ErrorMessage);
    assert.match(error.error.message, /There is no account “Nobody” here; the accounts are …\d{4}\./);
  });

  it('keeps the last figures, marked stale, while the gateway restarts, and is live again by itself', async () => {
    const { gateway, until, said } = await start();
    const before = await until('positions', PositionsMessage);
    await gateway.stopListening();
    gateway.disconnectAll('reset');
    const stale = await until('positions', PositionsMessage, ({ sync }) => sync.stale);
    assert.deepEqual([stale.sync.quality, stale.sync.via], ['cached', 'cache']);
    assert.deepEqual(
      stale.payload.map(({ key, quantity }) => [key, quantity]),
      before.payload.map(({ key, quantity }) => [key, quantity]),
    );
    await until(
      'status',
      StatusMessage,
      ({ payload }) => payload.state === 'degraded' && payload.nextAttemptAt !== null,
    );
    await gateway.startListening();
    const count = said.get('positions')?.length ?? 0;
    await eventually(() =>
      said
        .get('positions')
        ?.slice(count)
        .map((m) => PositionsMessage.parse(m))
        .find(({ sync }) => !sync.stale),
    );
    const closes = said
      .get('positions')
      ?.map((m) => PositionsMessage.parse(m))
      .flatMap(({ changes }) => changes);
    assert.deepEqual(closes, []);
  });

  it('tells in one message what was traded while it was cut off', async () => {
    const { gateway, market, until } = await start();
    const before = await until('positions', PositionsMessage);
    await until('status', StatusMessage, ({ payload }) => payload.state === 'live');
    await gateway.stopListening();
    gateway.disconnectAll('reset');
    await until('positions', PositionsMessage, ({ sync }) => sync.stale);
    const [account = ''] = market.accounts;
    const gone = before.payload[0];
    market.closePosition(account, Number(gone?.key));
    await gateway.startListening();
    const after = await until('positions', PositionsMessage, ({ changes }) => changes.length > 0);
    assert.deepEqual(
      after.changes.map(({ change }) => change),
      ['closed'],
    );
    const fills = await until('orders', ExecutionsMessage);
    assert.equal(fills.payload.length, 1);
  });

  it('keeps the last figures while IBKR resets the account, says so, and is live again when it is done', async () => {
    const { gateway, until, said } = await start();
    const before = await until('balances', BalancesMessage);
    await until('status', StatusMessage, ({ payload }) => payload.state === 'live');
    const resetting = gateway.fault('not-ready');
    helper.getNode('sync').receive({ topic: '' });
    const kept = await until('balances', BalancesMessage, ({ sync }) => sync.stale);
    assert.deepEqual(
      kept.sync.issues.map(({ code }) => code),
      ['ACCOUNT_RESETTING'],
    );
    assert.equal(kept.payload.netLiquidation, before.payload.netLiquidation);
    const status = await until('status', StatusMessage, ({ payload }) => payload.state === 'degraded');
    assert.match(status.payload.reason ?? '', /IBKR is resetting this account/);
    const changes = said
      .get('positions')
      ?.map((message) => PositionsMessage.parse(message))
      .flatMap((message) => message.changes);
    assert.deepEqual(changes, []);
    resetting.clear();
    const count = said.get('balances')?.length ?? 0;
    helper.getNode('sync').receive({ topic: '' });
    await eventually(() =>
      said
        .get('balances')
        ?.slice(count)
        .some((message) => !BalancesMessage.parse(message).sync.stale),
    );
  });

  it('does not take an empty download for an empty account', async () => {
    const { gateway, until, said } = await start();
    const before = await until('positions', PositionsMessage);
    await until('status', StatusMessage, ({ payload }) => payload.state === 'live');
    gateway.fault('empty-portfolio');
    gateway.disconnectAll('reset');
    const kept = await until('positions', PositionsMessage, ({ sync }) =>
      sync.issues.some(({ code }) => code === 'SUSPECT_EMPTY'),
    );
    assert.deepEqual(
      [kept.sync.stale, kept.sync.quality, kept.payload.length],
      [true, 'cached', before.payload.length],
    );
    const changes = said
      .get('positions')
      ?.map((message) => PositionsMessage.parse(message))
      .flatMap((message) => message.changes);
    assert.deepEqual(changes, []);
    const status = await until('status', StatusMessage, ({ payload }) =>
      (payload.reason ?? '').includes('sent no position'),
    );
    assert.equal(status.payload.state, 'degraded');
  });

  it('says that orders cannot be read while the API is read-only, and goes on with everything else', async () => {
    const { until, said, market } = await start({ readOnlyApi: true });
    const told = await until('balances', BalancesMessage, ({ sync }) => sync.issues.length > 0);
    assert.deepEqual(
      told.sync.issues.map(({ code }) => code),
      ['ORDERS_UNAVAILABLE'],
    );
    assert.deepEqual([told.sync.quality, told.sync.stale], ['live', false]);
    const [account = ''] = market.accounts;
    market.closePosition(account, market.ledger().ibkr.accounts[0]?.positions[0]?.conId ?? 0);
    const fills = await until('orders', ExecutionsMessage);
    assert.equal(fills.payload.length, 1);
    assert.ok(
      said.get('orders')?.every((message) => ExecutionsMessage.safeParse(message).success),
      'orders were told although they cannot be had',
    );
  });

  it('gives no data of a live account through a paper connection, and says why', async () => {
    const { until, said } = await start({ wiring: { config: { tradingMode: 'live' } } });
    const error = await until('errors', ErrorMessage);
    assert.match(
      error.error.message,
      /set to live accounts only, and 127\.0\.0\.1:\d+ is logged in to …\d{4}, paper/,
    );
    assert.deepEqual([said.get('balances'), said.get('positions')], [[], []]);
    assert.equal(
      (await until('status', StatusMessage, ({ payload }) => payload.state === 'misconfigured')).payload
        .state,
      'misconfigured',
    );
  });

  it('names the accounts there are when the one entered is not among them', async () => {
    const { until } = await start({ wiring: { config: { accounts: 'U7654321' } } });
    const error = await until('errors', ErrorMessage);
    assert.match(
      error.error.message,
      /None of the accounts entered \(…4321\) is behind the login at 127\.0\.0\.1:\d+, which has …\d{4}/,
    );
  });

  it('sends only the accounts that are wanted, under the labels the user gave', async () => {
    const market = createMarket({ seed: 7, accounts: 3 });
    const [, second = ''] = market.accounts;
    const { said, until } = await start({
      market,
      wiring: { sync: { accounts: 'Pension', labels: { [second]: 'Pension' } } },
    });
    await until('status', StatusMessage, ({ payload }) => payload.state === 'live');
    const message = await until('balances', BalancesMessage);
    assert.equal(message.topic, 'ibkr/Pension/balances');
    assert.deepEqual(
      [...new Set(said.get('balances')?.map((one) => BalancesMessage.parse(one).account.label))],
      ['Pension'],
    );
  });

  for (const [fault, pattern] of [
    ['duplicate-client-id', /Client id 17 is in use at 127\.0\.0\.1:\d+.*Choose another client id/],
    ['http', /answers HTTP, so this is the port of a web server/],
    ['tls', /answers TLS, and the TWS socket API has none/],
    ['silent', /accepts connections but says nothing/],
    ['paper-disclaimer', /waits for its disclaimer to be accepted/],
    ['server-version=90', /not supported\. Update TWS or IB Gateway|too old/],
  ] as const) {
    it(`says in one sentence what to change at a gateway that plays ${fault}`, async () => {
      const { until, said } = await start({ faults: [fault] });
      const error = await until('errors', ErrorMessage);
      assert.match(error.error.message, pattern);
      assert.deepEqual(said.get('balances'), []);
    });
  }

  it('says that nobody listens at the port, and connects once somebody does', async () => {
    const { gateway, until } = await start({ faults: ['refuse'] });
    const error = await until('errors', ErrorMessage);
    assert.match(error.error.message, /refuses connections\. Is TWS or IB Gateway running/);
    gateway.clearFaults();
    await until('balances', BalancesMessage);
  });

  it('says that a host does not exist', async () => {
    const { until } = await start({ wiring: { config: { host: 'no-such-host.invalid' } } });
    const error = await until('errors', ErrorMessage);
    assert.match(
      error.error.message,
      /There is no host of the name in no-such-host\.invalid|cannot be reached/,
    );
  });

  it('refuses every message while no connection is chosen', async () => {
    const { until } = await start({ wiring: { sync: { connection: '' } } });
    helper.getNode('sync').receive({});
    const error = await until('errors', ErrorMessage);
    assert.match(error.error.message, /No connection is chosen/);
  });

  it('leaves no connection behind when the flow is stopped', async () => {
    const { gateway, until } = await start();
    await until('balances', BalancesMessage);
    await helper.unload();
    await eventually(() => gateway.connections === 0);
  });

  it('calls a connection without a name, as a flow that was written by hand may have, by its address', async () => {
    const { gateway, until } = await start({ wiring: { config: { name: undefined } } });
    const { topic } = await until('status', StatusMessage, ({ payload }) => payload.state === 'live');
    assert.equal(topic, `ibkr/127.0.0.1:${gateway.port}/status`);
  });

  it('does not connect at all until a node uses the connection', async () => {
    const { gateway } = await start({ wiring: { sync: { connection: '' } } });
    await eventually(() => helper.getNode('ibkr') !== null);
    assert.equal(gateway.requests.length, 0);
  });
});
