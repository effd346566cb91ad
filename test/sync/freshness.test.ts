import assert from 'node:assert/strict';
import type { BrokerUpdate, Provenance } from '../../src/domain/update.js';
import { agesAt, freshness, isTooOld, takenAt } from '../../src/sync/freshness.js';
import type { SyncState } from '../../src/sync/state.js';
import {
  accounts,
  after,
  balancesSnapshot,
  balancesUpsert,
  executionsSnapshot,
  ordersSnapshot,
  position,
  positionsSnapshot,
  provenance,
  stateOf,
  T0,
} from '../support/builders.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const STALE_AFTER_MS = 120_000;

function ask(
  state: SyncState,
  question: { at?: number; fresh?: boolean; of?: 'balances' | 'positions' } = {},
) {
  const { at = T0, fresh = true, of = 'balances' } = question;
  return freshness({ state, account: stateOf(state), of, fresh, at, staleAfterMs: STALE_AFTER_MS });
}

const balancesFrom = (from: Partial<Provenance> = {}) => balancesSnapshot({ netLiquidation: 1 }, { from });

const live = {
  asOf: null,
  receivedAt: T0,
  quality: 'live',
  complete: true,
  stale: false,
  staleSeconds: 0,
  via: 'tws',
  issues: [],
} as const;

describe('freshness', () => {
  it('says nothing of what never came', () => {
    assert.equal(ask(after([])), null);
  });

  it('calls a complete image of the open session live', () => {
    assert.deepEqual(ask(after([balancesFrom()])), live);
  });

  it('turns stale by age alone, after the time that the user set', () => {
    const state = after([balancesFrom()]);
    assert.deepEqual(ask(state, { at: T0 + STALE_AFTER_MS }), { ...live, staleSeconds: 120 });
    assert.deepEqual(ask(state, { at: T0 + STALE_AFTER_MS + 1 }), {
      ...live,
      stale: true,
      staleSeconds: 120,
    });
  });

  it('counts the age from the last complete image, not from a row that came later', () => {
    const state = after([
      balancesFrom(),
      balancesUpsert({ netLiquidation: 2 }, { receivedAt: T0 + 100_000 }),
    ]);
    assert.deepEqual(ask(state, { at: T0 + 130_000 }), {
      ...live,
      receivedAt: T0 + 100_000,
      stale: true,
      staleSeconds: 130,
    });
  });

  it('calls figures from the future stale, since their age is unknown once the clock was set back', () => {
    const state = after([balancesFrom()]);
    assert.deepEqual(ask(state, { at: T0 - 3_600_000 }), { ...live, stale: true });
    assert.deepEqual(ask(state, { at: T0 - 60_001 }), { ...live, stale: true });
    assert.deepEqual(ask(state, { at: T0 - 60_000 }), live);
  });

  it('is cached and stale at once without a session, without the link, and without the account', () => {
    const cached = { ...live, quality: 'cached', stale: true, via: 'cache' } as const;
    const state = after([balancesFrom()]);
    const lost: BrokerUpdate = { kind: 'link', state: 'lost', reason: 'gone' };
    assert.deepEqual(ask(state, { fresh: false }), cached);
    assert.deepEqual(ask(after([lost], state)), cached);
    const gone = ask(after([accounts()], state));
    assert.deepEqual({ ...gone, issues: [] }, cached);
    assert.deepEqual(
      gone?.issues.map(({ code }) => code),
      ['ACCOUNT_SET_CHANGED'],
    );
    assert.deepEqual(ask(after([{ ...lost, state: 'limited' }], state)), live);
  });

  it("passes on the broker's own doubts and the time it names", () => {
    const resetting = { code: 'ACCOUNT_RESETTING', severity: 'warning', message: 'Resetting.' } as const;
    const state = after([balancesFrom({ asOf: T0 - 5, partial: true, issues: [resetting] })]);
    assert.deepEqual(ask(state), {
      ...live,
      asOf: T0 - 5,
      quality: 'partial',
      complete: false,
      issues: [resetting],
    });
    assert.deepEqual(ask(after([balancesFrom({ via: 'flex' })])), {
      ...live,
      quality: 'delayed',
      via: 'flex',
    });
  });

  it('counts the age of a delayed report from the close that it shows, and that of all others from their arrival', () => {
    const close = T0 - 60_000;
    assert.equal(takenAt(provenance({ via: 'flex', asOf: close })), close);
    assert.equal(takenAt(provenance({ via: 'flex', asOf: null })), T0);
    assert.equal(takenAt(provenance({ via: 'schwab', asOf: close })), T0);
    const delayed = ask(after([balancesFrom({ via: 'flex', asOf: close })]), { at: T0 + 60_001 });
    assert.deepEqual([delayed?.staleSeconds, delayed?.stale], [120, true]);
  });

  it('is not told any more a day after it came', () => {
    assert.equal(isTooOld(provenance(), T0 + DAY_MS), false);
    assert.equal(isTooOld(provenance(), T0 + DAY_MS + 1), true);
    assert.equal(isTooOld(provenance({ asOf: T0 - 9 * DAY_MS }), T0), false);
  });

  it('calls positions cached while their newest image was refused', () => {
    const state = after([
      balancesSnapshot({ netLiquidation: 1_000, totalCash: 0 }),
      positionsSnapshot([position()]),
      positionsSnapshot([]),
    ]);
    const positions = ask(state, { of: 'positions' });
    assert.deepEqual(
      { ...positions, issues: positions?.issues.map(({ code }) => code) },
      { ...live, quality: 'cached', complete: false, via: 'cache', issues: ['SUSPECT_EMPTY'] },
    );
    const balances = ask(state);
    assert.deepEqual(
      { ...balances, issues: balances?.issues.map(({ code }) => code) },
      { ...live, issues: ['SUSPECT_EMPTY'] },
    );
  });

  it('says which positions an image left out, until another one says what became of them', () => {
    const held = [position({ key: 'a' }), ...['b', 'c', 'd', 'e'].map((key) => position({ key }))];
    const image = (count: number, at: number) =>
      positionsSnapshot(held.slice(0, count), { from: { receivedAt: T0 + at } });
    const issues = (updates: readonly BrokerUpdate[]) =>
      ask(after(updates), { of: 'positions' })?.issues.map(({ message, severity }) => [severity, message]);
    const [before, without] = [image(5, 0), image(1, 1_000)];
    assert.deepEqual(issues([before]), []);
    assert.deepEqual(issues([before, without]), [
      [
        'info',
        'The broker left out AAPL, AAPL, AAPL and 1 more; kept until its next download of the positions says the same.',
      ],
    ]);
    assert.deepEqual(issues([before, without, image(5, 2_000)]), []);
    assert.deepEqual(issues([before, without, image(1, 60_000)]), []);
    const balances = ask(after([balancesFrom(), before, without]));
    assert.deepEqual(balances?.issues, []);
  });

  it('names the next moment at which a part turns stale, or too old to be told', () => {
    const at = (receivedAt: number) => ({ from: { receivedAt } });
    const account = stateOf(
      after([
        ordersSnapshot([], at(T0)),
        balancesSnapshot({}, at(T0 + 10_000)),
        positionsSnapshot([], at(T0 + 20_000)),
        // Executions are never told for their age.
        executionsSnapshot([], at(T0 - 10_000)),
      ]),
    );
    const next = (now: number) => agesAt(account, { staleAfterMs: STALE_AFTER_MS, at: now });
    assert.deepEqual([T0, T0 + 120_000, T0 + 120_001, T0 + 130_001, T0 + 140_001].map(next), [
      T0 + 120_000,
      T0 + 120_000,
      T0 + 130_000,
      T0 + 140_000,
      T0 + DAY_MS,
    ]);
    assert.equal(next(T0 + DAY_MS + 20_001), null);
    const only = stateOf(after([ordersSnapshot([], at(T0))]));
    assert.equal(agesAt(only, { staleAfterMs: STALE_AFTER_MS, at: T0 }), T0 + STALE_AFTER_MS);
    assert.equal(agesAt(stateOf(after([])), { staleAfterMs: STALE_AFTER_MS, at: T0 }), null);
  });
});
