import assert from 'node:assert/strict';
import { createMarket, type TwsSimulator } from '../../simulators/index.js';
import { Bench, eventually } from './support/simulator.js';
import type { Fields, RawClient } from './support/raw-client.js';

const ACCOUNT = 'DU1000001';
const OTHER = 'DU1000002';
const AAPL = 265598;

describe('the TWS simulator', () => {
  const bench = new Bench();
  afterEach(() => bench.close());

  const pair = async (
    options: Parameters<Bench['start']>[0] = {},
  ): Promise<{ simulator: TwsSimulator; client: RawClient }> => {
    const simulator = await bench.start(options);
    return { simulator, client: await bench.ready(simulator) };
  };

  it('agrees on the lower of both versions and says 15, 9, then the farms', async () => {
    const simulator = await bench.start({ serverVersion: 178, connectionTime: '20260105 09:30:00 EST' });
    const client = await bench.ready(simulator, { versions: '157..176' });
    assert.deepEqual(client.frames[0], ['176', '20260105 09:30:00 EST']);
    assert.deepEqual(
      client.frames.slice(1).map(([id]) => id),
      ['15', '9', '4', '4', '4'],
    );
    assert.deepEqual(client.of('15')[0], ['15', '1', 'DU1000001,DU1000002,DU1000003']);
  });

  it('hangs up on a client that is too old and on one that speaks something else', async () => {
    const simulator = await bench.start();
    const old = bench.dial(simulator);
    old.hello('50..66');
    await old.closed();
    const browser = bench.dial(simulator);
    browser.write(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
    await browser.closed();
    assert.deepEqual([old.bytes.length, browser.bytes.length], [0, 0]);
  });

  it('refuses a client id that is in use and frees it with its connection', async () => {
    const { simulator, client } = await pair();
    const second = bench.dial(simulator);
    second.hello();
    await second.until(() => second.frames.length > 0);
    second.request('71', '2', '1', '');
    await second.closed();
    assert.deepEqual(second.codes(), ['326']);
    client.destroy();
    await eventually(() => simulator.connections === 0);
    await bench.ready(simulator);
  });

  it('downloads an account as rows sorted by key, with suffixed rows and a row for each currency', async () => {
    const { client } = await pair();
    const rows = await client.download('54', '6', '2', '1', ACCOUNT);
    const values = rows.filter(([id]) => id === '6');
    const keys = values.map((row) => row[2] ?? '');
    assert.deepEqual(keys, keys.toSorted());
    assert.ok(values.length > 150);
    assert.ok(keys.filter((key) => /-[CS]$/.test(key)).length > 60);
    assert.deepEqual(
      values.filter((row) => row[2] === 'CashBalance').map((row) => row[4]),
      ['BASE', 'EUR', 'USD'],
    );
    assert.deepEqual(
      values.filter((row) => row[2] === 'NetLiquidation').map((row) => row[4]),
      ['USD'],
    );
    assert.deepEqual(
      rows.map(([id]) => id).filter((id, index, all) => id !== all[index - 1]),
      ['6', '7', '8', '54'],
    );
  });

  it('has one subscribed account for all clients: who asks for another one takes it away', async () => {
    const { simulator, client } = await pair();
    const rival = await bench.ready(simulator, { clientId: 2 });
    await client.download('54', '6', '2', '1', ACCOUNT);
    await rival.download('54', '6', '2', '1', OTHER);
    await client.until(() => client.codes().includes('2100'));
    const from = client.of('7').length;
    simulator.market.closePosition(ACCOUNT, AAPL);
    await client.roundTrip();
    assert.equal(client.of('7').length, from);
  });

  it('gives two summaries at most, and drops tags it does not know', async () => {
    const { client } = await pair();
    const first = await client.download(
      '64',
      '62',
      '1',
      '1',
      'All',
      'ReqTEquity,Leverage,NetLiquidation,Cushion',
    );
    assert.deepEqual(
      first.filter((row) => row[3] === ACCOUNT).map((row) => row[4]),
      ['Cushion', 'NetLiquidation'],
    );
    await client.download('64', '62', '1', '2', 'All', 'NetLiquidation');
    client.request('62', '1', '3', 'All', 'NetLiquidation');
    await client.roundTrip();
    assert.deepEqual(client.of('4').at(-1)?.slice(2, 4), ['3', '322']);
  });

  it('puts $LEDGER rows last, by currency, BASE at the end', async () => {
    const { client } = await pair({ market: createMarket({ accounts: 1 }) });
    const rows = await client.download('64', '62', '1', '1', 'All', 'NetLiquidation,$LEDGER:ALL');
    const currencies = rows.slice(1, -1).map((row) => row[6] ?? '');
    assert.equal(rows[0]?.[4], 'NetLiquidation');
    assert.deepEqual([...new Set(currencies)], ['EUR', 'USD', 'BASE']);
  });

  it('drops the connection of a client that cancels a summary twice', async () => {
    const { client } = await pair();
    await client.download('64', '62', '1', '1', 'All', 'NetLiquidation');
    client.request('63', '1', '1');
    client.request('63', '1', '1');
    await client.closed();
    assert.equal(client.codes().at(-1), '320');
  });

  it('echoes negative request ids and is silent about a contract nobody holds', async () => {
    const { client } = await pair();
    const rows = await client.download('72', '74', '1', '-5', ACCOUNT, '');
    assert.ok(rows.every((row) => row[2] === '-5'));
    client.request('94', '8', ACCOUNT, '', '424242');
    await client.roundTrip();
    assert.equal(client.of('95').length, 0);
  });

  it('tells a fill in the natural order, then the line, which comes once more when it is closed', async () => {
    const { simulator, client } = await pair();
    await client.download('62', '61', '1');
    const from = client.frames.length;
    simulator.market.closePosition(ACCOUNT, AAPL);
    await client.roundTrip();
    const told = client.frames.slice(from);
    assert.deepEqual(
      told.map(([id]) => id),
      ['5', '3', '11', '5', '3', '5', '59', '61', '49'],
    );
    const closed = told.find(([id]) => id === '61') ?? [];
    assert.deepEqual([closed[3], closed[14]], [String(AAPL), '0']);
    const again = await client.download('62', '61', '1');
    assert.equal(
      again.some((row) => row[2] === ACCOUNT && row[3] === String(AAPL)),
      false,
    );
  });

  it('tells a cancelled order by its status, then error 202 to the order', async () => {
    const { simulator, client } = await pair();
    const order = {
      account: ACCOUNT,
      conId: AAPL,
      side: 'BUY',
      quantity: 5,
      orderType: 'LMT',
      limitPrice: 200,
    } as const;
    const permId = simulator.market.placeOrder(order);
    const open = await client.download('53', '16', '1');
    assert.ok(open.some((row) => row[0] === '3' && row[6] === permId && row[2] === 'Submitted'));
    simulator.market.cancelOrder(permId);
    await client.until(() => client.codes().includes('202'));
    const after = await client.download('53', '16', '1');
    assert.equal(
      after.some((row) => row[0] === '3'),
      false,
    );
    const completed = await client.download('102', '99', '0');
    assert.ok(completed.some((row) => row.includes(permId) && row.includes('Cancelled')));
  });

  it('tells a correction with a higher revision and repeats both revisions when asked', async () => {
    const { simulator, client } = await pair();
    const { market } = simulator;
    market.closePosition(ACCOUNT, AAPL);
    const first = market.executions(ACCOUNT)[0]?.execId ?? '';
    const second = market.correctExecution(first, { price: 231 });
    await client.until(() => client.of('11').some((row) => row.includes(second)));
    const rows = await client.download('55', '7', '3', '9', '', '', '', '', '', '', '');
    assert.deepEqual(
      rows.map(([id]) => id),
      ['11', '59', '11', '59', '55'],
    );
    assert.deepEqual(
      rows.filter(([id]) => id === '59').map((row) => row[2]),
      [first, second],
    );
  });

  it('keeps live fills to itself when told so, as real TWS does for most clients', async () => {
    const { simulator, client } = await pair({ pushLiveFills: false });
    simulator.market.closePosition(ACCOUNT, AAPL);
    await client.roundTrip();
    assert.equal(client.of('11').length, 0);
  });

  it('moves P&L with the prices and repeats values only when they changed', async () => {
    const { simulator, client } = await pair();
    await client.download('54', '6', '2', '1', ACCOUNT);
    client.request('92', '5', ACCOUNT, '');
    await client.until(() => client.of('94').length === 1);
    simulator.pushValues();
    simulator.market.tick();
    await client.until(() => client.of('94').length === 2);
    const from = client.frames.length;
    simulator.pushValues();
    await client.roundTrip();
    const told = client.frames
      .slice(from)
      .filter(([id]) => id === '6')
      .map((row) => row[2]);
    assert.ok(told.includes('NetLiquidation'));
    assert.equal(told.includes('AccountCode'), false);
  });

  it('tells a client exactly what the ledger says, after any trades', async () => {
    const { simulator, client } = await pair({ market: createMarket({ seed: 11 }) });
    const { market } = simulator;
    for (let step = 0; step < 150; step += 1) {
      market.trade();
      market.tick();
    }
    const truth = market.ledger().ibkr.accounts;
    for (const { account, balances, positions } of truth) {
      const rows = await client.download('54', '6', '2', '1', account);
      const value = (key: string, currency: string): number =>
        Number(rows.find((row) => row[2] === key && row[4] === currency)?.[3]);
      const base = market.baseCurrency(account);
      assert.deepEqual(
        [
          value('NetLiquidation', base),
          value('TotalCashValue', base),
          value('BuyingPower', base),
          value('UnrealizedPnL', 'BASE'),
          value('Cushion', ''),
        ],
        [
          balances.netLiquidation,
          balances.totalCash,
          balances.buyingPower,
          balances.unrealizedPnl,
          balances.cushion,
        ],
      );
      assert.deepEqual(
        balances.ledger.map(({ currency }) => [
          value('CashBalance', currency),
          value('ExchangeRate', currency),
        ]),
        balances.ledger.map(({ cash, exchangeRate }) => [cash, exchangeRate]),
      );
      assert.deepEqual(
        rows
          .filter(([id]) => id === '7')
          .map((row) => [row[2], row[13], row[14], row[15], row[16], row[17], row[18]].map(Number)),
        positions.map((p) => [
          p.conId,
          p.quantity,
          p.marketPrice,
          p.marketValue,
          p.averageCost,
          p.unrealizedPnl,
          p.realizedPnl,
        ]),
      );
    }
  });
});

describe('a request that could change something', () => {
  const bench = new Bench();
  afterEach(() => bench.close());

  const WRITING: readonly (readonly [string, Fields, string])[] = [
    ['placeOrder', ['3', '77', '265598', 'AAPL'], '77'],
    ['cancelOrder', ['4', '1', '78', ''], '78'],
    ['reqOpenOrders', ['5', '1'], '-1'],
    ['reqIds', ['8', '1', '1'], '-1'],
    ['setServerLogLevel', ['14', '1', '5'], '-1'],
    ['reqAutoOpenOrders', ['15', '1', '1'], '-1'],
    ['replaceFA', ['19', '1', '1', '<xml/>'], '-1'],
    ['exerciseOptions', ['21', '2', '79', '265598'], '79'],
    ['reqGlobalCancel', ['58', '1'], '-1'],
    ['anything unknown', ['4711', 'x'], '-1'],
  ];

  for (const [name, fields, id] of WRITING) {
    it(`is refused and written down: ${name}`, async () => {
      const simulator = await bench.start();
      const client = await bench.ready(simulator, { clientId: 5 });
      const before = JSON.stringify(simulator.market.ledger());
      client.request(...fields);
      await client.roundTrip();
      assert.deepEqual(client.of('4').at(-1)?.slice(2, 4), [id, '321']);
      assert.deepEqual(simulator.violations, [{ clientId: 5, messageId: fields[0], fields }]);
      assert.ok(
        simulator.requests.some((request) => request.fields[0] === fields[0] && request.clientId === 5),
      );
      assert.equal(JSON.stringify(simulator.market.ledger()), before);
    });
  }
});

describe('the lifetime of the simulator', () => {
  const bench = new Bench();
  afterEach(() => bench.close());

  it('survives any bytes a client sends', async () => {
    const simulator = await bench.start();
    const { market } = simulator;
    let state = 12345;
    const next = (): number => (state = (Math.imul(state, 1_103_515_245) + 12345) >>> 0);
    const ids = ['3', '6', '7', '16', '61', '62', '63', '71', '74', '76', '92', '94', '99', '', 'x'];
    for (let round = 0; round < 40; round += 1) {
      const client = bench.dial(simulator);
      if (round % 3 > 0) client.hello();
      if (round % 3 === 2) client.request('71', '2', String(100 + round), '');
      for (let frame = 0; frame < 10; frame += 1) {
        if (round % 3 === 1) client.write(Buffer.from(Array.from({ length: 50 }, () => next() >>> 24)));
        else
          client.request(
            ids[next() % ids.length] ?? '',
            String(next()),
            '',
            String(next()),
            'DU1000001',
            '\u0000',
            '-1',
            '💥',
          );
      }
      market.trade();
    }
    const sane = await bench.ready(simulator, { clientId: 9999 });
    await sane.roundTrip();
  });

  it('closes twice without a word and leaves no connection', async () => {
    const simulator = await bench.start({ faults: ['slow=50', 'late-commission=60000'] });
    const client = await bench.ready(simulator);
    await simulator.close();
    await simulator.close();
    await client.closed();
    assert.equal(simulator.connections, 0);
  });

  it('stops and starts listening on the same port', async () => {
    const simulator = await bench.start();
    const { port } = simulator;
    await simulator.stopListening();
    const refused = bench.dial(simulator);
    await refused.closed();
    await simulator.startListening();
    await bench.ready(simulator);
    assert.equal(simulator.port, port);
  });

  it('drops everybody on demand, by FIN or by reset', async () => {
    const simulator = await bench.start();
    const first = await bench.ready(simulator);
    simulator.disconnectAll();
    await first.closed();
    const second = await bench.ready(simulator);
    simulator.disconnectAll('reset');
    await second.closed();
    assert.deepEqual([first.ended, second.ended], ['fin', 'reset']);
  });
});
