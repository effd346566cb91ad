import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { EMPTY_OUTBOX, MOST_WAITING, without, withWaiting, type Outbox } from '../../src/feeds/outbox.js';

const SEVERITIES = ['info', 'warning', 'critical'] as const;
type Severity = (typeof SEVERITIES)[number];

function filled(severities: readonly Severity[]): Outbox {
  return severities.reduce<Outbox>(
    (outbox, severity) => withWaiting(outbox, { topic: 't', text: severity, severity }),
    EMPTY_OUTBOX,
  );
}

describe('the outbox of alerts', () => {
  it('keeps all, in the order in which they came, until they are acknowledged', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...SEVERITIES), { maxLength: 60, size: 'max' }),
        fc.array(fc.nat({ max: 70 }), { size: 'max', maxLength: 60 }),
        (severities, acknowledged) => {
          const left = acknowledged.reduce(without, filled(severities));
          const expected = severities
            .map((_, index) => index + 1)
            .filter((number) => !acknowledged.includes(number));
          assert.deepEqual(
            left.waiting.map(({ number }) => number),
            expected,
          );
          assert.equal(left.dropped, 0);
        },
      ),
    );
  });

  it('is never fuller than it may be, counts what it gives up, and gives up the least severe first, the oldest of them', () => {
    const many = (severity: Severity, count: number): readonly Severity[] =>
      Array.from({ length: count }, () => severity);
    const full = filled([...many('critical', 300), ...many('info', 400), ...many('warning', 300)]);
    assert.equal(full.waiting.length, MOST_WAITING);
    const more = [...many('critical', 450)].reduce<Outbox>(
      (outbox, severity) => withWaiting(outbox, { topic: 't', text: severity, severity }),
      full,
    );
    const count = (severity: Severity): number =>
      more.waiting.filter((one) => one.severity === severity).length;
    assert.deepEqual([more.waiting.length, more.dropped], [MOST_WAITING, 450]);
    assert.deepEqual(SEVERITIES.map(count), [0, 250, 750]);
    assert.equal(more.waiting.find(({ severity }) => severity === 'warning')?.number, 751);
  });

  it('takes nothing less severe in when it is full of what is more', () => {
    const full = filled(Array.from({ length: MOST_WAITING }, () => 'critical' as const));
    const after = withWaiting(full, { topic: 't', text: 'late', severity: 'info' });
    assert.deepEqual(after.waiting, full.waiting);
    assert.equal(after.dropped, 1);
  });
});
