import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { RequestWindow } from '../../src/resilience/request-window.js';
import { FakeClock } from '../support/clocks.js';

const MINUTE_MS = 60_000;

describe('the requests of the last ten minutes', () => {
  it('are counted for ten minutes, and then not any more', () => {
    const clock = new FakeClock();
    const window = new RequestWindow(clock);
    window.note('requests');
    window.note('failures');
    clock.advance(9 * MINUTE_MS);
    window.note('requests');
    assert.deepEqual(window.tally, { requests: 2, failures: 1 });
    clock.advance(MINUTE_MS);
    assert.deepEqual(window.tally, { requests: 1, failures: 0 });
    clock.advance(10 * MINUTE_MS);
    assert.deepEqual(window.tally, { requests: 0, failures: 0 });
  });

  it('are all of the last nine minutes and none from before the last ten, whenever they were', () => {
    const waits = fc.array(fc.integer({ min: 0, max: 3 * MINUTE_MS }), { maxLength: 60, size: 'max' });
    fc.assert(
      fc.property(waits, (all) => {
        const clock = new FakeClock();
        const window = new RequestWindow(clock);
        const times: number[] = [];
        for (const wait of all) {
          clock.advance(wait);
          window.note('requests');
          times.push(clock.monotonic());
        }
        const younger = (minutes: number) =>
          times.filter((at) => clock.monotonic() - at <= minutes * MINUTE_MS).length;
        assert.ok(window.tally.requests >= younger(9));
        assert.ok(window.tally.requests <= younger(10));
      }),
    );
  });
});
