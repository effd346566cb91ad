import assert from 'node:assert/strict';
import {
  EMPTY_ENGINE_STATE,
  engineOf,
  EngineState,
  stateOf,
  withRules,
  withSilence,
  type QuietHours,
} from '../../src/alerts/index.js';
import { AT_REST } from '../../src/alerts/machine/level.js';
import { NO_EDGE_YET } from '../../src/alerts/machine/edge.js';
import { markOf } from '../../src/alerts/rule-book.js';
import { execution, order, T0 } from '../support/builders.js';
import { connectionIs, cushionOf, heldNow, openNow, stockAt } from './samples.js';
import { balancesSample, MINUTE_MS, rulesOf, sampledAccount, settingsOf, Stage, trust } from './support.js';
import { item } from './text/items.js';

const HOUR_MS = 60 * MINUTE_MS;
const NIGHT: QuietHours = { from: 22 * 60, to: 7 * 60, timeZone: 'UTC' };
const EVENING = Date.UTC(2026, 0, 12, 20);
const LOW = { id: 'low', metric: 'cushion', operator: '<', threshold: 0.1 };
const CHEAP = { id: 'cheap', metric: 'marketPrice', operator: '<', threshold: 50 };

const told = (stage: Stage) => stage.take().map(({ alert }) => `${alert.ruleId} ${alert.state}`);

/** Ends the process, and starts it again `ms` later with nothing but what was on the disk. */
function restart(stage: Stage, ms = MINUTE_MS): void {
  const kept = EngineState.parse(JSON.parse(JSON.stringify(stateOf(stage.engine))));
  stage.at += ms;
  stage.engine = withRules(engineOf(kept), stage.settings, stage.at).engine;
}

describe('what is kept of alerts between two starts', () => {
  it('is all that was remembered', () => {
    const about = { ruleId: 'r', account: 'a', subject: null, connection: null };
    const [rule] = rulesOf(LOW);
    assert.ok(rule);
    const state: EngineState = {
      version: 1,
      lastAt: T0,
      wasQuiet: true,
      keys: { k: { about, facts: null, level: AT_REST, edge: NO_EDGE_YET, events: null, noData: null } },
      seen: { e: T0 },
      accounts: { a: { since: T0, peak: { peak: 1, day: '2026-11-24', base: null, applied: 0, last: 1 } } },
      connections: { c: { label: 'TWS', broker: 'ibkr', downSince: T0, quietSince: null } },
      since: { 'r|a': T0 },
      rules: { low: markOf(rule) },
      groups: { g: { openedAt: T0, items: [item()] } },
      silences: [{ kind: 'silence', ruleId: 'r', alertId: null, key: null, from: T0, until: T0 + 1 }],
      moves: [{ account: 'a', key: 'k', symbol: 'S', underlying: null, units: 1, eventId: 'e', at: T0 }],
      fills: [{ account: 'a', key: 'k', at: T0 }],
    };
    assert.deepEqual(stateOf(engineOf(state)), state);
    assert.deepEqual(stateOf(engineOf(EMPTY_ENGINE_STATE)), EMPTY_ENGINE_STATE);
    assert.deepEqual(EngineState.parse(JSON.parse(JSON.stringify(state))), state);
  });

  it('is nothing while all is well', () => {
    const stage = new Stage(
      settingsOf(rulesOf(LOW, CHEAP, { ...LOW, id: 'data', noData: { alertAfterSeconds: 60 } })),
    );
    stage.sample(cushionOf(0.5));
    stage.sample(heldNow([stockAt('A', 60), stockAt('B', null)]));
    stage.pass(MINUTE_MS);
    assert.equal(stage.engine.keys.size, 0);
    assert.equal(stage.engine.awake.size, 0);
  });
});

describe('after a restart', () => {
  it('tells in the morning what had ended at night', () => {
    const stage = new Stage(settingsOf(rulesOf(LOW), NIGHT), EVENING);
    stage.tickMs = MINUTE_MS;
    stage.sample(cushionOf(0.01));
    stage.pass(3 * HOUR_MS);
    stage.sample(cushionOf(0.5));
    stage.pass(HOUR_MS);
    assert.deepEqual(told(stage), ['low firing']);
    restart(stage);
    stage.sample(cushionOf(0.5));
    stage.pass(8 * HOUR_MS);
    assert.deepEqual(told(stage), ['low resolved']);
  });

  it('tells what happened while a rule was silenced', () => {
    const stage = new Stage(
      settingsOf(
        rulesOf(
          { id: 'fills', metric: 'execution', operator: 'event' },
          { id: 'edge', metric: 'cushion', operator: 'crosses', threshold: 0.1 },
        ),
      ),
    );
    stage.sample(cushionOf(0.5));
    stage.pass(MINUTE_MS);
    for (const ruleId of ['fills', 'edge'])
      stage.engine = withSilence(stage.engine, { ruleId }, { at: stage.at, until: stage.at + HOUR_MS });
    stage.sample(cushionOf(0.01));
    const executedAt = new Date(stage.at).toISOString();
    stage.sample((at) => ({
      of: 'executions',
      at,
      account: sampledAccount(),
      trust: trust(),
      changes: [
        {
          of: 'executions',
          change: 'reported',
          before: null,
          after: execution({ executedAt }),
          eventId: 'e',
        },
      ],
    }));
    stage.pass(MINUTE_MS);
    restart(stage);
    stage.sample(cushionOf(0.01));
    stage.pass(30 * MINUTE_MS);
    assert.deepEqual(told(stage), []);
    stage.pass(HOUR_MS);
    assert.deepEqual(
      told(stage).toSorted((a, b) => a.localeCompare(b)),
      ['edge firing', 'fills firing'],
    );
  });

  it('remembers a cooldown, and forgets it when it is over', () => {
    const stage = new Stage(settingsOf(rulesOf({ ...LOW, cooldownSeconds: 1_800 })));
    stage.sample(cushionOf(0.01));
    stage.pass(MINUTE_MS);
    stage.sample(cushionOf(0.5));
    stage.pass(MINUTE_MS);
    assert.deepEqual(told(stage), ['low firing', 'low resolved']);
    restart(stage);
    stage.sample(cushionOf(0.01));
    stage.pass(20 * MINUTE_MS);
    assert.deepEqual(told(stage), []);
    stage.pass(10 * MINUTE_MS);
    assert.deepEqual(told(stage), ['low firing']);
    stage.sample(cushionOf(0.5));
    restart(stage);
    stage.sample(cushionOf(0.5));
    stage.pass(HOUR_MS);
    assert.equal(stage.engine.keys.size, 0);
  });

  it('ends what fired about things that are gone, in their own account, when a whole and live list shows it', () => {
    const stuck = { id: 'stuck', metric: 'orderPendingSeconds', operator: '>', threshold: 60 };
    const other = sampledAccount({ key: 'other', label: 'Other' });
    const stage = new Stage(settingsOf(rulesOf(CHEAP, stuck)));
    stage.sample(heldNow([stockAt('A', 40)]));
    stage.sample(heldNow([stockAt('A', 40)], { account: other }));
    stage.sample(openNow([order({ status: 'pending' })]));
    stage.pass(3 * MINUTE_MS);
    assert.deepEqual(told(stage), ['cheap firing', 'cheap firing', 'stuck firing']);
    restart(stage);
    stage.sample(heldNow([], { complete: false }));
    stage.sample(heldNow([], { trust: trust({ stale: true }) }));
    stage.sample(openNow([], { trust: trust({ quality: 'cached' }) }));
    stage.sample(cushionOf(0.5));
    stage.pass(MINUTE_MS);
    assert.deepEqual(told(stage), []);
    stage.sample(heldNow([]));
    stage.pass(MINUTE_MS);
    assert.deepEqual(told(stage), ['cheap resolved']);
    stage.sample(openNow([]));
    stage.pass(MINUTE_MS);
    assert.deepEqual(told(stage), ['stuck resolved']);
  });

  it('takes no kind of figures for missing that has not come yet', () => {
    const share = {
      id: 'share',
      metric: 'positionPercent',
      operator: '>',
      threshold: 50,
      noData: { alertAfterSeconds: 60 },
    };
    const stage = new Stage(settingsOf(rulesOf(share)));
    stage.sample(heldNow([stockAt('A', 40)]));
    stage.pass(10 * MINUTE_MS);
    assert.deepEqual(told(stage), []);
    stage.sample((at) => balancesSample(at, { netLiquidation: null }));
    stage.pass(10 * MINUTE_MS);
    assert.deepEqual(told(stage), ['share firing']);
  });

  it('measures the drawdown from the peak before it', () => {
    const stage = new Stage(
      settingsOf(rulesOf({ id: 'down', metric: 'drawdownPercent', operator: '>', threshold: 10 })),
    );
    stage.sample((at) => balancesSample(at, { netLiquidation: 1_000, dayPnl: 0 }));
    stage.pass(MINUTE_MS);
    restart(stage);
    stage.sample((at) => balancesSample(at, { netLiquidation: 850, dayPnl: -150 }));
    stage.pass(MINUTE_MS);
    assert.deepEqual(told(stage), ['down firing']);
  });

  it('knows since when a connection has been lost', () => {
    const stage = new Stage(
      settingsOf(rulesOf({ id: 'lost', metric: 'connectionDownSeconds', operator: '>', threshold: 1_800 })),
    );
    stage.sample(connectionIs({ state: 'down' }));
    stage.pass(20 * MINUTE_MS);
    restart(stage, 5 * MINUTE_MS);
    stage.sample(connectionIs({ state: 'connecting' }));
    stage.pass(6 * MINUTE_MS);
    assert.deepEqual(told(stage), ['lost firing']);
  });
});

describe('figures that may be trusted no more', () => {
  it('are those of positions too, when the balances that come by the same way are stale', () => {
    const stage = new Stage(settingsOf(rulesOf(CHEAP)));
    stage.sample(heldNow([stockAt('A', 60)]));
    stage.sample(cushionOf(0.5, { trust: trust({ stale: true }) }));
    stage.sample(heldNow([stockAt('A', 40)]));
    stage.pass(10 * MINUTE_MS);
    assert.deepEqual(told(stage), []);
    stage.sample(cushionOf(0.5));
    stage.pass(MINUTE_MS);
    assert.deepEqual(told(stage), ['cheap firing']);
  });

  it('are all that a share is made of', () => {
    const stage = new Stage(
      settingsOf(rulesOf({ id: 'share', metric: 'positionPercent', operator: '>', threshold: 50 })),
    );
    stage.sample((at) =>
      balancesSample(at, { netLiquidation: 1_000 }, { trust: trust({ quality: 'cached' }) }),
    );
    stage.sample(heldNow([stockAt('A', 100)]));
    stage.pass(10 * MINUTE_MS);
    assert.deepEqual(told(stage), []);
    stage.sample((at) => balancesSample(at, { netLiquidation: 1_000 }));
    stage.pass(MINUTE_MS);
    assert.deepEqual(told(stage), ['share firing']);
  });
});

describe('a message', () => {
  it('is dated by the oldest of the figures that it is made of, and says when one is old', () => {
    const stage = new Stage(
      settingsOf(
        rulesOf(
          { id: 'share', metric: 'positionPercent', operator: '>', threshold: 50, resolveMessage: true },
          { id: 'lost', metric: 'connectionDownSeconds', operator: '>', threshold: 60 },
        ),
      ),
    );
    stage.sample((at) =>
      balancesSample(at, { netLiquidation: 1_000 }, { trust: trust({ asOf: T0 - 5_000 }) }),
    );
    stage.sample(heldNow([stockAt('A', 100)], { trust: trust({ asOf: T0 - 9_000 }) }));
    stage.pass(MINUTE_MS);
    const [share] = stage.take();
    assert.deepEqual([share?.alert.asOf, share?.alert.stale], [new Date(T0 - 9_000).toISOString(), false]);
    assert.deepEqual(share?.alert.instrument, { key: 'A', symbol: 'A', assetClass: 'stock' });
    stage.sample(connectionIs({ state: 'down' }));
    stage.pass(2 * MINUTE_MS);
    const [lost] = stage.take();
    assert.deepEqual([lost?.alert.asOf, lost?.alert.stale, lost?.alert.account], [null, false, null]);
  });
});
