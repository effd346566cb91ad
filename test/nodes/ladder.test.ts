import assert from 'node:assert/strict';
import {
  createMarket,
  startFlexSimulator,
  startTwsSimulator,
  type Market,
  type TwsSimulator,
} from '../../simulators/index.js';
import { eventually } from '../support/clocks.js';
import { marked } from '../support/leak-watch.js';
import { ErrorMessage, PositionsMessage, StatusMessage } from '../support/messages.js';
import { helper, startRuntime, stopRuntime } from '../support/nodes.js';
import { run, type Running } from '../support/session.js';

/** Five minutes pass in a second and a half. */
const FAST = 200;

describe('account-sync with more than one way to its accounts', () => {
  let market: Market;
  let other: TwsSimulator;
  let running: Running | null = null;

  before(async () => await startRuntime());
  after(async () => await stopRuntime());
  beforeEach(async () => {
    market = createMarket({ seed: 7, accounts: 1 });
    other = await startTwsSimulator({ market });
  });
  afterEach(async () => {
    await running?.close();
    running = null;
    await other.close();
  });

  const start = async (given: NonNullable<Parameters<typeof run>[0]>['wiring']): Promise<Running> =>
    (running = await run({ market, clockFactor: 60, wiring: given ?? {} }));
  const closeFirst = (): void => {
    const [account = ''] = market.accounts;
    market.closePosition(account, market.ledger().ibkr.accounts[0]?.positions[0]?.conId ?? 0);
  };
  const closedOnes = (): readonly string[] =>
    (running?.said.get('positions') ?? []).flatMap((message) =>
      PositionsMessage.parse(message).changes.flatMap(({ change, eventId }) =>
        change === 'closed' ? [eventId] : [],
      ),
    );
  const through = (via: string) => (message: { readonly sync: { readonly via: string } }) =>
    message.sync.via === via;
  /** Waits for positions that come this way and were told after the last one of another way. */
  const positionsNow = async (via: string): Promise<void> => {
    await eventually(() => running?.last('positions', PositionsMessage)?.sync.via === via, { what: via });
  };

  it('reads its second gateway while the first is gone, and goes back, without a change that is none', async () => {
    const { gateway, until } = await start({ config: { backupPort: String(other.port) } });
    await until('positions', PositionsMessage, through('tws'));
    assert.equal(other.connections, 0);
    await gateway.stopListening();
    gateway.disconnectAll('reset');
    closeFirst();
    const meanwhile = await until('positions', PositionsMessage, through('tws-backup'));
    assert.deepEqual([meanwhile.sync.quality, meanwhile.sync.stale], ['live', false]);
    await eventually(() => closedOnes().length === 1, { what: 'the closed position' });
    const told = await until('status', StatusMessage, ({ payload }) => payload.via === 'tws-backup');
    assert.equal(told.payload.state, 'degraded');
    assert.match(told.payload.reason ?? '', /^Reading through 127\.0\.0\.1:\d+\. /);

    await gateway.startListening();
    await positionsNow('tws');
    await eventually(() => other.connections === 0, { withinMs: 15_000, what: 'the second gateway is left' });
    assert.equal(closedOnes().length, 1);
    assert.equal(running?.last('status', StatusMessage)?.payload.state, 'live');
    assert.deepEqual([...gateway.violations, ...other.violations], []);
  }).timeout(30_000);

  const fallback = () => ({
    sync: { fallback: 'spare' },
    more: [
      {
        id: 'spare',
        type: 'ibkr-config',
        name: 'my spare gateway',
        host: '127.0.0.1',
        port: String(other.port),
      },
    ],
  });

  it('reads its fallback while the connection is gone', async () => {
    const { gateway, until } = await start(fallback());
    await until('positions', PositionsMessage, ({ sync }) => sync.quality === 'live');
    await gateway.stopListening();
    gateway.disconnectAll('fin');
    closeFirst();
    await eventually(() => closedOnes().length === 1, { what: 'the closed position' });
    const last = running?.last('positions', PositionsMessage);
    assert.deepEqual([last?.sync.via, last?.sync.quality], ['tws', 'live']);
    await gateway.startListening();
    await eventually(() => running?.last('status', StatusMessage)?.payload.state === 'live');
    assert.equal(closedOnes().length, 1);
  }).timeout(30_000);

  it('refreshes through the way it reads', async () => {
    const { gateway, until } = await start(fallback());
    await until('positions', PositionsMessage, ({ sync }) => sync.quality === 'live');
    await gateway.stopListening();
    gateway.disconnectAll('fin');
    await until('status', StatusMessage, ({ payload }) => /Reading through/.test(payload.reason ?? ''));
    const before = other.requests.length;
    helper.getNode('sync').receive({ topic: 'positions' });
    await eventually(() => other.requests.length > before);
  }).timeout(30_000);

  it('reads the daily report while no gateway has answered yet, and becomes live without a change', async () => {
    const [begun, from] = [Date.now(), performance.now()];
    // IBKR counts requests by the clock that the nodes live by.
    const now = (): number => begun + (performance.now() - from) * FAST;
    const flex = await startFlexSimulator({ market, now });
    try {
      const flexToken = marked('flexToken', flex.token);
      running = await run({
        market,
        clockFactor: FAST,
        faults: ['refuse'],
        wiring: {
          config: { flexQueryId: flex.queryId, flexUrl: flex.url },
          credentials: { ibkr: { flexToken } },
        },
      });
      const { gateway, until } = running;
      const report = await until('positions', PositionsMessage, through('flex'));
      assert.deepEqual([report.sync.quality, report.sync.stale], ['delayed', true]);
      const [truth] = flex.accounts;
      const told = report.payload.map(({ key, quantity }) => `${key}: ${quantity}`);
      assert.deepEqual(
        told.toSorted(),
        // Currencies are in the cash report, and no positions there.
        truth?.positions
          .filter(({ secType }) => secType !== 'CASH')
          .map(({ conId, quantity }) => `${conId}: ${quantity}`)
          .toSorted(),
      );
      const status = await until('status', StatusMessage, ({ payload }) => payload.via === 'flex');
      assert.equal(status.payload.state, 'stale');
      assert.match(status.payload.reason ?? '', /^The data are .* old\. Reading IBKR's daily report\. /);

      gateway.clearFaults();
      await until('positions', PositionsMessage, ({ sync }) => sync.quality === 'live');
      await eventually(() => running?.last('status', StatusMessage)?.payload.state === 'live');
      assert.deepEqual(
        (running.said.get('positions') ?? []).flatMap((message) => PositionsMessage.parse(message).changes),
        [],
      );
      assert.ok(flex.requests.length <= 10);
    } finally {
      await running?.close();
      running = null;
      await flex.close();
    }
  }).timeout(30_000);

  it('says what to do when the daily report has no token', async () => {
    running = await run({
      market,
      clockFactor: FAST,
      faults: ['refuse'],
      wiring: { config: { flexQueryId: '1', flexUrl: 'http://127.0.0.1:9/flex' } },
    });
    const ask = async () => (await helper.request().get('/brokerage/ibkr/diagnostics')).text;
    let answer = '';
    for (let times = 0; times < 200 && !/The Flex token is missing/.test(answer); times++) {
      answer = await ask();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.match(answer, /The Flex token is missing: enter it in the connection/);
  }).timeout(30_000);

  for (const [what, wiring, sentence] of [
    ['itself', { sync: { fallback: 'ibkr' } }, /fallback is the connection itself/],
    ['a connection that is gone', { sync: { fallback: 'nobody' } }, /chosen as fallback is gone/],
    [
      'one to another broker',
      { sync: { fallback: 'other' }, more: [{ id: 'other', type: 'schwab-config', name: 'my Schwab' }] },
      /must lead to the same accounts/,
    ],
    ['a second gateway where the first one is', { config: { backupHost: '127.0.0.1' } }, /like the first/],
  ] as const)
    it(`says that it cannot fall back on ${what}`, async () => {
      const { until } = await start(wiring);
      helper.getNode('sync').receive({});
      await until('errors', ErrorMessage, ({ error }) => sentence.test(error.message));
    });
});
