import assert from 'node:assert/strict';
import type { BrokerUpdate } from '../../../src/domain/update.js';
import type { BrokerSession } from '../../../src/ports.js';
import { eventually, fastClock } from '../../support/clocks.js';
import { keyOf, schwabStage, type SchwabStage } from '../../support/schwab-stage.js';

const EVERYTHING = { kind: null, account: null } as const;

describe('a session that the streamer wakes', () => {
  let stage: SchwabStage;
  let session: BrokerSession;
  let updates: BrokerUpdate[];
  let ends: unknown[];

  const links = () => updates.flatMap((update) => (update.kind === 'link' ? [update] : []));
  const quantities = (symbol: string) =>
    updates.flatMap((update) =>
      update.kind === 'snapshot' && update.of === 'positions' && update.account === keyOf(account())
        ? [update.positions.find(({ instrument }) => instrument.symbol === symbol)?.quantity ?? 0]
        : [],
    );
  const account = () => stage.schwab.book.accounts[0] ?? '';
  const connect = async (): Promise<BrokerSession> =>
    await stage.broker.open(
      { update: (update) => updates.push(update), ended: (error) => ends.push(error) },
      new AbortController().signal,
    );

  beforeEach(async () => {
    updates = [];
    ends = [];
    stage = await schwabStage({ clock: fastClock(50), options: { streamer: true } });
    await stage.logIn();
    session = await connect();
  });
  afterEach(async () => {
    await session.close();
    await eventually(() => stage.schwab.streams === 0);
    await stage.schwab.close();
  });

  it('asks at once when something happens, and books nothing from the stream itself', async () => {
    await session.refresh(EVERYTHING);
    await eventually(() => stage.schwab.streams === 1);
    const before = quantities('AAPL').at(-1) ?? 0;
    const { book } = stage.schwab;
    book.fillOrder(
      book.placeOrder({ account: account(), legs: [{ symbol: 'AAPL', instruction: 'BUY', quantity: 3 }] }),
    );
    await eventually(() => quantities('AAPL').at(-1) === before + 3);
  });

  it('asks nothing before it was asked itself', async () => {
    await eventually(() => stage.schwab.streams === 1);
    assert.deepEqual(
      updates.filter(({ kind }) => kind === 'snapshot'),
      [],
    );
  });

  it('says when another app has taken its place, does not come back, and goes on being asked', async () => {
    await session.refresh(EVERYTHING);
    await eventually(() => stage.schwab.streams === 1);
    const first = session;
    session = await connect();
    await eventually(() => links().some(({ state }) => state === 'limited'));
    await eventually(() => stage.schwab.streams === 1);
    assert.match(links().find(({ state }) => state === 'limited')?.reason ?? '', /another/i);
    await first.refresh(EVERYTHING);
    assert.deepEqual(ends, []);
    assert.equal(stage.schwab.streams, 1);
    await first.close();
  });

  it('does not end when only the stream is gone', async () => {
    await session.refresh(EVERYTHING);
    await eventually(() => stage.schwab.streams === 1);
    const asked = stage.schwab.requests.length;
    stage.schwab.disconnectAll();
    await eventually(() => stage.schwab.requests.length > asked);
    await eventually(() => stage.schwab.streams === 1, { withinMs: 10_000 });
    assert.deepEqual(ends, []);
  });

  it('goes on without a stream that never says a word', async () => {
    stage.schwab.fault('schwab-stream-silence');
    await session.close();
    session = await connect();
    await session.refresh(EVERYTHING);
    assert.ok(quantities('AAPL').length > 0);
  });
});
