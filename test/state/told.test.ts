import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { decodeTold, encodeTold, type Told } from '../../src/state/told.js';
import { reconcile } from '../../src/sync/reconcile.js';
import { EMPTY_STATE } from '../../src/sync/state.js';
import {
  account,
  accounts,
  activitiesSnapshot,
  activity,
  balancesSnapshot,
  execution,
  executionsSnapshot,
  KEY,
  order,
  ordersSnapshot,
  position,
  positionsSnapshot,
  positionsUpsert,
} from '../support/builders.js';

const amount = fc.double({ noNaN: true, min: -1e12, max: 1e12 }).map((value) => value + 0);
const figure = fc.option(amount, { nil: null });
const text = fc.string({ unit: 'binary', maxLength: 12 });

/** One account with all that can be known of it. */
const anAccount = fc
  .record({ figure, text, quantity: amount.filter((value) => value !== 0), rows: fc.nat({ max: 5 }) })
  .map(({ figure: some, quantity, rows, text: words }) => {
    const keys = Array.from({ length: rows }, (_, index) => `k${index}`);
    const state = [
      accounts(account({ key: KEY, type: words })),
      balancesSnapshot({ netLiquidation: some, totalCash: some }),
      positionsSnapshot(keys.map((key) => position({ key, quantity, marketPrice: some, currency: words }))),
      positionsUpsert([position({ key: 'k0', quantity: quantity / 2 || 1 })]),
      ordersSnapshot(keys.map((key) => order({ key, permId: key, tag: words, limitPrice: some }))),
      executionsSnapshot(keys.map((key) => execution({ executionId: key, price: some }))),
      activitiesSnapshot(keys.map((key) => activity({ activityId: key, amount: some, description: words }))),
    ].reduce(reconcile, EMPTY_STATE);
    const [found] = state.accounts.values();
    assert.ok(found !== undefined);
    return found;
  });

const aMemory: fc.Arbitrary<Told> = fc.record({
  connection: text,
  accounts: fc.array(anAccount, { maxLength: 2 }),
  next: fc.option(fc.array(anAccount, { maxLength: 2 }), { nil: null }),
  sequences: fc.dictionary(fc.constantFrom('a|balances', 'a|positions', 'b|orders'), fc.nat()),
});

describe('what a reader has told, as it is kept', () => {
  it('is read as it was written, but for what was wrong then', () => {
    fc.assert(
      fc.property(aMemory, (told) => {
        const read = decodeTold(encodeTold(told, (words) => words));
        assert.deepEqual(read, { ...told, sequences: { ...told.sequences } });
      }),
    );
  });

  it('is nothing as soon as one character of it is another', () => {
    fc.assert(
      fc.property(aMemory, fc.nat(), fc.string({ minLength: 1, maxLength: 1 }), (told, at, other) => {
        const written = encodeTold(told, (words) => words).trimEnd();
        const place = at % written.length;
        fc.pre(written[place] !== other);
        const damaged = `${written.slice(0, place)}${other}${written.slice(place + 1)}`;
        const read = decodeTold(damaged);
        // A space between the parts of a file is no damage.
        if (read !== null) assert.deepEqual(read, decodeTold(written));
      }),
    );
  });

  it('is nothing when it ends too early', () => {
    fc.assert(
      fc.property(aMemory, fc.double({ min: 0, max: 0.999, noNaN: true }), (told, part) => {
        const written = encodeTold(told, (words) => words).trimEnd();
        assert.equal(decodeTold(written.slice(0, Math.floor(written.length * part))), null);
      }),
    );
  });

  it('is nothing when it is of another version', () => {
    const told = { connection: 'c', accounts: [], next: null, sequences: {} };
    assert.notEqual(decodeTold(encodeTold(told, (words) => words)), null);
    assert.equal(decodeTold(encodeTold(told, (words) => words).replace('"v":1', '"v":2')), null);
  });

  it("has a broker's words as they may be said", () => {
    const state = [
      accounts(account()),
      ordersSnapshot([order({ key: '1', permId: '1', rejectReason: 'No funds in DU7654321.', tag: 'mine' })]),
    ].reduce(reconcile, EMPTY_STATE);
    const told = { connection: 'c', accounts: [...state.accounts.values()], next: null, sequences: {} };
    const written = encodeTold(told, (words) => words.replace('DU7654321', '…4321'));
    assert.ok(!written.includes('DU7654321'));
    const [kept] = decodeTold(written)?.accounts ?? [];
    assert.deepEqual(
      [...(kept?.orders?.value.values() ?? [])].map(({ value }) => [value.rejectReason, value.tag]),
      [['No funds in …4321.', 'mine']],
    );
  });
});
