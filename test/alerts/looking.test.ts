import assert from 'node:assert/strict';
import {
  listing,
  previewOf,
  withAck,
  withoutSilence,
  withSilence,
  type Sample,
} from '../../src/alerts/index.js';
import type { Position } from '../../src/domain/position.js';
import { instrument, position, T0 } from '../support/builders.js';
import {
  balancesSample,
  MINUTE_MS,
  rulesOf,
  sampledAccount,
  settingsOf,
  Stage,
  status,
  trust,
} from './support.js';

const LOW = {
  id: 'low',
  name: 'Low',
  metric: 'cushion',
  operator: '<',
  threshold: 0.1,
  keepFiringSeconds: 60,
};
const PRICE = { id: 'price', metric: 'marketPrice', operator: '<', threshold: 90, forSeconds: 300 };
const LOST = { id: 'lost', metric: 'connectionDownSeconds', operator: '>', threshold: 60 };

const cushion =
  (value: number | null, given: Parameters<typeof trust>[0] = {}) =>
  (at: number) =>
    balancesSample(at, { cushion: value }, { trust: trust(given) });
const positions =
  (list: readonly Position[], given: Parameters<typeof trust>[0] = {}) =>
  (at: number): Sample => ({
    of: 'positions',
    at,
    account: sampledAccount(),
    trust: trust(given),
    positions: list,
    complete: true,
    changes: [],
  });
const connection =
  (given: Parameters<typeof status>[0]) =>
  (at: number): Sample => ({
    of: 'connection',
    at,
    connection: { key: 'c1', label: 'TWS', broker: 'ibkr' },
    status: status({ since: at, ...given }),
  });
const stock = (symbol: string, marketPrice: number | null) =>
  position({ key: symbol, marketPrice, instrument: instrument({ key: symbol, symbol, currency: 'EUR' }) });

describe('the list of what is not as it should be', () => {
  const list = (stage: Stage) => listing(stage.engine, stage.settings, stage.at);

  it('is empty while all is well, and after it was', () => {
    const stage = new Stage(settingsOf(rulesOf(LOW)));
    assert.deepEqual(list(stage), []);
    stage.sample(cushion(0.5));
    assert.deepEqual(list(stage), []);
    stage.sample(cushion(0.01));
    stage.pass(MINUTE_MS);
    stage.sample(cushion(0.5));
    stage.pass(2 * MINUTE_MS);
    // Its cooldown is remembered, and nothing else.
    assert.equal(stage.engine.keys.size, 1);
    assert.deepEqual(list(stage), []);
  });

  it('names each alert with what is known of it, the most recent first', () => {
    const stage = new Stage(settingsOf(rulesOf(LOW, PRICE, LOST)));
    stage.sample(cushion(0.01));
    stage.pass(MINUTE_MS);
    stage.sample(positions([stock('ADS', 80)]));
    stage.pass(5_000);
    const [price, low, ...others] = list(stage);
    assert.deepEqual(others, []);
    const { alertId, key, ruleId, since, told } = price ?? {};
    assert.deepEqual(
      [key, ruleId, price?.state, since, alertId, told],
      ['price|a1b2c3d4e5f6|ADS|', 'price', 'pending', T0 + MINUTE_MS, null, false],
    );
    const [message] = stage.take();
    assert.deepEqual(low, {
      key: 'low|a1b2c3d4e5f6||',
      ruleId: 'low',
      name: 'Low',
      severity: 'warning',
      state: 'firing',
      since: T0,
      alertId: message?.alert.id,
      value: 0.01,
      account: 'IBKR main',
      instrument: null,
      connection: null,
      told: true,
      silenced: false,
      acknowledged: false,
    });
    stage.sample(cushion(0.5));
    assert.deepEqual(
      list(stage).map(({ state }) => state),
      ['pending', 'recovering'],
    );
  });

  it('names the connection where it is one', () => {
    const stage = new Stage(settingsOf(rulesOf(LOST)));
    stage.sample(connection({ state: 'down' }));
    stage.pass(2 * MINUTE_MS);
    assert.deepEqual(
      list(stage).map(({ account, connection: label, instrument: of, key }) => [account, label, of, key]),
      [[null, 'TWS', null, 'lost|||c1']],
    );
  });

  it('says of an alert whether somebody has seen it, or wants to hear nothing of it', () => {
    const stage = new Stage(settingsOf(rulesOf(LOW)));
    stage.sample(cushion(0.01));
    stage.pass(MINUTE_MS);
    const id = list(stage)[0]?.alertId;
    assert.ok(id);
    const span = { at: stage.at, until: stage.at + MINUTE_MS };
    const quiet = withSilence(stage.engine, { alertId: id }, span);
    const seen = withAck(stage.engine, { ruleId: 'low' }, span);
    const said = (engine: typeof quiet, at = stage.at) =>
      listing(engine, stage.settings, at).map(({ acknowledged, silenced }) => [silenced, acknowledged]);
    assert.deepEqual(said(quiet), [[true, false]]);
    assert.deepEqual(said(seen), [[false, true]]);
    assert.deepEqual(said(quiet, stage.at + MINUTE_MS), [[false, false]]);
    assert.deepEqual(said(withoutSilence(quiet, { alertId: 'other' })), [[true, false]]);
    assert.deepEqual(said(withoutSilence(quiet, { ruleId: 'low' })), [[true, false]]);
    assert.deepEqual(said(withoutSilence(quiet, { alertId: id })), [[false, false]]);
    assert.deepEqual(said(withoutSilence(seen, { ruleId: 'low' })), [[false, false]]);
  });

  it('forgets the alerts of rules that are gone', () => {
    const stage = new Stage(settingsOf(rulesOf(LOW)));
    stage.sample(cushion(0.01));
    stage.pass(MINUTE_MS);
    assert.deepEqual(listing(stage.engine, settingsOf([]), stage.at), []);
  });
});

describe('the preview of a rule', () => {
  const preview = (stage: Stage, ...raw: readonly Readonly<Record<string, unknown>>[]) =>
    previewOf(stage.engine, rulesOf(...raw), stage.at);
  const lines = (of: readonly { readonly line: string }[] | undefined) =>
    of?.map(({ line }) => line).toSorted((a, b) => a.localeCompare(b));

  it('names what it would tell now, and what it cannot judge', () => {
    const stage = new Stage(settingsOf([]));
    stage.sample(positions([stock('A', 80), stock('B', 90), stock('C', null), stock('D', 70)]));
    const [one, ...others] = preview(stage, PRICE);
    assert.deepEqual(others, []);
    assert.equal(one?.ruleId, 'price');
    assert.deepEqual(lines(one.fires), ['IBKR main A: price 80 EUR', 'IBKR main D: price 70 EUR']);
    assert.deepEqual(lines(one.unknown), ['IBKR main C: price unknown']);
  });

  it('judges no figure that is not live', () => {
    const stage = new Stage(settingsOf([]));
    stage.sample(cushion(0.01, { quality: 'cached', stale: true }));
    const [one] = preview(stage, LOW);
    assert.deepEqual([one?.fires, lines(one?.unknown)], [[], ['IBKR main: margin cushion 1 %']]);
  });

  it('says nothing of crossings, happenings, and what the rule does not mean', () => {
    const stage = new Stage(settingsOf([]));
    stage.sample(cushion(0.01));
    stage.sample(connection({ state: 'live' }));
    assert.deepEqual(
      preview(stage, { ...LOW, operator: 'crosses' }, { metric: 'execution', operator: 'event' }),
      [],
    );
    const [elsewhere] = preview(stage, { ...LOW, scope: { account: 'Other' } });
    assert.deepEqual(elsewhere, { ruleId: 'low', fires: [], unknown: [] });
    const [connected] = preview(stage, { ...LOST, operator: '<=' });
    assert.deepEqual(lines(connected?.fires), ['TWS: time without connection 0 s']);
  });

  it('names twenty of each, and money in the currency of the account', () => {
    const stage = new Stage(settingsOf([]));
    const many = Array.from({ length: 50 }, (_, index) => stock(`S${index}`, index < 25 ? 80 : null));
    stage.sample(positions(many));
    const [one] = preview(stage, PRICE);
    assert.deepEqual([one?.fires.length, one?.unknown.length], [20, 20]);
    stage.sample((at) => balancesSample(at, { totalCash: -5 }));
    const [cash] = preview(stage, { metric: 'totalCash', operator: '<', threshold: 0 });
    assert.deepEqual(lines(cash?.fires), ['IBKR main: cash -USD 5.00']);
  });
});
