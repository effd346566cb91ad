import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { due, withItem, type Groups } from '../../src/alerts/grouping.js';
import type { Item } from '../../src/alerts/schema/item.js';
import { RUNS } from './support.js';

const TICK_MS = 5_000;

function item(given: Partial<Item>): Item {
  return {
    id: 'e1',
    ruleId: 'r1',
    key: 'k1',
    state: 'firing',
    severity: 'warning',
    name: '',
    metric: 'marketPrice',
    operator: '<',
    threshold: 1,
    unit: 'price',
    value: 0,
    account: { key: 'a', label: 'A', currency: 'USD' },
    instrument: null,
    connection: null,
    startedAt: 0,
    resolvedAt: null,
    asOf: null,
    stale: false,
    reason: null,
    text: '',
    template: '',
    before: null,
    ...given,
  };
}

/** What one key does, and how long until the next thing happens. */
const aMove = fc.record({
  key: fc.integer({ min: 0, max: 5 }),
  afterMs: fc.integer({ min: 0, max: 20_000 }),
  repeats: fc.boolean(),
});
const aTrace = fc.array(aMove, { maxLength: 200, size: 'max' });

interface Told {
  readonly at: number;
  readonly item: Item;
}

/** Keys fire, repeat and end in turn, as the machine of a level rule lets them. */
function ungrouped(
  moves: readonly { readonly key: number; readonly afterMs: number; readonly repeats: boolean }[],
  severity: Item['severity'],
): readonly Told[] {
  const open = new Map<number, string>();
  let at = 0;
  return moves.map(({ afterMs, key, repeats }, index) => {
    at += afterMs;
    const id = open.get(key);
    const common = { key: `k${key}`, ruleId: `r${key % 2}`, severity };
    if (id === undefined) {
      open.set(key, `e${index}`);
      return { at, item: item({ ...common, id: `e${index}` }) };
    }
    if (repeats) return { at, item: item({ ...common, id, reason: 'repeat' }) };
    open.delete(key);
    return { at, item: item({ ...common, id, state: 'resolved', resolvedAt: at }) };
  });
}

/** What is sent, and when, with a tick every five seconds. */
function grouped(told: readonly Told[]): readonly Told[] {
  let groups: Groups = {};
  const sent: Told[] = [];
  const tick = (at: number): void => {
    const now = due(groups, { at, quiet: false });
    groups = now.waiting;
    for (const group of now.sent) sent.push(...group.items.map((one) => ({ at, item: one })));
  };
  let next = TICK_MS;
  for (const one of [...told, { at: (told.at(-1)?.at ?? 0) + 120_000, item: null }]) {
    for (; next <= one.at; next += TICK_MS) tick(next);
    if (one.item !== null) groups = withItem(groups, one.item, one.at).groups;
  }
  return sent;
}

describe('grouping', function () {
  this.timeout(Math.max(20_000, RUNS * 10));

  it('L18: loses nothing but what began and ended before it was sent', () =>
    fc.assert(
      fc.property(aTrace, fc.constantFrom('info' as const, 'critical' as const), (moves, severity) => {
        const told = ungrouped(moves, severity);
        const sent = grouped(told);
        const longestMs = (severity === 'critical' ? 5_000 : 30_000) + TICK_MS;
        const sentOf = (id: string) => sent.filter((one) => one.item.id === id);
        for (const id of new Set(told.map((one) => one.item.id))) {
          const all = told.filter((one) => one.item.id === id);
          const first = all[0];
          const resolved = all.find((one) => one.item.state === 'resolved');
          const out = sentOf(id);
          if (out.length === 0) {
            // Nothing was sent of an episode that was over before its window closed.
            assert.ok(first !== undefined && resolved !== undefined && resolved.at - first.at <= longestMs);
            continue;
          }
          const firing = out.filter((one) => one.item.state === 'firing' && one.item.reason === null);
          assert.equal(firing.length, 1);
          assert.ok((firing[0]?.at ?? 0) - (first?.at ?? 0) <= longestMs, 'sent late');
          assert.equal(
            out.filter((one) => one.item.state === 'resolved').length,
            resolved === undefined ? 0 : 1,
          );
          if (resolved !== undefined) assert.equal(out.at(-1)?.item.state, 'resolved');
          // A repeat is left out only where the end came before it was sent, or where what it repeats had not left yet.
          const repeats = all.filter((one) => one.item.reason === 'repeat');
          const repeated = out.filter((one) => one.item.reason === 'repeat').length;
          const leavesAt = (one: Told | undefined): number =>
            out.find(({ item: left }) => left === one?.item)?.at ?? 0;
          let waitsUntil = leavesAt(first);
          const meant = repeats.filter((one) => {
            if (one.at < waitsUntil) return false;
            waitsUntil = leavesAt(one);
            return true;
          });
          if (resolved === undefined) assert.equal(repeated, meant.length);
          assert.ok(repeated <= repeats.length);
        }
        assert.equal(new Set(sent.map((one) => one.item)).size, sent.length, 'sent twice');
        assert.ok(
          sent.every((one) => told.some((other) => other.item === one.item)),
          'made up',
        );
      }),
      { numRuns: RUNS },
    ));

  it('answers with the firing that was taken back, so that its cooldown is too', () => {
    const fired = item({ before: 42 });
    const { groups } = withItem({}, fired, 0);
    const { groups: after, takenBack } = withItem(groups, item({ state: 'resolved' }), 10_000);
    assert.deepEqual(after, {});
    assert.equal(takenBack, fired);
  });

  it('keeps what is not critical through the night', () => {
    const { groups } = withItem({}, item({}), 0);
    const both = withItem(groups, item({ id: 'e2', severity: 'critical' }), 0).groups;
    const { sent, waiting } = due(both, { at: 60_000, quiet: true });
    assert.deepEqual(
      sent.flatMap(({ items }) => items.map(({ id }) => id)),
      ['e2'],
    );
    assert.equal(Object.keys(waiting).length, 1);
  });
});
