import assert from 'node:assert/strict';
import type { Activity } from '../../../src/domain/activity.js';
import type { BrokerUpdate } from '../../../src/domain/update.js';
import type { BrokerSession } from '../../../src/ports.js';
import { FakeClock } from '../../support/clocks.js';
import { keyOf, schwabStage, type SchwabStage } from '../../support/schwab-stage.js';

const EVERYTHING = { kind: null, account: null } as const;
/** A Tuesday, eleven in the morning in New York. */
const NOW = Date.UTC(2026, 10, 24, 16, 0, 0);
const DAY_MS = 86_400_000;
const MARGIN = '01234567';

describe('what Schwab has booked', () => {
  let clock: FakeClock;
  let stage: SchwabStage;
  let session: BrokerSession;
  let images: (readonly Activity[])[];

  const update = (news: BrokerUpdate): void => {
    if (news.kind === 'snapshot' && news.of === 'activities' && news.account === keyOf(MARGIN))
      images.push(news.activities);
  };
  const open = async (): Promise<void> => {
    session = await stage.broker.open({ update, ended: () => undefined }, new AbortController().signal);
    await session.refresh(EVERYTHING);
  };
  /** After the ten minutes in which nothing is asked where nothing moves. */
  const look = async (): Promise<readonly string[]> => {
    clock.advance(11 * 60_000);
    await session.refresh(EVERYTHING);
    return (images.at(-1) ?? []).map(({ amount, type }) => `${type} ${amount}`);
  };

  beforeEach(async () => {
    clock = new FakeClock(NOW);
    images = [];
    stage = await schwabStage({ clock, now: () => clock.now() });
    await stage.logIn();
    await open();
  });
  afterEach(async () => {
    await session.close();
    await stage.schwab.close();
  });

  it('reaches back over an outage of a week at the first look, and not to fills, which their orders tell', () => {
    const [first] = images;
    const oldest = Math.min(...(first ?? []).map(({ time }) => Date.parse(time ?? '')));
    assert.ok(oldest <= NOW - 7 * DAY_MS && oldest > NOW - 12 * DAY_MS);
    assert.deepEqual([...new Set(first?.map(({ type }) => type))].toSorted(), ['dividend', 'withdrawal']);
  });

  it('is told as soon as the money is there', async () => {
    stage.schwab.book.depositCash(MARGIN, 750);
    await session.refresh(EVERYTHING);
    assert.deepEqual(
      images.at(-1)?.map(({ amount, type }) => `${type} ${amount}`),
      ['deposit 750'],
    );
  });

  it('is not told while it is only announced: nobody knows yet what it will come to', async () => {
    stage.schwab.book.announceDeposit(MARGIN, 900);
    assert.deepEqual(await look(), []);
    stage.schwab.book.bookPending(MARGIN);
    assert.deepEqual(await look(), ['deposit 900']);
  });

  it('has margin calls in it, which move nothing', async () => {
    stage.schwab.book.bookMarginCall(MARGIN);
    await look();
    assert.deepEqual(images.at(-1)?.map(({ rawType, type }) => [type, rawType])[0], ['other', 'MARGIN_CALL']);
  });

  it('has an assignment in it on the next morning, and the shares without an order beside it', async () => {
    const written = 'AAPL  270115P00200000';
    stage.schwab.book.assign(MARGIN, written);
    assert.deepEqual(await look(), []);
    stage.schwab.book.bookNight(MARGIN);
    const rows = await look();
    assert.equal(rows.includes('assignment 0'), true);
    assert.equal(images.at(-1)?.find(({ type }) => type === 'trade')?.orderId, null);
  });

  it('is nothing where Schwab refuses to tell, and does not begin with what is old when it tells again', async () => {
    const refusal = stage.schwab.fault('schwab-managed');
    const before = images.length;
    await look();
    assert.equal(images.length, before);
    refusal.clear();
    assert.ok((await look()).length > 1, 'the look after it reaches back again');
  });
});
