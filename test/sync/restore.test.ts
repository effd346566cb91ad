import assert from 'node:assert/strict';
import { restored } from '../../src/sync/restore.js';
import { EMPTY_STATE, type AccountState } from '../../src/sync/state.js';
import {
  after,
  positionsRemove,
  positionsSnapshot,
  positionsUpsert,
  position,
  stateOf,
  T0,
} from '../support/builders.js';

const at = (minutes: number) => ({ from: { receivedAt: T0 + minutes * 60_000 } });
const versionsOf = ({ closedVersions, positions }: AccountState) => ({
  held: Object.fromEntries([...(positions?.value ?? [])].map(([key, { version }]) => [key, version])),
  closed: Object.fromEntries(closedVersions),
});

describe('what is remembered from before a restart', () => {
  const remembered = stateOf(
    after([
      positionsSnapshot(
        [position({ key: 'a', quantity: 1 }), position({ key: 'b' }), position({ key: 'c' })],
        at(0),
      ),
      positionsUpsert([position({ key: 'a', quantity: 2 })]),
      positionsRemove(['c']),
    ]),
  );

  it('is all that is known where the broker has said nothing yet', () => {
    assert.equal(stateOf(restored(EMPTY_STATE, [remembered])), remembered);
    assert.equal(stateOf(restored(after([]), [remembered])), remembered);
  });

  it('gives way to what the broker has said since, but lends its versions', () => {
    const live = after([positionsSnapshot([position({ key: 'a', quantity: 5 })], at(10))]);
    const both = stateOf(restored(live, [remembered]));
    assert.equal(both.positions?.value.get('a')?.value.quantity, 5);
    const { a = 0, b = 0 } = versionsOf(remembered).held;
    assert.ok(a > 1);
    // A third quantity after the two that were told.
    assert.deepEqual(versionsOf(both), {
      held: { a: a + 1 },
      closed: { b, ...versionsOf(remembered).closed },
    });
  });

  it('is no news where it says nothing new', () => {
    const live = after([positionsSnapshot([position({ key: 'a', quantity: 5 })], at(10))]);
    const both = restored(live, [remembered]);
    assert.equal(restored(both, [remembered]), both);
    assert.equal(restored(live, []), live);
  });
});
