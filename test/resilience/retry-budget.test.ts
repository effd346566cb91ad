import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { RetryBudget } from '../../src/resilience/retry-budget.js';
import { FakeClock } from '../support/clocks.js';

const WINDOW_MS = 5 * 60_000;

function budget(requests = 0) {
  const clock = new FakeClock();
  const own = new RetryBudget(clock);
  for (let count = 0; count < requests; count += 1) own.noteRequest();
  const takeAll = (): number => {
    let taken = 0;
    while (taken < 1_000 && own.take()) taken += 1;
    return taken;
  };
  return { clock, own, takeAll };
}

describe('the budget of retries', () => {
  it('lets a quiet connection retry three times in five minutes', () => {
    const { clock, takeAll } = budget(1);
    assert.equal(takeAll(), 3);
    clock.advance(WINDOW_MS - 1);
    assert.equal(takeAll(), 0);
    clock.advance(1);
    assert.equal(takeAll(), 3);
  });

  it('lets a busy one retry a tenth of what it asks', () => {
    assert.equal(budget(300).takeAll(), 30);
    assert.equal(budget(39).takeAll(), 3);
  });

  it('counts what was asked within five minutes, and nothing older', () => {
    const { clock, takeAll } = budget(300);
    clock.advance(WINDOW_MS);
    assert.equal(takeAll(), 3);
  });

  it('never grants more than a tenth, or three, of any five minutes that end with a retry', () => {
    const steps = fc.array(
      fc.record({ passesMs: fc.integer({ min: 0, max: 60_000 }), isRetry: fc.boolean() }),
      { maxLength: 200, size: 'max' },
    );
    fc.assert(
      fc.property(steps, (script) => {
        const { clock, own } = budget();
        const log: { readonly at: number; readonly what: 'request' | 'retry' }[] = [];
        for (const { isRetry, passesMs } of script) {
          clock.advance(passesMs);
          const at = clock.monotonic();
          if (!isRetry) {
            own.noteRequest();
            log.push({ at, what: 'request' });
            continue;
          }
          const lately = log.filter((entry) => at - entry.at < WINDOW_MS);
          const requests = lately.filter(({ what }) => what === 'request').length;
          const fits = lately.length - requests + 1 <= Math.max(3, requests / 10);
          assert.equal(own.take(), fits);
          if (fits) log.push({ at, what: 'retry' });
        }
      }),
      { numRuns: 300 },
    );
  });
});
