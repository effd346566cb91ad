import assert from 'node:assert/strict';
import { clockSkew } from '../../../src/brokers/schwab/clock-skew.js';
import type { BrokerUpdate } from '../../../src/domain/update.js';
import { FakeClock } from '../../support/clocks.js';
import { schwabStage } from '../../support/schwab-stage.js';

const MINUTE_MS = 60_000;

describe("a clock that differs from Schwab's", () => {
  it('is told in minutes beyond two of them, and which way it is wrong', () => {
    for (const skewMs of [0, 2 * MINUTE_MS, -2 * MINUTE_MS]) assert.equal(clockSkew(skewMs), null);
    assert.deepEqual(clockSkew(3 * MINUTE_MS), {
      code: 'CLOCK_SKEW',
      severity: 'warning',
      message:
        "The clock of this machine is 3 minutes behind Schwab's: set it by NTP, and do not trust the age of these figures until then.",
    });
    assert.match(clockSkew(-60 * MINUTE_MS)?.message ?? '', /60 minutes ahead of Schwab's/);
  });

  it('is told with every image of balances and positions, by the date of the answers', async () => {
    const clock = new FakeClock();
    const { broker, logIn, schwab } = await schwabStage({ clock, now: () => clock.now() + 5 * MINUTE_MS });
    await logIn();
    const updates: BrokerUpdate[] = [];
    const events = { update: (news: BrokerUpdate) => void updates.push(news), ended: () => {} };
    const session = await broker.open(events, new AbortController().signal);
    await session.refresh({ kind: null, account: null });
    const told = updates.flatMap((news) =>
      news.kind === 'snapshot' && news.from.issues.some(({ code }) => code === 'CLOCK_SKEW') ? [news.of] : [],
    );
    assert.deepEqual([...new Set(told)].toSorted(), ['balances', 'positions']);
    await session.close();
    await schwab.close();
  });
});
