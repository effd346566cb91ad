import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  afterEvent,
  CLOSED,
  FAILURES_UNTIL_OPEN,
  permits,
  type BreakerEvent,
  type BreakerState,
} from '../../src/resilience/breaker.js';

const MINUTE_MS = 60_000;

/** The state after these events, all at the same moment. */
const after = (events: readonly BreakerEvent[], at = 0, from: BreakerState = CLOSED): BreakerState =>
  events.reduce((state, event) => afterEvent(state, event, at), from);
const failures = (count: number): readonly BreakerEvent[] => Array.from({ length: count }, () => 'failed');
const OPEN = after(failures(FAILURES_UNTIL_OPEN));

describe('the breaker of an endpoint', () => {
  it('opens after five failures in a row, and not after five with a success among them', () => {
    assert.ok(permits(after(failures(4)), 0));
    assert.ok(!permits(after(failures(5)), 0));
    assert.ok(permits(after([...failures(4), 'succeeded', ...failures(4)]), 0));
  });

  it('is not moved by calls that were called off', () => {
    assert.deepEqual(after(['called-off', ...failures(4), 'called-off']), after(failures(4)));
    assert.equal(after(['called-off'], 0, OPEN), OPEN);
  });

  it('lets one trial through when it is due, and no second one while that is out', () => {
    assert.ok(!permits(OPEN, 29_999));
    assert.ok(permits(OPEN, 30_000));
    const trying = afterEvent(OPEN, 'sent', 30_000);
    assert.equal(trying.kind, 'half-open');
    assert.ok(!permits(trying, 10 * MINUTE_MS));
  });

  it('waits half a minute for the first trial, twice as long after each that failed, at most five minutes', () => {
    const waits: number[] = [];
    let state = OPEN;
    let at = 0;
    for (let trial = 0; trial < 7; trial += 1) {
      assert.ok(state.kind === 'open');
      waits.push(state.trialAt - at);
      at = state.trialAt;
      state = after(['sent', 'failed'], at, state);
    }
    assert.deepEqual(waits, [30_000, 60_000, 120_000, 240_000, 300_000, 300_000, 300_000]);
  });

  it('closes with a trial that succeeds, and begins with half a minute when it opens again', () => {
    const failed = after(['sent', 'failed'], 30_000, OPEN);
    const closed = after(['sent', 'succeeded'], 90_000, failed);
    assert.deepEqual(closed, CLOSED);
    assert.deepEqual(after(failures(5), 0, closed), OPEN);
  });

  it('takes a late answer to a call from before for as good as one to the trial, and a late failure for none', () => {
    assert.deepEqual(after(['succeeded'], 1_000, OPEN), CLOSED);
    assert.equal(after(['failed'], 1_000, OPEN), OPEN);
  });

  it('gives a trial that was called off back, due as before', () => {
    assert.deepEqual(after(['sent', 'called-off'], 40_000, OPEN), OPEN);
  });

  it('stays isolated whatever answers come and however long it takes, until it is reset or somebody tries anew', () => {
    const isolated = after(['isolated', 'succeeded', 'failed', 'called-off', 'sent']);
    assert.deepEqual(isolated, { kind: 'isolated' });
    assert.ok(!permits(isolated, Number.MAX_SAFE_INTEGER));
    assert.deepEqual(after(['reset'], 0, isolated), CLOSED);
    assert.ok(permits(after(['due'], 7, isolated), 7));
  });

  it('has its trial at once for somebody who comes with a backoff of their own', () => {
    assert.ok(permits(after(['due'], 1_000, OPEN), 1_000));
    assert.equal(after(['due'], 0, CLOSED), CLOSED);
    const failed = after(['due', 'sent', 'failed'], 1_000, OPEN);
    assert.deepEqual(failed, { kind: 'open', trialAt: 61_000, openings: 2 });
  });

  it('is a plain value that survives being written and read', () => {
    for (const state of [CLOSED, OPEN, after(['sent'], MINUTE_MS, OPEN), after(['isolated'])])
      assert.deepEqual(JSON.parse(JSON.stringify(state)), state);
  });

  it('opens with the fifth failure and no other, has one trial out at most, and waits five minutes at most', () => {
    const ends = fc.constantFrom<BreakerEvent>(
      'succeeded',
      'failed',
      'called-off',
      'isolated',
      'due',
      'reset',
    );
    const steps = fc.array(
      fc.record({
        passesMs: fc.integer({ min: 0, max: 400_000 }),
        event: fc.oneof(ends, fc.constant('sent')),
      }),
      { maxLength: 80, size: 'max' },
    );
    fc.assert(
      fc.property(steps, (script) => {
        let at = 0;
        let state = CLOSED;
        let inARow = 0;
        for (const { event, passesMs } of script) {
          at += passesMs;
          if (event === 'sent' && !permits(state, at)) continue;
          const before = state.kind;
          state = event === 'sent' ? afterEvent(state, 'sent', at) : afterEvent(state, event, at);
          if (before === 'closed' && event === 'failed') inARow += 1;
          else if (event === 'succeeded' || event === 'reset' || before !== 'closed') inARow = 0;
          if (before === 'closed' && event !== 'isolated')
            assert.equal(state.kind, inARow === 5 ? 'open' : 'closed');
          if (before === 'half-open' && event === 'failed') assert.equal(state.kind, 'open');
          if (before === 'isolated' && event !== 'due' && event !== 'reset') assert.equal(state.kind, before);
          if (state.kind === 'half-open') assert.ok(!permits(state, Infinity), 'a second trial');
          if (state.kind === 'open') assert.ok(permits(state, at + 5 * MINUTE_MS), 'a trial too late');
          if (event === 'due' && before !== 'half-open') assert.ok(permits(state, at));
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
