import assert from 'node:assert/strict';
import {
  EngineState,
  engineOf,
  listing,
  stateOf,
  withAck,
  withoutSilence,
  withRules,
  withSilence,
  type QuietHours,
  type Sample,
} from '../../src/alerts/index.js';
import { execution, position, T0 } from '../support/builders.js';
import {
  balancesSample,
  MINUTE_MS,
  rulesOf,
  said,
  sampledAccount,
  settingsOf,
  Stage,
  status,
  trust,
} from './support.js';

const account = sampledAccount();
const HOUR_MS = 60 * MINUTE_MS;
const NIGHT: QuietHours = { from: 22 * 60, to: 7 * 60, timeZone: 'UTC' };

const LOW = { id: 'low', metric: 'cushion', operator: '<', threshold: 0.1 };
const CRITICAL = { id: 'crit', metric: 'cushion', operator: '<', threshold: 0.05, severity: 'critical' };
const LOST = { id: 'lost', metric: 'connectionDownSeconds', operator: '>', threshold: 300 };
const CASH = { id: 'cash', metric: 'totalCash', operator: '<', threshold: 0 };
const FILLS = { id: 'fills', metric: 'execution', operator: 'event', threshold: [], cooldownSeconds: 0 };

const cushion =
  (value: number | null, given: Parameters<typeof trust>[0] = {}) =>
  (at: number) =>
    balancesSample(at, { cushion: value }, { trust: trust(given) });

const connection =
  (given: Parameters<typeof status>[0]) =>
  (at: number): Sample => ({
    of: 'connection',
    at,
    connection: { key: 'c1', label: 'TWS', broker: 'ibkr' },
    status: status({ since: at, ...given }),
  });

const prices =
  (...list: readonly (readonly [key: string, price: number])[]) =>
  (at: number): Sample => ({
    of: 'positions',
    at,
    account,
    trust: trust(),
    positions: list.map(([key, marketPrice]) => position({ key, marketPrice })),
    complete: true,
    changes: [],
  });

const fill =
  (eventId: string, executedAt: number | null) =>
  (at: number): Sample => ({
    of: 'executions',
    at,
    account,
    trust: trust(),
    changes: [
      {
        of: 'executions',
        change: 'reported',
        before: null,
        after: execution({
          executionId: eventId,
          executedAt: executedAt === null ? null : new Date(executedAt).toISOString(),
        }),
        eventId,
      },
    ],
  });

const short = (stage: Stage) =>
  stage
    .take()
    .map(({ alert }) => `${alert.ruleId} ${alert.state}${alert.count > 1 ? ` x${alert.count}` : ''}`);

/** Ends the process and starts it again `ms` later. */
function restart(stage: Stage, ms: number): void {
  const kept = EngineState.parse(JSON.parse(JSON.stringify(stateOf(stage.engine))));
  stage.at += ms;
  stage.engine = withRules(engineOf(kept), stage.settings, stage.at).engine;
}

describe('the alert engine', () => {
  it('tells a margin problem that is there already, and nothing more while it lasts', () => {
    const stage = new Stage(settingsOf(rulesOf(LOW)));
    stage.sample(cushion(0.04));
    stage.pass(2 * HOUR_MS);
    assert.deepEqual(stage.take().map(said), ['firing low: IBKR main: margin cushion 4 % (< 10 %)']);
  });

  it('makes one message of what comes within half a minute, and of critical things within five seconds', () => {
    const rules = rulesOf(
      { id: 'cheap', metric: 'marketPrice', operator: '<', threshold: 50 },
      { id: 'worthless', metric: 'marketPrice', operator: '<', threshold: 10, severity: 'critical' },
    );
    const stage = new Stage(settingsOf(rules));
    stage.sample(prices(['a', 40], ['b', 100], ['c', 5]));
    stage.pass(5_000);
    assert.deepEqual(short(stage), ['worthless firing']);
    stage.sample(prices(['a', 40], ['b', 30], ['c', 5]));
    stage.pass(MINUTE_MS);
    const [message] = stage.sent;
    assert.deepEqual(short(stage), ['cheap firing x2']);
    assert.deepEqual(
      message?.alert.items?.map(({ instrument }) => instrument?.key),
      ['a', 'b'],
    );
    assert.match(message?.topic ?? '', /^IBKR main: 2 x price: AAPL/);
  });

  it('says nothing of what was over before it was sent, and does not hold its cooldown against what follows', () => {
    const stage = new Stage(settingsOf(rulesOf(LOW)));
    stage.sample(cushion(0.04));
    stage.pass(10_000);
    stage.sample(cushion(0.5));
    stage.pass(MINUTE_MS);
    assert.deepEqual(short(stage), []);
    stage.sample(cushion(0.04));
    stage.pass(MINUTE_MS);
    assert.deepEqual(short(stage), ['low firing']);
  });

  it('lets a critical alert speak for the warning of the same figure, and the warning after it', () => {
    const stage = new Stage(settingsOf(rulesOf(LOW, CRITICAL)));
    stage.sample(cushion(0.04));
    stage.pass(MINUTE_MS);
    assert.deepEqual(short(stage), ['crit firing']);
    stage.sample(cushion(0.08));
    stage.pass(MINUTE_MS);
    assert.deepEqual(
      short(stage).toSorted((a, b) => a.localeCompare(b)),
      ['crit resolved', 'low firing'],
    );
  });

  it('tells of the lost connection only, and of figures that are still bad once it is back', () => {
    const stage = new Stage(
      settingsOf(rulesOf(LOW, LOST, { id: 'old', metric: 'dataAgeSeconds', operator: '>', threshold: 60 })),
    );
    stage.sample(connection({}));
    stage.sample(cushion(0.5));
    stage.pass(MINUTE_MS);
    stage.sample(connection({ state: 'down' }));
    stage.pass(6 * MINUTE_MS);
    stage.sample(cushion(0.5, { stale: true, staleSeconds: 500 }));
    stage.sample(cushion(0.04));
    stage.pass(6 * MINUTE_MS);
    assert.deepEqual(short(stage), ['lost firing']);
    stage.sample(connection({}));
    stage.pass(MINUTE_MS);
    assert.deepEqual(short(stage), ['lost resolved', 'low firing']);
  });

  it('tells of the sign-in that has ended, and not of the connection that is lost by it', () => {
    const stage = new Stage(
      settingsOf(
        rulesOf(LOST, {
          id: 'login',
          metric: 'loginHoursLeft',
          operator: '<=',
          threshold: 6,
          severity: 'critical',
        }),
      ),
    );
    stage.sample(connection({ state: 'login-required' }));
    stage.pass(HOUR_MS);
    assert.deepEqual(short(stage), ['login firing']);
  });

  it('does not hold the connection of one account against another whose connection is not known', () => {
    const stage = new Stage(settingsOf(rulesOf(LOW, LOST)));
    stage.sample(connection({ state: 'down' }));
    stage.sample((at) => ({
      ...connection({})(at),
      connection: { key: 'c2', label: 'Other', broker: 'ibkr' },
    }));
    stage.pass(10 * MINUTE_MS);
    stage.take();
    stage.sample((at) =>
      balancesSample(at, { cushion: 0.04 }, { account: sampledAccount({ connection: null }) }),
    );
    stage.pass(MINUTE_MS);
    assert.deepEqual(short(stage), ['low firing']);
  });

  it('holds alerts while IBKR resets the account', () => {
    const stage = new Stage(settingsOf(rulesOf(LOW)));
    const issues = [
      { code: 'ACCOUNT_RESETTING', severity: 'warning', message: 'IBKR is resetting.' },
    ] as const;
    stage.sample(cushion(0.01, { issues }));
    stage.pass(HOUR_MS);
    assert.deepEqual(short(stage), []);
    stage.sample(cushion(0.01));
    stage.pass(MINUTE_MS);
    assert.deepEqual(short(stage), ['low firing']);
  });

  it('never fires nor ends on figures that are cached, delayed, partial or stale', () => {
    for (const given of [
      { quality: 'cached' },
      { quality: 'delayed' },
      { quality: 'partial' },
      { stale: true },
    ] as const) {
      const stage = new Stage(settingsOf(rulesOf(LOW)));
      stage.sample(cushion(0.01, given));
      stage.pass(HOUR_MS);
      stage.sample(cushion(0.01));
      stage.pass(MINUTE_MS);
      stage.sample(cushion(0.9, given));
      stage.pass(HOUR_MS);
      assert.deepEqual(short(stage), ['low firing']);
    }
  });

  it('fires on figures that become live without changing', () => {
    const stage = new Stage(
      settingsOf(rulesOf({ id: 'cheap', metric: 'marketPrice', operator: '<', threshold: 50 })),
    );
    const sample = prices(['a', 40]);
    stage.sample((at) => ({ ...sample(at), trust: trust({ quality: 'cached', stale: true }) }));
    stage.pass(MINUTE_MS);
    stage.sample(sample);
    stage.pass(MINUTE_MS);
    assert.deepEqual(short(stage), ['cheap firing']);
  });

  it('tells in the morning what waited through the night, in one message', () => {
    const stage = new Stage(settingsOf(rulesOf(LOW, CASH, CRITICAL), NIGHT), Date.UTC(2026, 0, 12, 21, 0));
    stage.sample((at) => balancesSample(at, { cushion: 0.5, totalCash: -1 }));
    stage.pass(90 * MINUTE_MS);
    assert.deepEqual(short(stage), ['cash firing']);
    stage.sample((at) => balancesSample(at, { cushion: 0.06, totalCash: 1 }));
    stage.pass(8 * HOUR_MS);
    assert.deepEqual(short(stage), []);
    stage.pass(HOUR_MS);
    const [message] = stage.sent;
    assert.deepEqual(short(stage), ['digest firing x2']);
    assert.equal(message?.topic, 'Overnight: 1 to look at, 1 ended');
  });

  it('tells what is critical at night', () => {
    const stage = new Stage(settingsOf(rulesOf(CRITICAL), NIGHT), Date.UTC(2026, 0, 12, 23, 0));
    stage.sample(cushion(0.01));
    stage.pass(10_000);
    assert.deepEqual(short(stage), ['crit firing']);
  });

  it('is silent about a rule until the silence ends, and tells then what still holds', () => {
    const stage = new Stage(settingsOf(rulesOf(LOW)));
    const until = stage.at + HOUR_MS;
    stage.engine = withSilence(stage.engine, { ruleId: 'low' }, { at: stage.at, until });
    stage.sample(cushion(0.01));
    stage.pass(59 * MINUTE_MS);
    assert.deepEqual(short(stage), []);
    assert.deepEqual(
      listing(stage.engine, stage.settings, stage.at).map(({ silenced, state }) => [state, silenced]),
      [['firing', true]],
    );
    stage.pass(2 * MINUTE_MS);
    assert.deepEqual(short(stage), ['low firing']);
    assert.deepEqual(stage.engine.silences, []);
  });

  it('takes a silence back', () => {
    const stage = new Stage(settingsOf(rulesOf(LOW)));
    stage.engine = withSilence(
      stage.engine,
      { key: `low|${account.key}||` },
      { at: stage.at, until: stage.at + HOUR_MS },
    );
    stage.sample(cushion(0.01));
    stage.pass(MINUTE_MS);
    stage.engine = withoutSilence(stage.engine, { key: `low|${account.key}||` });
    stage.pass(MINUTE_MS);
    assert.deepEqual(short(stage), ['low firing']);
  });

  it('does not repeat an alert that somebody has seen, tells its end, and the next one', () => {
    const stage = new Stage(settingsOf(rulesOf({ ...LOW, repeatSeconds: 1200 })));
    stage.sample(cushion(0.01));
    stage.pass(25 * MINUTE_MS);
    const [first] = stage.sent;
    assert.deepEqual(short(stage), ['low firing', 'low firing']);
    stage.engine = withAck(
      stage.engine,
      { alertId: first?.alert.id ?? '' },
      { at: stage.at, until: stage.at + 48 * HOUR_MS },
    );
    stage.pass(2 * HOUR_MS);
    assert.deepEqual(short(stage), []);
    stage.sample(cushion(0.9));
    stage.pass(MINUTE_MS);
    stage.sample(cushion(0.01));
    stage.pass(MINUTE_MS);
    assert.deepEqual(short(stage), ['low resolved', 'low firing']);
  });

  it('tells when figures are missing, as a warning, and when they are back', () => {
    const stage = new Stage(settingsOf(rulesOf({ ...CRITICAL, noData: { alertAfterSeconds: 600 } })));
    stage.sample(cushion(0.9));
    stage.pass(HOUR_MS);
    stage.sample(cushion(0.9, { stale: true }));
    stage.pass(9 * MINUTE_MS);
    assert.deepEqual(short(stage), []);
    stage.pass(2 * MINUTE_MS);
    stage.sample(cushion(0.9));
    stage.pass(MINUTE_MS);
    assert.deepEqual(
      stage.take().map(({ alert, topic }) => [alert.state, alert.severity, topic]),
      [
        ['firing', 'warning', 'IBKR main: no data for margin cushion'],
        ['resolved', 'warning', 'IBKR main: data for margin cushion are back'],
      ],
    );
  });

  it('ends the alert of a position that was closed', () => {
    const stage = new Stage(
      settingsOf(rulesOf({ id: 'cheap', metric: 'marketPrice', operator: '<', threshold: 50 })),
    );
    stage.sample(prices(['a', 40]));
    stage.pass(MINUTE_MS);
    stage.sample(prices());
    stage.pass(MINUTE_MS);
    assert.deepEqual(stage.take().map(said), [
      'firing cheap: IBKR main AAPL: price 40 USD (< 50 USD)',
      'resolved cheap: IBKR main AAPL: price, ended: it is no longer there',
    ]);
  });

  it('ends the alert of a position that was closed while nothing ran', () => {
    const stage = new Stage(
      settingsOf(rulesOf({ id: 'cheap', metric: 'marketPrice', operator: '<', threshold: 50 })),
    );
    stage.sample(prices(['a', 40]));
    stage.pass(MINUTE_MS);
    restart(stage, 8 * HOUR_MS);
    stage.pass(MINUTE_MS);
    stage.sample(prices(['b', 100]));
    stage.pass(MINUTE_MS);
    assert.deepEqual(short(stage), ['cheap firing', 'cheap resolved']);
  });

  it('does not tell again after a restart what it had told, and keeps a timer over a short one', () => {
    for (const [downMs, expected] of [
      [10 * MINUTE_MS, ['slow firing']],
      [2 * HOUR_MS, []],
    ] as const) {
      const stage = new Stage(settingsOf(rulesOf(LOW, { ...CASH, id: 'slow', forSeconds: 900 })));
      const sample = (at: number) => balancesSample(at, { cushion: 0.01, totalCash: -1 });
      stage.sample(sample);
      stage.pass(6 * MINUTE_MS);
      assert.deepEqual(short(stage), ['low firing']);
      restart(stage, downMs);
      stage.pass(10_000);
      stage.sample(sample);
      stage.pass(MINUTE_MS);
      assert.deepEqual(short(stage), expected);
    }
  });

  it('does not call a connection restored because Node-RED was restarted', () => {
    const stage = new Stage(settingsOf(rulesOf(LOST)));
    stage.sample(connection({ state: 'down' }));
    stage.pass(10 * MINUTE_MS);
    restart(stage, MINUTE_MS);
    stage.sample(connection({ state: 'connecting' }));
    stage.pass(10 * MINUTE_MS);
    assert.deepEqual(short(stage), ['lost firing']);
    stage.sample(connection({}));
    stage.pass(MINUTE_MS);
    assert.deepEqual(short(stage), ['lost resolved']);
  });

  it('tells that a connection is lost also while figures of before are still there', () => {
    const stage = new Stage(settingsOf(rulesOf(LOST)));
    stage.sample(connection({}));
    stage.pass(MINUTE_MS);
    const lostSince = stage.at;
    stage.sample(connection({ state: 'degraded', lostSince }));
    stage.pass(4 * MINUTE_MS);
    assert.deepEqual(short(stage), []);
    stage.sample(connection({ state: 'stale', lostSince }));
    stage.pass(10 * MINUTE_MS);
    assert.deepEqual(short(stage), ['lost firing']);
    stage.sample(connection({ state: 'degraded' }));
    stage.pass(MINUTE_MS);
    assert.deepEqual(short(stage), ['lost resolved']);
  });

  it('is quiet about maintenance until it should be over, and then says it at once', () => {
    const stage = new Stage(settingsOf(rulesOf(LOST)));
    stage.sample(connection({}));
    stage.pass(MINUTE_MS);
    stage.sample(connection({ state: 'degraded', quietUntil: stage.at + HOUR_MS }));
    stage.pass(HOUR_MS);
    assert.deepEqual(short(stage), []);
    stage.sample(connection({ state: 'down' }));
    stage.pass(MINUTE_MS);
    assert.deepEqual(short(stage), ['lost firing']);
  });

  it('only records the fills that were there before it, and tells each later one once', () => {
    const stage = new Stage(settingsOf(rulesOf(FILLS)));
    stage.sample(cushion(0.5));
    stage.sample(fill('old', T0 - HOUR_MS));
    stage.sample(fill('undated', null));
    stage.pass(MINUTE_MS);
    assert.deepEqual(short(stage), []);
    stage.sample(fill('new', stage.at));
    stage.sample(fill('new', stage.at));
    stage.sample(fill('old', T0 - HOUR_MS));
    stage.pass(MINUTE_MS);
    restart(stage, MINUTE_MS);
    stage.sample(fill('new', T0));
    stage.sample(fill('meanwhile', stage.at - 30_000));
    stage.pass(MINUTE_MS);
    assert.deepEqual(short(stage), ['fills firing', 'fills firing']);
  });

  it('hears of the first thing that happens after a rule was added', () => {
    const stage = new Stage(settingsOf(rulesOf(LOW)));
    stage.sample(cushion(0.5));
    stage.pass(HOUR_MS);
    stage.settings = settingsOf(rulesOf(LOW, FILLS));
    stage.engine = withRules(stage.engine, stage.settings, stage.at).engine;
    stage.pass(5_000);
    stage.sample(fill('first', null));
    stage.pass(MINUTE_MS);
    assert.deepEqual(short(stage), ['fills firing']);
  });

  it('ends what a rule had told when it is edited or removed, and judges the new one at once', () => {
    const stage = new Stage(settingsOf(rulesOf(LOW, CASH)));
    stage.sample((at) => balancesSample(at, { cushion: 0.06, totalCash: -1 }));
    stage.pass(MINUTE_MS);
    assert.deepEqual(short(stage), ['low firing', 'cash firing']);
    stage.settings = settingsOf(rulesOf({ ...LOW, threshold: 0.08 }));
    stage.engine = withRules(stage.engine, stage.settings, stage.at).engine;
    stage.pass(MINUTE_MS);
    const byText = stage
      .take()
      .map(said)
      .toSorted((a, b) => a.localeCompare(b));
    assert.deepEqual(byText, [
      'firing low: IBKR main: margin cushion 6 % (< 8 %)',
      'resolved cash: IBKR main: cash -USD 1.00 (was < USD 0.00), ended: its rule was removed or switched off',
      'resolved low: IBKR main: margin cushion 6 % (was < 10 %), ended: its rule was changed',
    ]);
  });

  it('keeps the state of a rule that is renamed', () => {
    const stage = new Stage(settingsOf(rulesOf(LOW)));
    stage.sample(cushion(0.06));
    stage.pass(MINUTE_MS);
    stage.settings = settingsOf(rulesOf({ ...LOW, name: 'Another name', severity: 'info' }));
    stage.engine = withRules(stage.engine, stage.settings, stage.at).engine;
    stage.pass(HOUR_MS);
    assert.deepEqual(short(stage), ['low firing']);
  });

  it('goes on when the clock of the machine is set back, whatever it had noted for the future', () => {
    const stage = new Stage(settingsOf(rulesOf(LOW)), T0 + 365 * 24 * HOUR_MS);
    stage.sample(cushion(0.01));
    stage.pass(MINUTE_MS);
    stage.sample(cushion(0.9));
    stage.pass(MINUTE_MS);
    stage.at = T0;
    stage.sample(cushion(0.01));
    stage.pass(20 * MINUTE_MS);
    assert.deepEqual(short(stage), ['low firing', 'low resolved', 'low firing']);
  });

  it('judges the share of a position anew when the account around it shrinks', () => {
    const stage = new Stage(
      settingsOf(rulesOf({ id: 'big', metric: 'positionPercent', operator: '>', threshold: 25 })),
    );
    stage.sample((at) => balancesSample(at, { netLiquidation: 10_000 }));
    stage.sample(prices(['a', 100]));
    stage.pass(2 * MINUTE_MS);
    assert.deepEqual(short(stage), []);
    stage.sample((at) => balancesSample(at, { netLiquidation: 3_000 }));
    stage.pass(2 * MINUTE_MS);
    assert.deepEqual(short(stage), ['big firing']);
  });

  it('looks at a rule for market hours when the market opens, though nothing has moved', () => {
    const stage = new Stage(
      settingsOf(rulesOf({ ...LOW, marketHoursOnly: true })),
      Date.UTC(2026, 10, 24, 14, 0),
    );
    stage.sample(cushion(0.01));
    stage.pass(29 * MINUTE_MS);
    assert.deepEqual(short(stage), []);
    stage.pass(3 * MINUTE_MS);
    assert.deepEqual(short(stage), ['low firing']);
  });

  it('takes no withdrawal for a loss', () => {
    const stage = new Stage(
      settingsOf(rulesOf({ id: 'down', metric: 'drawdownPercent', operator: '>', threshold: 10 })),
    );
    stage.sample((at) => balancesSample(at, { netLiquidation: 1000, dayPnl: 0 }));
    stage.sample((at) => balancesSample(at, { netLiquidation: 600, dayPnl: 0 }));
    stage.pass(MINUTE_MS);
    assert.deepEqual(short(stage), []);
    stage.sample((at) => balancesSample(at, { netLiquidation: 530, dayPnl: -70 }));
    stage.pass(MINUTE_MS);
    assert.deepEqual(short(stage), ['down firing']);
  });
});
