import assert from 'node:assert/strict';
import { Ear } from './ear.js';
import { newsIn } from './news.js';

const NAME = '…4567|orders';

/** Hears messages of one kind of one account with these numbers, as account-sync would send them. */
function hear(ear: Ear, ...sequences: readonly number[]): void {
  for (const sequence of sequences) {
    const sync = { kind: 'orders', sequence, quality: 'live', stale: false };
    const news = newsIn({ account: { label: '…4567' }, payload: [], changes: [], sync });
    assert.ok(news);
    ear.hear(news);
  }
}

describe('the ear of the oracle', () => {
  it('misses a number, and hears one that comes twice', () => {
    const ear = new Ear();
    hear(ear, 1, 2, 4, 4);
    assert.deepEqual(ear.brokenSequences, [`${NAME}: message 4 after 2`, `${NAME}: message 4 after 4`]);
  });

  it('takes nothing for live that was told by somebody who has ended', () => {
    const ear = new Ear();
    hear(ear, 1);
    assert.equal(ear.heard.get('…4567')?.live.has('orders'), true);
    ear.silence('close');
    assert.equal(ear.heard.get('…4567')?.live.has('orders'), false);
  });

  it('lets numbers be left out once after a crash, and never come twice', () => {
    const ear = new Ear();
    hear(ear, 1, 2);
    ear.silence('crash');
    hear(ear, 5, 6);
    assert.deepEqual(ear.brokenSequences, []);
    hear(ear, 8);
    ear.silence('crash');
    hear(ear, 8);
    assert.deepEqual(ear.brokenSequences, [`${NAME}: message 8 after 6`, `${NAME}: message 8 after 8`]);
  });

  it('expects the next number after a close, and the first one where all was forgotten', () => {
    const ear = new Ear();
    hear(ear, 1, 2);
    ear.silence('close');
    hear(ear, 3);
    ear.silence('forgotten');
    hear(ear, 1);
    assert.deepEqual(ear.brokenSequences, []);
    ear.silence('close');
    hear(ear, 3);
    assert.deepEqual(ear.brokenSequences, [`${NAME}: message 3 after 1`]);
  });
});
