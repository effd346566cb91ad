import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Execution } from '../../src/domain/execution.js';
import { mergeExecutions } from '../../src/sync/executions.js';
import {
  after,
  execution,
  executionsOf,
  executionsSnapshot,
  executionsUpsert,
  stateOf,
  T0,
} from '../support/builders.js';

const DAY_MS = 24 * 60 * 60 * 1000;

describe('executions', () => {
  it('keeps the highest revision, in whatever order the revisions come', () => {
    const revisions = [1, 2, 3].map((revision) => execution({ revision, quantity: revision * 10 }));
    fc.assert(
      fc.property(fc.shuffledSubarray(revisions, { minLength: 1 }), (arrived) => {
        const newest = arrived.toSorted((a, b) => b.revision - a.revision)[0];
        assert.deepEqual(executionsOf(after([executionsSnapshot([]), executionsUpsert(arrived)])), [newest]);
      }),
      { numRuns: 100 },
    );
  });

  it('adds the commission that comes late, and does not unlearn it', () => {
    const fill = execution({ liquidity: 'added', legId: '1' });
    const paid = { ...fill, commission: 1.25, commissionCurrency: 'USD', realizedPnl: 40 };
    const bare = execution({ executedAt: null, orderId: null, permId: null, price: null });
    const state = after([executionsSnapshot([fill]), executionsUpsert([paid])]);
    assert.deepEqual(executionsOf(state), [paid]);
    assert.equal(after([executionsUpsert([bare])], state), state);
  });

  it('does not give the commission of a fill to its correction', () => {
    const correction = execution({ revision: 2, correctionOf: '0001.01.01', quantity: 8 });
    const state = after([
      executionsSnapshot([execution({ commission: 1.25 })]),
      executionsUpsert([correction]),
    ]);
    assert.deepEqual(executionsOf(state), [correction]);
  });

  it('keeps a fill that a later list does not repeat', () => {
    const other = execution({ executionId: '0002.01' });
    const state = after([
      executionsSnapshot([execution()]),
      executionsSnapshot([other]),
      executionsSnapshot([]),
    ]);
    assert.deepEqual(executionsOf(state), [execution(), other]);
  });

  it('forgets a fill thirty days after it was made, and never one of which nobody knows when', () => {
    const old = execution({ executionId: 'old', executedAt: new Date(T0).toISOString() });
    const undated = execution({ executionId: 'undated', executedAt: null });
    const young = execution({ executionId: 'young', executedAt: new Date(T0 + DAY_MS).toISOString() });
    const before = after([executionsSnapshot([old, undated, young])]);
    const listAt = (receivedAt: number) => after([executionsSnapshot([], { from: { receivedAt } })], before);
    const kept = listAt(T0 + 30 * DAY_MS);
    assert.equal(stateOf(kept).executions?.value, stateOf(before).executions?.value);
    assert.deepEqual(executionsOf(listAt(T0 + 30 * DAY_MS + 1)), [undated, young]);
    assert.deepEqual(executionsOf(listAt(T0 + 99 * DAY_MS)), [undated]);
  });

  it('never loses an execution, nor goes back to an older revision of it', () => {
    const fill = fc.record({ id: fc.integer({ min: 0, max: 20 }), revision: fc.integer({ min: 1, max: 3 }) });
    const lists = fc.array(fc.array(fill, { maxLength: 10, size: 'max' }), { maxLength: 20, size: 'max' });
    fc.assert(
      fc.property(lists, (arrivals) => {
        let held: ReadonlyMap<string, Execution> = new Map();
        const highest = new Map<string, number>();
        for (const list of arrivals) {
          held = mergeExecutions(
            held,
            list.map(({ id, revision }) => execution({ executionId: `${id}`, revision })),
          );
          for (const { id, revision } of list)
            highest.set(`${id}`, Math.max(revision, highest.get(`${id}`) ?? 0));
        }
        assert.deepEqual(new Map([...held].map(([id, { revision }]) => [id, revision])), highest);
      }),
      { numRuns: 500 },
    );
  });
});
