import assert from 'node:assert/strict';
import { EMPTY_BOOK, withAccount, withoutAccount } from '../../src/feeds/book.js';
import { EMPTY_OUTBOX, withWaiting } from '../../src/feeds/outbox.js';
import { decodeFeed, encodeFeed, type KeptFeed } from '../../src/state/feed.js';
import { latestSave } from '../../src/state/latest-save.js';
import { sampledAccount } from '../alerts/support.js';

const book = withoutAccount(
  withAccount(
    withAccount(EMPTY_BOOK, sampledAccount(), { type: 'margin' }),
    sampledAccount({ key: 'bbbbbbbbbbbb', label: 'Old' }),
    { type: null },
  ),
  'bbbbbbbbbbbb',
);
const outbox = withWaiting(EMPTY_OUTBOX, {
  topic: 'brokerage/ibkr_main/alerts',
  text: '{}',
  severity: 'critical',
});

describe('what an mqtt feed remembers', () => {
  it('comes back as it was', () => {
    assert.deepEqual(decodeFeed(encodeFeed({ book, outbox })), { book, outbox });
    assert.deepEqual(book.retired, ['old']);
  });

  it('is not taken from a file that is damaged, or that leads to other topics', () => {
    const text = encodeFeed({ book, outbox });
    assert.equal(decodeFeed(text.slice(0, -20)), null);
    assert.equal(decodeFeed(text.replace('ibkr_main', 'ibkr_mean')), null);
    for (const name of ['../bridge', 'a/b', '#', '+', '']) {
      const [known] = book.accounts.values();
      assert.ok(known !== undefined);
      const led: KeptFeed = { book: { ...book, accounts: new Map([['k', { ...known, name }]]) }, outbox };
      assert.equal(decodeFeed(encodeFeed(led)), null, name);
    }
  });

  it('is written as it is when its turn comes, however often that was asked for', async () => {
    const written: number[] = [];
    const turns: (() => void)[] = [];
    let latest = 1;
    const save = latestSave(
      {
        load: () => null,
        save: async (content: number) => {
          written.push(content);
          await new Promise<void>((resolve) => turns.push(resolve));
        },
        remove: async () => {},
      },
      () => latest,
    );
    const first = save();
    await Promise.resolve();
    latest = 2;
    const others = [save(), save()];
    latest = 3;
    while (turns.length > 0) {
      turns.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all([first, ...others]);
    assert.deepEqual(written, [1, 3]);
  });
});
