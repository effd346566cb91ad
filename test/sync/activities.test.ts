import assert from 'node:assert/strict';
import { delta } from '../../src/sync/delta.js';
import { restored } from '../../src/sync/restore.js';
import { EMPTY_STATE, type SyncState } from '../../src/sync/state.js';
import { activitiesSnapshot, activity, after, digest, stateOf, T0 } from '../support/builders.js';

const DAY_MS = 86_400_000;
const old = activity({ activityId: 'old' });
const fresh = activity({ activityId: 'fresh' });
const idsOf = (state: SyncState) => [...(stateOf(state).activities?.value.keys() ?? [])];
const told = (before: SyncState | null, now: SyncState) =>
  delta(before === null ? null : stateOf(before), stateOf(now), digest);

describe('activities', () => {
  const begun = after([activitiesSnapshot([old])]);

  it('are none at the first look: what was booked before is not told', () => {
    assert.deepEqual(told(null, begun), []);
    assert.deepEqual(told(after([]), begun), []);
  });

  it('are told once, with one id whoever tells them', () => {
    const now = after([activitiesSnapshot([fresh, old])], begun);
    const [change, ...others] = told(begun, now);
    assert.deepEqual(
      { ...change, eventId: null },
      { of: 'activities', change: 'reported', before: null, after: fresh, eventId: null },
    );
    assert.deepEqual(others, []);
    assert.equal(told(begun, now)[0]?.eventId, change?.eventId);
    assert.deepEqual(told(now, after([activitiesSnapshot([fresh])], now)), []);
  });

  it('stay known when a later list does not reach back to them', () => {
    const now = after([activitiesSnapshot([fresh]), activitiesSnapshot([])], begun);
    assert.deepEqual(idsOf(now), ['old', 'fresh']);
    assert.deepEqual(told(now, after([activitiesSnapshot([old])], now)), []);
  });

  it('are forgotten after more than a year', () => {
    const later = { from: { receivedAt: T0 + 370 * DAY_MS } };
    assert.deepEqual(idsOf(after([activitiesSnapshot([], later)], begun)), []);
  });

  it('that another process has told are not told again', () => {
    const here = after([activitiesSnapshot([fresh])]);
    const known = restored(here, [{ ...stateOf(begun), balances: null }]);
    assert.deepEqual(new Set(idsOf(known)), new Set(['old', 'fresh']));
    assert.deepEqual(idsOf(restored({ ...EMPTY_STATE, ...begun }, [stateOf(begun)])), ['old']);
  });
});
