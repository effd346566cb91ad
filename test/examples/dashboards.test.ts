import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { load } from 'js-yaml';
import { z } from 'zod';
import { POSITION_FIGURES, SUMMARY_FIGURES } from '../../example-dashboards/stored.js';
import { numbersOf } from '../../example-dashboards/states.js';
import { CONNECTION_STATES } from '../../src/feeds/connection-payload.js';
import { EMPTY_FEED, heard, nothingOf } from '../../src/feeds/feed.js';
import { accountTree } from '../../src/feeds/tree.js';
import { parseJson } from '../../src/secrets/json.js';
import { sampledAccount } from '../alerts/support.js';
import { toldBalances, toldPositions, toldStatus, TOPICS } from '../feeds/support.js';
import { position, T0 } from '../support/builders.js';
import { asked, dashboard, dashboardText, type StoreName } from '../support/dashboards.js';

const SCRIPT = fileURLToPath(new URL('../../../scripts/make-dashboards.mjs', import.meta.url));
const STORES: readonly StoreName[] = ['influxdb', 'prometheus'];
const VIEW = { account: 'main', currency: 'USD', at: T0 };
const EXPORTED = z.object({
  metrics: z.array(
    z.looseObject({
      prom_name: z.string(),
      mqtt_name: z.string(),
      sensor_name_filter: z.string(),
      string_value_mapping: z
        .object({ error_value: z.number(), map: z.record(z.string(), z.number()) })
        .optional(),
    }),
  ),
});

const shipped = (file: string): string =>
  readFileSync(new URL(`../../../grafana/${file}`, import.meta.url), 'utf8');
const exported = () =>
  ['exporter-accounts.yaml', 'exporter-positions.yaml'].flatMap(
    (file) => EXPORTED.parse(load(shipped(file))).metrics,
  );

/** Kind of topic → what a payload of it holds. */
function payloads(): ReadonlyMap<string, Readonly<Record<string, unknown>>> {
  const account = sampledAccount();
  const feed = [toldBalances({}), toldPositions([position()]), toldStatus({})].reduce(
    (told, sample) => heard(told, sample),
    EMPTY_FEED,
  );
  const tree = accountTree(feed.accounts.get(account.key) ?? nothingOf(account), feed, {
    topics: TOPICS,
    known: { name: 'main', since: T0 },
    privacy: 'amounts',
    at: T0,
  });
  const parsed = z.record(z.string(), z.unknown());
  return new Map(
    [...tree].map(([topic, { text }]) => [topic.split('/')[2] ?? '', parsed.parse(parseJson(text))]),
  );
}

describe('the dashboards', () => {
  it('are what their source makes, and so is what fills their stores', () => {
    const { status, stderr } = spawnSync(process.execPath, [SCRIPT, '--check'], { encoding: 'utf8' });
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
  });

  for (const store of STORES) {
    it(`${store}: name no data source, and know none but the one that is chosen`, () => {
      const uids = [...dashboardText(store).matchAll(/"uid": "([^"]+)"/g)].map(([, uid]) => uid);
      assert.deepEqual(new Set(uids), new Set(['${datasource}', `brokerage-${store}`]));
      const names = dashboard(store).templating.list.map(({ name }) => name);
      assert.deepEqual(names, ['datasource', 'currency', 'account']);
    });

    it(`${store}: repeat the row of an account, and have no panel on another one`, () => {
      const { panels } = dashboard(store);
      assert.deepEqual(
        panels.flatMap(({ repeat }) => repeat ?? []),
        ['account'],
      );
      assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
      const taken = new Set<string>();
      for (const { gridPos, title } of panels) {
        assert.ok(gridPos.x + gridPos.w <= 24, title);
        for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
          for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
            assert.ok(!taken.has(`${x}/${y}`), `${title} lies on another panel`);
            taken.add(`${x}/${y}`);
          }
      }
    });

    it(`${store}: say in words that there is nothing, and leave no variable that nobody fills`, () => {
      const { panels } = dashboard(store);
      for (const { fieldConfig, targets, title, type } of panels) {
        if (type !== 'row') assert.match(fieldConfig?.defaults.noValue ?? '', /^(No|unknown|SILENT)/, title);
        for (const target of targets) assert.notEqual(asked(target, VIEW), '');
      }
    });
  }

  it('ask for figures that the mqtt feed publishes', () => {
    const told = payloads();
    for (const key of SUMMARY_FIGURES) assert.ok(key in (told.get('summary') ?? {}), key);
    for (const key of POSITION_FIGURES) assert.ok(key in (told.get('positions') ?? {}), key);
  });

  it('have a number and a word for every state of a connection', () => {
    assert.deepEqual(Object.keys(numbersOf('state')), [...CONNECTION_STATES]);
    for (const store of STORES)
      for (const state of CONNECTION_STATES)
        assert.ok(dashboardText(store).includes(`"${numbersOf('state')[state]}": {`), state);
  });
});

describe('the configurations of mqtt2prometheus', () => {
  it('export what is published, each under a name of its own', () => {
    const told = payloads();
    for (const { mqtt_name: key, prom_name: name, sensor_name_filter: filter } of exported()) {
      const kind = filter.replaceAll(/[/$]/g, '');
      assert.equal(name, `brokerage_${kind}_${key}`);
      const payload = told.get(kind) ?? { ts_ms: 0, severity: '', alert_state: '' };
      assert.ok(key in payload, `${key} is not in ${kind}`);
    }
    const names = exported().map(({ prom_name: name }) => name);
    assert.equal(new Set(names).size, names.length);
  });

  it('lose no message because of a word that is new', () => {
    const words = exported().filter(({ string_value_mapping: mapping }) => mapping !== undefined);
    assert.ok(words.length >= 4);
    for (const { prom_name: name, string_value_mapping: mapping } of words) {
      assert.equal(mapping?.error_value, 0, name);
      assert.ok(!Object.values(mapping?.map ?? {}).includes(0), name);
    }
  });

  it('export every metric that the dashboard asks for', () => {
    const names = new Set(exported().map(({ prom_name: name }) => name));
    const used = [...dashboardText('prometheus').matchAll(/brokerage_\w+/g)].map(([name]) => name);
    assert.ok(used.length > 20);
    assert.deepEqual(
      used.filter((name) => !names.has(name)),
      [],
    );
  });
});
