import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { named, rowNames, type Names } from '../../src/feeds/names.js';
import { slugOf } from '../../src/feeds/slug.js';

const LEVEL = /^[a-z0-9_-]+$/;
const aKey = fc.stringMatching(/^[0-9a-f]{12}$/);
/** Few letters, so that slugs meet often. */
const aLabel = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'A', ' ', '…', 'é', '-', '#', '/', '+', '1') }),
  fc.string(),
);

describe('names in topics', () => {
  it('are what people read, without what a topic cannot hold', () => {
    assert.deepEqual(['IBKR main', '…4567', 'Depôt / Zürich #1', '  +#  ', '日本'].map(slugOf), [
      'ibkr_main',
      '4567',
      'depot_zurich_1',
      '',
      '',
    ]);
  });

  it('are a level of their own for each account, whatever the accounts are called and in whatever order they come', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(aKey, aLabel), { maxLength: 30, size: 'max' }), (accounts) => {
        const names = accounts.reduce<Names>((all, [key, label]) => named(all, { key, label }), new Map());
        assert.equal(new Set(names.values()).size, names.size);
        assert.equal(names.size, new Set(accounts.map(([key]) => key)).size);
        for (const name of names.values()) {
          assert.match(name, LEVEL);
          assert.notEqual(name, 'bridge');
        }
      }),
    );
  });

  it('stay with an account when another one with the same label comes, and over a restart', () => {
    const first = named(new Map(), { key: 'aaaaaaaaaaaa', label: 'Main' });
    const both = named(first, { key: 'bbbbbbbbbbbb', label: 'main' });
    assert.deepEqual([...both.values()], ['main', 'main-bbbb']);
    assert.equal(named(both, { key: 'aaaaaaaaaaaa', label: 'Main' }), both);
    assert.equal(named(both, { key: 'bbbbbbbbbbbb', label: 'main' }), both);
  });

  it('follow a label that was changed', () => {
    const before = named(new Map(), { key: 'aaaaaaaaaaaa', label: 'Main' });
    assert.equal(named(before, { key: 'aaaaaaaaaaaa', label: 'Pension' }).get('aaaaaaaaaaaa'), 'pension');
  });

  it('are one for each row of a list, the plain slug where it belongs to one row only', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.stringMatching(/^[a-z0-9_-]{1,6}$/), { maxLength: 20, size: 'max' }),
        fc.infiniteStream(fc.constantFrom('', 'a', 'a_1', 'b')),
        (keys, slugs) => {
          const rows = keys.map((key) => ({ key, slug: slugs.next().value ?? '' }));
          const names = rowNames(rows);
          assert.equal(new Set(names.values()).size, rows.length);
          for (const { key, slug } of rows) {
            const isAlone = rows.filter((row) => row.slug === slug).length === 1;
            assert.equal(names.get(key) === slug, isAlone && slug !== '');
          }
        },
      ),
    );
  });
});
