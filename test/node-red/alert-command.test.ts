import assert from 'node:assert/strict';
import { commandIn } from '../../src/node-red/alert/command.js';

const HOUR_MS = 3_600_000;

describe('a command to an alert node', () => {
  for (const [message, command] of [
    [{ topic: 'list' }, { ask: 'list' }],
    [{ topic: 'silence' }, { ask: 'silence', target: null, forMs: HOUR_MS }],
    [
      { topic: 'silence', payload: { rule: 'cushion', duration: '30m' } },
      { ask: 'silence', target: { rule: 'cushion' }, forMs: 1_800_000 },
    ],
    [
      { topic: 'silence', payload: 0, rule: 'cushion', duration: 90 },
      { ask: 'silence', target: { rule: 'cushion' }, forMs: 90_000 },
    ],
    [
      { topic: 'silence', payload: { duration: '400d' } },
      { ask: 'silence', target: null, forMs: 31 * 24 * HOUR_MS },
    ],
    [
      { topic: 'ack', payload: 'a1b2' },
      { ask: 'ack', target: { alert: 'a1b2' }, forMs: null },
    ],
    [
      { topic: 'ack', payload: { alert: ' a1b2 ', duration: ' 2 H ' } },
      { ask: 'ack', target: { alert: 'a1b2' }, forMs: 2 * HOUR_MS },
    ],
  ] as const)
    it(`is understood: ${JSON.stringify(message)}`, () => assert.deepEqual(commandIn(message), { command }));

  for (const [message, wrong] of [
    [{ topic: 'ack' }, /^Which alert\?/],
    [{ topic: 'silence', payload: { duration: 'long' } }, /^The duration “long” is none/],
    [{ topic: 'silence', payload: { duration: -5 } }, /^The duration “-5” is none/],
    [{ topic: 'silence', payload: { rule: { $gt: '' } } }, /no text/],
  ] as const)
    it(`is refused with a sentence: ${JSON.stringify(message)}`, () => {
      const answer = commandIn(message);
      assert.ok(answer !== null && 'wrong' in answer);
      assert.match(answer.wrong, wrong);
    });

  it('is none where a message has another topic, or no shape at all', () => {
    for (const other of [null, 5, {}, { topic: 'silent' }, { topic: 'ibkr/Main/balances' }, { topic: 1 }])
      assert.equal(commandIn(other), null);
  });
});
