import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  EngineState,
  engineOf,
  stateOf,
  withRules,
  type Alert,
  type AlertMessage,
  type Rule,
} from '../../src/alerts/index.js';
import {
  balancesSample,
  MINUTE_MS,
  rulesOf,
  ENGINE_RUNS,
  sampledAccount,
  settingsOf,
  Stage,
  trust,
} from './support.js';

const NIGHT = { from: 22 * 60, to: 7 * 60, timeZone: 'Europe/Zurich' };
const START = Date.UTC(2026, 0, 12, 20, 30, 0);

const A = sampledAccount({ key: 'aaaaaaaaaaaa', label: 'A' });
const B = sampledAccount({ key: 'bbbbbbbbbbbb', label: 'B' });

const RULES = rulesOf(
  { id: 'low', metric: 'cushion', operator: '<', threshold: 0.1, cooldownSeconds: 300, forSeconds: 120 },
  {
    id: 'lower',
    metric: 'cushion',
    operator: '<',
    threshold: 0.05,
    severity: 'critical',
    cooldownSeconds: 60,
  },
  { id: 'cash', metric: 'totalCash', operator: '<', threshold: 0, repeatSeconds: 3600, severity: 'info' },
);

interface Step {
  readonly account: 'A' | 'B';
  readonly afterMinutes: number;
  readonly cushion: number | null;
  readonly cash: number | null;
  readonly fresh: boolean;
}

const aTrace: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    account: fc.constantFrom('A' as const, 'B' as const),
    afterMinutes: fc.integer({ min: 0, max: 25 }),
    cushion: fc.constantFrom(0.02, 0.06, 0.101, 0.2, 0.2, null),
    cash: fc.constantFrom(-5, 0, 5, null),
    fresh: fc.integer({ min: 0, max: 4 }).map((die) => die > 0),
  }),
  { maxLength: 60, size: 'max' },
);

interface Playing {
  readonly rules?: readonly Rule[];
  readonly onStep?: (stage: Stage, index: number) => void;
  readonly only?: Step['account'];
  readonly quiet?: boolean;
}

/** Plays a trace with a tick at the turn of each minute, whatever the samples are. */
function play(steps: readonly Step[], { onStep, only, quiet = true, rules = RULES }: Playing = {}): Stage {
  const stage = new Stage(settingsOf(rules, quiet ? NIGHT : null), START);
  stage.tickMs = MINUTE_MS;
  for (const [index, { account, afterMinutes, cash, cushion, fresh }] of steps.entries()) {
    stage.pass(afterMinutes * MINUTE_MS);
    if (only === undefined || only === account)
      stage.sample((at) =>
        balancesSample(
          at,
          { cushion, totalCash: cash },
          { account: account === 'A' ? A : B, trust: trust({ stale: !fresh }) },
        ),
      );
    onStep?.(stage, index);
  }
  stage.pass(2 * MINUTE_MS);
  return stage;
}

/** Every alert that was sent, out of the lists that they came in. */
const alerts = (messages: readonly AlertMessage[]): readonly Alert[] =>
  messages.flatMap(({ alert }) => alert.items ?? [withoutCount(alert)]);

function withoutCount({ count: _count, items: _items, ...alert }: AlertMessage['alert']): Alert {
  return alert;
}

const inShort = (all: readonly Alert[]) => all.map(({ id, state, ruleId }) => `${ruleId} ${id} ${state}`);

/** Zurich is an hour ahead of UTC in January. */
function isNight(at: number): boolean {
  const hour = new Date(at + 60 * MINUTE_MS).getUTCHours();
  return hour >= 22 || hour < 7;
}

describe('the alert engine', function () {
  this.timeout(Math.max(60_000, ENGINE_RUNS * 600));

  it('L3: is the same after a restart at any moment, for whoever hears its messages', () =>
    fc.assert(
      fc.property(aTrace, fc.integer({ min: 1, max: 10 }), (steps, every) => {
        const restarted = play(steps, {
          onStep: (stage, index) => {
            if (index % every !== 0) return;
            const kept = EngineState.parse(JSON.parse(JSON.stringify(stateOf(stage.engine))));
            const { accounts, connections } = stage.engine;
            const engine = withRules(
              { ...engineOf(kept), accounts, connections },
              stage.settings,
              stage.at,
            ).engine;
            stage.engine = engine;
          },
        });
        assert.deepEqual(restarted.sent, play(steps).sent);
      }),
      { numRuns: ENGINE_RUNS },
    ));

  it('L12: judges each account as if it were alone', () =>
    fc.assert(
      fc.property(aTrace, (steps) => {
        const both = alerts(play(steps).sent);
        for (const [account, { key }] of [
          ['A', A],
          ['B', B],
        ] as const) {
          const alone = alerts(play(steps, { only: account }).sent);
          assert.deepEqual(
            both.filter((alert) => alert.account?.key === key),
            alone,
          );
        }
      }),
      { numRuns: ENGINE_RUNS },
    ));

  it('L13: begins only that rule anew that was edited', () =>
    fc.assert(
      fc.property(aTrace, fc.integer({ min: 0, max: 59 }), (steps, when) => {
        const edited = rulesOf({
          id: 'low',
          metric: 'cushion',
          operator: '<',
          threshold: 0.15,
          forSeconds: 60,
        });
        const changed = play(steps, {
          onStep: (stage, index) => {
            if (index !== when) return;
            const [, ...others] = RULES;
            stage.settings = settingsOf([...edited, ...others], NIGHT);
            stage.engine = withRules(stage.engine, stage.settings, stage.at).engine;
          },
        });
        const others = (stage: Stage) => inShort(alerts(stage.sent).filter(({ ruleId }) => ruleId !== 'low'));
        assert.deepEqual(others(changed), others(play(steps)));
      }),
      { numRuns: ENGINE_RUNS },
    ));

  it('L14: tells everything that waited for the morning in one message, exactly once', () =>
    fc.assert(
      fc.property(aTrace, (steps) => {
        const stage = play(steps);
        // The night ends with the figures as they were left.
        const left = [...stage.engine.keys].flatMap(([key, { level }]) =>
          level !== null && level.s === 'firing' && !level.notified ? [key] : [],
        );
        if (!stage.engine.wasQuiet) return;
        stage.take();
        while (stage.engine.wasQuiet) stage.pass(MINUTE_MS);
        const calm = () => stage.take().filter(({ alert }) => alert.severity !== 'critical');
        const morning = calm();
        assert.ok(morning.length <= 1, 'more than one message');
        const firing = alerts(morning).filter(({ state }) => state === 'firing');
        assert.equal(new Set(firing.map(({ id }) => id)).size, firing.length, 'told twice');
        for (const key of left) {
          const state = stage.engine.keys.get(key);
          const { about, facts, level } = state ?? {};
          // What is critical did not wait, and speaks for the warning of the same figure.
          if (level?.s !== 'firing' || !level.notified || about?.ruleId === 'lower') continue;
          const isOwn = (alert: Alert) =>
            alert.ruleId === about?.ruleId && alert.account?.key === facts?.account?.key;
          assert.equal(firing.filter(isOwn).length, 1, `${key} was not told`);
        }
        stage.pass(10 * MINUTE_MS);
        assert.deepEqual(calm(), []);
      }),
      { numRuns: ENGINE_RUNS },
    ));

  it('L5, L6: sends nothing but critical alerts at night, and those as by day', () =>
    fc.assert(
      fc.property(aTrace, (steps) => {
        const night = play(steps);
        const day = play(steps, { quiet: false });
        const critical = (stage: Stage) =>
          inShort(alerts(stage.sent).filter(({ severity }) => severity === 'critical'));
        assert.deepEqual(critical(night), critical(day));
        for (const { at, message } of night.timed)
          if (isNight(at))
            assert.deepEqual(
              alerts([message]).filter(({ severity }) => severity !== 'critical'),
              [],
              `at ${new Date(at).toISOString()}`,
            );
      }),
      { numRuns: ENGINE_RUNS },
    ));

  it('L1: tells the beginning of each episode once, and its end after that', () =>
    fc.assert(
      fc.property(aTrace, fc.boolean(), (steps, quiet) => {
        const open = new Set<string>();
        for (const { id, ruleId, state } of alerts(play(steps, { quiet }).sent)) {
          if (state === 'resolved') assert.ok(open.delete(id), `${ruleId} ended and had not begun`);
          else if (ruleId === 'cash') open.add(id);
          else {
            assert.ok(!open.has(id), `${ruleId} began twice`);
            open.add(id);
          }
        }
      }),
      { numRuns: ENGINE_RUNS },
    ));
});
