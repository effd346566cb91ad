import assert from 'node:assert/strict';
import { z } from 'zod';
import { createMarket, startTwsSimulator, type Market } from '../../simulators/index.js';
import { eventually } from '../support/clocks.js';
import { PositionsMessage, StatusMessage } from '../support/messages.js';
import { helper, startRuntime, stopRuntime } from '../support/nodes.js';
import { run, type Running } from '../support/session.js';

const Time = z.iso.datetime();
const Image = z.object({ rows: z.number().nullable(), completeAt: Time, newestAt: Time });
const Way = z.object({
  via: z.string(),
  address: z.string(),
  state: z.string(),
  message: z.string().nullable(),
  serving: z.boolean(),
  inUse: z.boolean(),
  nextAttemptAt: Time.nullable(),
  counters: z.record(z.string(), z.number()),
  lastError: z.object({ at: Time, message: z.string() }).nullable(),
  history: z.array(z.object({ at: Time, state: z.string(), message: z.string().nullable() })),
  accounts: z.array(z.object({ name: z.string(), positions: Image.nullable(), balances: Image.nullable() })),
});
const Diagnosis = z.object({
  at: Time,
  versions: z.record(z.string(), z.string()),
  deployed: z.boolean(),
  name: z.string().nullable(),
  message: z.string().nullable(),
  ways: z.array(Way),
});

/** Of how many accounts positions were told through the second gateway. */
function throughBackup(said: readonly unknown[]): number {
  const told = said
    .map((message) => PositionsMessage.parse(message))
    .filter(({ sync }) => sync.via === 'tws-backup');
  return new Set(told.map(({ account }) => account.key)).size;
}

describe('the diagnostics of a connection', () => {
  let market: Market;
  let running: Running | null = null;

  before(async () => await startRuntime());
  after(async () => await stopRuntime());
  beforeEach(() => {
    market = createMarket({ seed: 7, accounts: 2 });
  });
  afterEach(async () => {
    await running?.close();
    running = null;
  });

  const ask = async (id = 'ibkr') => {
    const { body, status } = await helper.request().get(`/brokerage/${id}/diagnostics`);
    assert.equal(status, 200, JSON.stringify(body));
    return { text: JSON.stringify(body), ...Diagnosis.parse(body) };
  };
  const live = async (wiring: NonNullable<Parameters<typeof run>[0]>['wiring'] = {}): Promise<Running> => {
    running = await run({ market, wiring });
    await running.until('status', StatusMessage, ({ payload }) => payload.state === 'live');
    return running;
  };

  it('tell how it is, what came and when, without a figure and without an account number', async () => {
    await live();
    const { deployed, message, name, text, versions, ways } = await ask();
    assert.deepEqual([deployed, name, message], [true, 'my gateway', null]);
    assert.match(versions['@tradinghelper/node-red-brokerage'] ?? '', /^\d+\.\d+\.\d+/);
    const [way] = ways;
    assert.deepEqual([ways.length, way?.via, way?.inUse, way?.lastError], [1, 'tws', true, null]);
    assert.deepEqual([way?.counters['attempts'], way?.counters['sessions']], [1, 1]);
    assert.ok((way?.counters['snapshots'] ?? 0) >= 4);
    const truth = market.ledger().ibkr.accounts;
    assert.deepEqual(
      way?.accounts.map(({ name: account, positions }) => [account, positions?.rows]),
      truth.map(({ account, positions }) => [`…${account.slice(-4)}`, positions.length]),
    );
    for (const { account, balances } of truth) {
      assert.ok(!text.includes(account));
      assert.ok(!text.includes(String(balances.netLiquidation)));
    }
  });

  it('keep what went wrong, and when the next attempt is', async () => {
    const { gateway } = await live();
    await gateway.stopListening();
    gateway.disconnectAll('reset');
    await eventually(() => running?.last('status', StatusMessage)?.payload.state === 'degraded');
    const gone = await ask();
    const [way] = gone.ways;
    assert.equal(way?.serving, false);
    assert.ok(way.lastError !== null && way.lastError.message.length > 10);
    const states = new Set(way.history.map(({ state }) => state));
    assert.deepEqual([...states].toSorted(), ['connecting', 'degraded', 'live']);
    await gateway.startListening();
    await eventually(() => running?.statuses.at(-1)?.startsWith('live'));
    const { ways } = await ask();
    assert.equal(ways[0]?.serving, true);
    assert.ok((ways[0]?.counters['attempts'] ?? 0) >= 2);
    assert.notEqual(ways[0]?.lastError, null);
  });

  it('show the way in use', async () => {
    const other = await startTwsSimulator({ market });
    try {
      const { gateway, said } = await live({ config: { backupPort: String(other.port) } });
      await gateway.stopListening();
      gateway.disconnectAll('reset');
      // A way serves when it has told every account.
      await eventually(() => throughBackup(said.get('positions') ?? []) === market.accounts.length);
      const { ways } = await ask();
      assert.deepEqual(
        ways.map(({ inUse, serving, via }) => [via, serving, inUse]),
        [
          ['tws', false, false],
          ['tws-backup', true, true],
        ],
      );
      await running?.close();
      running = null;
    } finally {
      await other.close();
    }
  });

  it('say what is wrong with one that does not run', async () => {
    running = await run({ market, wiring: { config: { clientId: '0' } } });
    const wrong = await ask();
    assert.deepEqual([wrong.deployed, wrong.ways], [true, []]);
    assert.match(wrong.message ?? '', /^clientId is "0"/);
    const unknown = await ask('nobody');
    assert.deepEqual([unknown.deployed, unknown.ways], [false, []]);
    assert.match(unknown.message ?? '', /does not run: deploy it/);
  });
});
