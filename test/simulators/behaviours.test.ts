import assert from 'node:assert/strict';
import { createMarket, FAULT_NAMES, startTwsSimulator } from '../../simulators/index.js';
import { Bench, eventually } from './support/simulator.js';

const ACCOUNT = 'DU1000001';
const AAPL = 265598;
const ids = (frames: readonly (readonly string[])[]): string =>
  [...new Set(frames.map(([id]) => id))].join(' ');

describe('a fault of the simulator', () => {
  const bench = new Bench();
  afterEach(() => bench.close());

  const withClient = async (
    ...faults: readonly string[]
  ): Promise<{
    simulator: Awaited<ReturnType<Bench['start']>>;
    client: Awaited<ReturnType<Bench['ready']>>;
  }> => {
    const simulator = await bench.start();
    const client = await bench.ready(simulator);
    for (const fault of faults) simulator.fault(fault);
    return { simulator, client };
  };

  it('has a known name, and a wrong one is an error that lists them', async () => {
    const simulator = await bench.start();
    assert.throws(() => simulator.fault('melt'), /no fault "melt", only refuse/);
    await assert.rejects(startTwsSimulator({ faults: ['bad-length=7'] }), /not one of -1, 0, huge/);
    assert.ok(FAULT_NAMES.length > 35);
  });

  it('refuse: nobody can connect until it is cleared, on the same port', async () => {
    const simulator = await bench.start();
    const { port } = simulator;
    const fault = simulator.fault('refuse');
    const refused = bench.dial(simulator);
    await refused.closed();
    assert.equal(refused.ended, 'reset');
    fault.clear();
    await bench.ready(simulator);
    assert.equal(simulator.port, port);
  });

  it('nightly-restart: everybody drops, and the same port comes back', async () => {
    const { simulator, client } = await withClient();
    simulator.fault('nightly-restart', '30');
    await client.closed();
    await eventually(async () => {
      const next = bench.dial(simulator);
      next.hello();
      await next.until(() => next.ended !== 'open' || next.frames.length > 0);
      return next.frames.length > 0;
    });
  });

  it('reset: the connection is reset at once', async () => {
    const simulator = await bench.start({ faults: ['reset'] });
    const client = bench.dial(simulator);
    client.hello();
    await client.closed();
    assert.equal(client.bytes.length, 0);
  });

  it('silent: the greeting is never answered', async () => {
    const simulator = await bench.start({ faults: ['silent'] });
    const client = bench.dial(simulator);
    client.hello();
    await eventually(() => simulator.connections === 1);
    const other = await (async () => {
      simulator.clearFaults();
      return bench.ready(simulator, { clientId: 2 });
    })();
    await other.roundTrip();
    assert.deepEqual([client.bytes.length, client.ended], [0, 'open']);
  });

  it('http and tls: a different kind of server answers', async () => {
    const web = bench.dial(await bench.start({ faults: ['http'] }));
    web.hello();
    await web.closed();
    assert.match(web.bytes.toString(), /^HTTP\/1\.1 400/);
    const secure = bench.dial(await bench.start({ faults: ['tls'] }));
    secure.hello();
    await secure.closed();
    assert.equal(secure.bytes[0], 0x15);
  });

  it('stall-handshake: the accounts come, message 9 never', async () => {
    const client = await bench.ready(await bench.start({ faults: ['stall-handshake'] }));
    await client.roundTrip();
    assert.deepEqual([client.of('15').length, client.of('9').length], [1, 0]);
  });

  it('server-version: names a version that the client cannot speak', async () => {
    const client = bench.dial(await bench.start({ faults: ['server-version=200'] }));
    client.hello('100..193');
    await client.until(() => client.frames.length > 0);
    assert.equal(client.frames[0]?.[0], '200');
  });

  for (const [fault, code] of [
    ['duplicate-client-id', '326'],
    ['paper-disclaimer', '10141'],
  ] as const) {
    it(`${fault}: ${code}, then the connection ends`, async () => {
      const client = bench.dial(await bench.start({ faults: [fault] }));
      client.hello();
      await client.until(() => client.frames.length > 0);
      client.request('71', '2', '1', '');
      await client.closed();
      assert.deepEqual([client.codes(), client.of('9').length, client.ended], [[code], 0, 'fin']);
    });
  }

  it('half-open: reads on but says nothing any more', async () => {
    const { simulator, client } = await withClient('half-open');
    const before = client.bytes.length;
    client.request('49', '1');
    await eventually(() => simulator.requests.at(-1)?.fields[0] === '49');
    simulator.clearFaults();
    await client.roundTrip();
    assert.deepEqual([client.bytes.length > before, client.of('49').length], [true, 1]);
  });

  it('cut-snapshot: the connection ends after n rows of the next download only', async () => {
    const { simulator, client } = await withClient('cut-snapshot=2');
    client.request('61', '1');
    await client.closed();
    assert.deepEqual([client.of('61').length, client.of('62').length], [2, 0]);
    const next = await bench.ready(simulator);
    assert.equal(ids(await next.download('62', '61', '1')), '61 62');
  });

  it('no-end: one end marker never comes', async () => {
    const { client } = await withClient('no-end=62');
    client.request('61', '1');
    await client.download('53', '16', '1');
    assert.deepEqual([client.of('61').length > 0, client.of('62').length], [true, 0]);
  });

  it('end-before-rows: the end marker is the first frame', async () => {
    const { client } = await withClient('end-before-rows');
    client.request('6', '2', '1', ACCOUNT);
    await client.roundTrip();
    const own = client.frames.filter(([id]) => id === '54' || id === '6' || id === '7');
    assert.deepEqual([own[0]?.[0], own.length > 100], ['54', true]);
  });

  it('read-only: open orders are refused, completed ones never answered, the rest goes on', async () => {
    const client = await bench.ready(await bench.start({ readOnlyApi: true }));
    client.request('16', '1');
    client.request('99', '0');
    await client.roundTrip();
    assert.deepEqual(client.of('4').at(-1)?.slice(2, 4), ['-1', '321']);
    assert.deepEqual([client.of('53').length, client.of('102').length], [0, 0]);
    assert.equal(ids(await client.download('62', '61', '1')), '61 62');
  });

  it('read-only-loud: both are refused in words', async () => {
    const { client } = await withClient('read-only-loud');
    client.request('16', '1');
    client.request('99', '0');
    await client.roundTrip();
    assert.deepEqual(client.codes().slice(-2), ['321', '321']);
  });

  it('garbage and bad-length: what follows the good frames is no frame', async () => {
    for (const [fault, head] of [
      ['garbage', null],
      ['bad-length=-1', 'ffffffff'],
      ['bad-length=0', '00000000'],
      ['bad-length=huge', '7fffffff'],
    ] as const) {
      const { client } = await withClient(fault);
      const before = client.bytes.length;
      client.request('49', '1');
      await client.until(() => client.bytes.length > before);
      const came = client.bytes.subarray(before);
      if (head === null) assert.equal(came.length, 64);
      else assert.equal(came.subarray(0, 4).toString('hex'), head);
    }
  });

  it('no-final-nul: the last field does not end', async () => {
    const { client } = await withClient('no-final-nul');
    const before = client.bytes.length;
    client.request('17', '1');
    await client.until(() => client.of('15').length === 2);
    assert.notEqual(client.bytes.at(-1), 0);
    assert.equal(client.bytes.readUInt32BE(before), client.bytes.length - before - 4);
  });

  it('bad-reject-json: an order error whose JSON does not parse', async () => {
    const { client } = await withClient('bad-reject-json');
    await client.roundTrip();
    const text = client.of('4').at(-1)?.[5] ?? '';
    assert.throws(() => JSON.parse(text), SyntaxError);
  });

  it('byte-by-byte, many-per-chunk and slow change the chunks, not the frames', async () => {
    const plain = await withClient();
    const expected = await plain.client.download('62', '61', '1');
    for (const fault of ['byte-by-byte', 'many-per-chunk', 'slow=1']) {
      const { client } = await withClient(fault);
      assert.deepEqual(await client.download('62', '61', '1'), expected, fault);
    }
  });

  it('not-ready: AccountReady is false and the figures are zero', async () => {
    const { client } = await withClient('not-ready');
    const rows = await client.download('54', '6', '2', '1', ACCOUNT);
    const value = (key: string): string | undefined =>
      rows.find((row) => row[0] === '6' && row[2] === key)?.[3];
    assert.deepEqual([value('AccountReady'), value('NetLiquidation')], ['false', '0.00']);
  });

  it('empty-portfolio, duplicate-rows and zero-rows change what is held', async () => {
    const held = async (fault: string): Promise<readonly (readonly string[])[]> => {
      const { client } = await withClient(fault);
      return (await client.download('62', '61', '1')).filter(([id]) => id === '61');
    };
    assert.equal((await held('empty-portfolio')).length, 0);
    const twice = await held('duplicate-rows');
    assert.equal(new Set(twice.map((row) => row.join())).size, twice.length / 2);
    const zero = (await held('zero-rows')).filter((row) => row[14] === '0');
    assert.deepEqual(
      zero.map((row) => [row[3], row[4]]),
      [['999999', 'NEVER']],
    );
  });

  it('unset-numbers: figures are unset, quantities stay', async () => {
    const { client } = await withClient('unset-numbers');
    const [row] = await client.download('62', '61', '1');
    assert.deepEqual([row?.[15], Number(row?.[14]) > 0], ['1.7976931348623157E308', true]);
  });

  it('interleave: rows of other streams come in between', async () => {
    const { client } = await withClient('interleave');
    const rows = await client.download('64', '62', '1', '9', 'All', 'NetLiquidation,TotalCashValue');
    assert.equal(ids(rows), '63 8 73 64');
  });

  it('trailing-comma: the list of accounts ends with one', async () => {
    const client = await bench.ready(await bench.start({ faults: ['trailing-comma'] }));
    assert.equal(client.of('15')[0]?.[2], 'DU1000001,DU1000002,DU1000003,');
  });

  it('status-before-order, repeat-status and late-commission disturb a live fill', async () => {
    const { simulator, client } = await withClient(
      'status-before-order',
      'repeat-status',
      'late-commission=20',
    );
    const order = { account: ACCOUNT, conId: AAPL, side: 'BUY', quantity: 1, orderType: 'MKT' } as const;
    const from = client.frames.length;
    simulator.market.fillOrder(simulator.market.placeOrder(order));
    await client.until(() => client.of('59').length > 0);
    assert.deepEqual(
      client.frames.slice(from).map(([id]) => id),
      ['3', '3', '3', '5', '11', '3', '3', '3', '5', '5', '59'],
    );
  });

  it('subscription-refused: another client keeps the account', async () => {
    const { client } = await withClient('subscription-refused');
    client.request('6', '2', '1', ACCOUNT);
    await client.roundTrip();
    assert.equal(client.codes().at(-1), '2101');
  });

  it('connectivity-lost freezes what clients see until it is restored', async () => {
    const market = createMarket();
    const simulator = await bench.start({ market });
    const client = await bench.ready(simulator);
    const netLiquidation = async (): Promise<string | undefined> => {
      const rows = await client.download('54', '6', '2', '1', ACCOUNT);
      return rows.find((row) => row[2] === 'NetLiquidation')?.[3];
    };
    const before = await netLiquidation();
    simulator.fault('connectivity-lost');
    market.setPrice(AAPL, 500);
    assert.equal(await netLiquidation(), before);
    simulator.fault('connectivity-restored');
    await client.until(() => client.of('7').some((row) => row[2] === String(AAPL) && row[14] === '500'));
    assert.notEqual(await netLiquidation(), before);
    assert.deepEqual(
      client.codes().filter((code) => code.startsWith('11')),
      ['1100', '1102'],
    );
  });

  it('connectivity-restored-data-lost forgets every subscription', async () => {
    const { simulator, client } = await withClient();
    await client.download('62', '61', '1');
    simulator.fault('connectivity-lost');
    simulator.fault('connectivity-restored-data-lost');
    const from = client.of('61').length;
    simulator.market.closePosition(ACCOUNT, AAPL);
    await client.roundTrip();
    assert.deepEqual([client.of('61').length - from, client.codes().at(-1)], [0, '1101']);
  });
});
