import assert from 'node:assert/strict';
import type { Silence } from '../../src/alerts/schema/state.js';
import { isAcknowledged, isSilenced, lasting } from '../../src/alerts/silences.js';

const episode = { ruleId: 'r', key: 'r|a||', firedAt: 50, alertId: 'x' };
const silence = (given: Partial<Silence>): Silence => ({
  kind: 'silence',
  ruleId: null,
  alertId: null,
  key: null,
  from: 100,
  until: 200,
  ...given,
});

describe('a silence', () => {
  it('is about an episode, or a key, or a rule, and about no other', () => {
    const isQuiet = (given: Partial<Silence>) => isSilenced([silence(given)], episode, 150);
    assert.deepEqual([{ alertId: 'x' }, { key: 'r|a||' }, { ruleId: 'r' }].map(isQuiet), [true, true, true]);
    assert.deepEqual([{ alertId: 'y' }, { key: 'r|b||' }, { ruleId: 's' }, {}].map(isQuiet), [
      false,
      false,
      false,
      false,
    ]);
    // The narrowest says what is meant.
    assert.equal(isQuiet({ alertId: 'y', key: 'r|a||', ruleId: 'r' }), false);
    assert.equal(isQuiet({ key: 'r|b||', ruleId: 'r' }), false);
  });

  it('holds until it ends', () => {
    const both = [silence({ ruleId: 'r' }), silence({ ruleId: 'other' })];
    assert.deepEqual(
      [150, 199, 200].map((at) => isSilenced(both, episode, at)),
      [true, true, false],
    );
    assert.equal(isSilenced([], episode, 150), false);
    assert.equal(isSilenced([silence({ ruleId: 'r', kind: 'acknowledge' })], episode, 150), false);
  });

  it('is forgotten when it has ended, and the others are left as they are', () => {
    const all = [silence({ until: 200 }), silence({ until: 300 })];
    assert.equal(lasting(all, 199), all);
    assert.deepEqual(lasting(all, 200), all.slice(1));
    assert.deepEqual(lasting(all, 300), []);
  });
});

describe('an acknowledgement', () => {
  it('is of what began before it', () => {
    const seen = [silence({ kind: 'acknowledge', ruleId: 'r' })];
    const isSeen = (firedAt: number | null, at = 150) => isAcknowledged(seen, { ...episode, firedAt }, at);
    assert.deepEqual([isSeen(50), isSeen(100), isSeen(101), isSeen(null)], [true, true, false, false]);
    assert.equal(isSeen(50, 200), false);
    assert.equal(isAcknowledged([silence({ ruleId: 'r' })], episode, 150), false);
    assert.equal(isAcknowledged([silence({ kind: 'acknowledge', ruleId: 's' })], episode, 150), false);
  });
});
