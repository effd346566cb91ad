import assert from 'node:assert/strict';
import { guardedClock } from '../../src/node-red/guarded-clock.js';
import { FakeClock } from '../support/clocks.js';

describe('a timer of a node', () => {
  it('reports what it throws instead of ending Node-RED', () => {
    const time = new FakeClock();
    const reports: string[] = [];
    const clock = guardedClock(time, (message) => reports.push(message));
    clock.after(10, () => {
      throw new Error('a mistake');
    });
    time.advance(10);
    assert.equal(reports.length, 1);
    assert.match(reports[0] ?? '', /^Brokerage: Error: a mistake\n +at /);
  });

  it('does not fire once it was cancelled', () => {
    const time = new FakeClock();
    let fired = false;
    guardedClock(time, () => {})
      .after(10, () => (fired = true))
      .cancel();
    time.advance(10);
    assert.equal(fired, false);
  });
});
