import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { z } from 'zod';
import { accountComponents, positionComponents } from '../../src/feeds/components.js';
import { bridgeComponents } from '../../src/feeds/alert-components.js';
import {
  accountDevice,
  documentAfter,
  offersIn,
  type Document,
  type Offered,
} from '../../src/feeds/discovery.js';
import type { Components, Place } from '../../src/feeds/entity.js';
import { EMPTY_FEED, heard, nothingOf, type AccountFeed } from '../../src/feeds/feed.js';
import { parseJson } from '../../src/secrets/json.js';
import { sampledAccount } from '../alerts/support.js';
import { position, T0 } from '../support/builders.js';
import { toldPositions, TOPICS } from './support.js';

const ACCOUNT = sampledAccount();
const DEVICE = TOPICS.deviceOf(ACCOUNT.key);
const PLACE: Place = { device: DEVICE, topics: TOPICS, name: 'ibkr_main', privacy: 'amounts' };
/** What Home Assistant's schema allows at the root; any other key refuses the whole document. */
const ROOT = ['availability', 'cmps', 'dev', 'o', 'qos'];

const Text = z.object({ cmps: z.record(z.string(), z.looseObject({ p: z.string() })) });

function holding(...keys: readonly string[]): AccountFeed {
  const feed = heard(EMPTY_FEED, toldPositions(keys.map((key) => position({ key }))));
  return feed.accounts.get(ACCOUNT.key) ?? nothingOf(ACCOUNT);
}

function entities(feed: AccountFeed, place = PLACE): Components {
  return { ...accountComponents(feed, place), ...positionComponents(feed, place) };
}

function documentFor(feed: AccountFeed, last: Document | null, offered: Offered): Document {
  const device = accountDevice(ACCOUNT, { id: DEVICE, type: 'margin' });
  return documentAfter(last, { device, components: entities(feed), offered, topics: TOPICS, at: T0 });
}

/** Home Assistant: what is named with its platform only goes, what is left out stays. */
function told(known: Set<string>, { leaf }: Document): Set<string> {
  const { cmps } = Text.parse(parseJson(leaf.text));
  const after = new Set(known);
  for (const [key, { p: _p, ...more }] of Object.entries(cmps)) {
    if (Object.keys(more).length === 0) after.delete(key);
    else after.add(key);
  }
  return after;
}

describe('discovery of Home Assistant', () => {
  it('has nothing at its root that refuses the document, and availability by our own last will', () => {
    const document = z
      .record(z.string(), z.unknown())
      .parse(parseJson(documentFor(holding('1'), null, new Map()).leaf.text));
    assert.deepEqual(Object.keys(document).toSorted(), ROOT);
    assert.deepEqual(document['availability'], [{ topic: 'brokerage/bridge/nr-12345678/status' }]);
    assert.deepEqual(document['dev'], {
      ids: [DEVICE],
      name: 'IBKR main',
      mf: 'Interactive Brokers',
      mdl: 'Margin account',
    });
  });

  it('gives every entity a unique id without a name in it, one platform each, and no forbidden pair', () => {
    const all = { ...entities(holding('1', '2')), ...bridgeComponents({ ...PLACE, device: 'bridge' }) };
    const ids = new Set<unknown>();
    for (const [key, one] of Object.entries(all)) {
      assert.match(String(one['p']), /^(sensor|binary_sensor|event|button|device_automation)$/);
      if (one['p'] === 'device_automation') continue;
      assert.ok(!ids.has(one['unique_id']), `${key} has the unique id of another`);
      ids.add(one['unique_id']);
      assert.doesNotMatch(String(one['unique_id']), /ibkr_main|aapl/i);
      if (one['device_class'] === 'monetary') {
        assert.equal(one['state_class'], 'total');
        assert.match(String(one['unit_of_measurement']), /^[A-Z]{3}$/);
      }
      if (one['device_class'] === 'enum' || one['device_class'] === 'timestamp')
        assert.ok(!('unit_of_measurement' in one) && !('state_class' in one), key);
      if (one['p'] === 'sensor' || one['p'] === 'binary_sensor')
        assert.notEqual(one['entity_category'], 'config');
    }
  });

  it('says the same after a restart, so that names that the user gave stay', () => {
    const before = entities(holding('7'));
    const renamed = { ...ACCOUNT, label: 'Pension' };
    const after = entities({ ...holding('7'), account: renamed }, { ...PLACE, name: 'pension' });
    const ids = (all: Components): readonly unknown[] => Object.values(all).map((one) => one['unique_id']);
    assert.deepEqual(ids(after), ids(before));
  });

  it('names the position that was closed with its platform once, and nothing else', () => {
    const first = documentFor(holding('1', '2'), null, new Map());
    const second = documentFor(holding('1'), first, first.offers);
    assert.deepEqual(Text.parse(parseJson(second.leaf.text)).cmps['pos_2'], { p: 'sensor' });
    assert.equal(documentFor(holding('1'), second, second.offers), second, 'a document was sent for nothing');
    const third = documentFor(holding('1', '3'), second, second.offers);
    assert.ok(!('pos_2' in Text.parse(parseJson(third.leaf.text)).cmps));
  });

  it('leaves Home Assistant with the positions that are held, also when documents were lost on their way', () => {
    const aHolding = fc.subarray(['1', '2', '3', '4']);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(aHolding, fc.boolean()), { minLength: 1, maxLength: 25, size: 'max' }),
        (steps) => {
          let known = new Set<string>();
          let offered: Offered = new Map();
          let last: Document | null = null;
          for (const [index, [keys, arrives]] of steps.entries()) {
            last = documentFor(holding(...keys), last, offered);
            const isHeard = arrives || index === steps.length - 1;
            if (isHeard) known = told(known, last);
            offered = isHeard ? last.offers : new Map([...offered, ...last.offers]);
          }
          const held = [...known].filter((key) => key.startsWith('pos_')).toSorted();
          assert.deepEqual(held, (steps.at(-1)?.[0] ?? []).map((key) => `pos_${key}`).toSorted());
        },
      ),
    );
  });

  it('brings a position that was opened again back under its unique id', () => {
    const id = (document: Document): unknown =>
      Text.parse(parseJson(document.leaf.text)).cmps['pos_1']?.['unique_id'];
    const first = documentFor(holding('1'), null, new Map());
    const closed = documentFor(holding(), first, first.offers);
    const again = documentFor(holding('1'), closed, closed.offers);
    assert.ok(id(first) !== undefined);
    assert.equal(id(again), id(first));
    assert.equal(id(closed), undefined);
  });

  it('reads back what an earlier run has offered, and nothing from what is none of ours', () => {
    const { leaf, offers } = documentFor(holding('1'), null, new Map());
    assert.deepEqual(Object.fromEntries(offersIn(parseJson(leaf.text))), Object.fromEntries(offers));
    for (const foreign of [
      null,
      7,
      [],
      {},
      { cmps: 1 },
      { cmps: { a: { p: 7, x: 1 } } },
      { cmps: { a: 'b' } },
    ])
      assert.equal(offersIn(foreign).size, 0);
  });

  it('offers shares only where no amount is to be published', () => {
    const place = { ...PLACE, privacy: 'relative' } as const;
    const shown = entities(holding('1'), place);
    assert.ok(!('net_liquidation' in shown));
    assert.deepEqual(
      Object.values(shown).filter((one) => one['device_class'] === 'monetary'),
      [],
    );
    assert.equal(shown['pos_1']?.['value_template'], '{{ value_json.portfolio_pct }}');
  });
});
