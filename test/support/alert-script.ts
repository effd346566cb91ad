import assert from 'node:assert/strict';
import type { AlertStage, Alert, AlertStageOptions } from './alert-stage.js';

/** What a test of a default rule does, and what must come of it. */
export interface AlertScript<Scene extends { readonly stage: AlertStage }> extends AlertStageOptions {
  readonly severity: Alert['alert']['severity'];
  readonly metric: string;
  /** What the one line for people must say. */
  readonly says: RegExp;
  readonly cause: (scene: Scene) => unknown;
  /** The figure that the alert must name. */
  readonly value: (scene: Scene, value: number | null) => void;
  /** What ends it; absent = it is told once, and has no end. */
  readonly end?: (scene: Scene) => unknown;
  /** Whose it is; absent = the connection's. */
  readonly account?: (scene: Scene) => string;
  /** Seconds in which it must come; absent = three minutes. */
  readonly within?: number;
}

const SOON = 180;
const PRIORITIES = { critical: 'high', warning: 'normal', info: 'low' } as const;

/** Plays it: nothing is told before its cause, one alert after it, and one more when that has ended. */
export async function play<Scene extends { readonly stage: AlertStage }>(
  script: AlertScript<Scene>,
  scene: Scene,
): Promise<void> {
  const { account, metric, rule, says, severity, within = SOON } = script;
  const { stage } = scene;
  await stage.settle();
  assert.deepEqual(stage.take(), []);
  await script.cause(scene);
  const { alert, payload, priority, topic } = await stage.next(within);
  assert.deepEqual(
    {
      ruleId: alert.ruleId,
      state: alert.state,
      severity: alert.severity,
      metric: alert.metric,
      account: alert.account?.label ?? null,
      priority,
    },
    {
      ruleId: rule.id,
      state: 'firing',
      severity,
      metric,
      account: account === undefined ? null : `…${account(scene).slice(-4)}`,
      priority: PRIORITIES[severity],
    },
  );
  assert.match(topic, says);
  assert.ok(payload.length > topic.length / 2);
  script.value(scene, alert.value);
  if (script.end === undefined) {
    await stage.pass(SOON * 1_000);
    return assert.deepEqual(stage.take(), []);
  }
  await script.end(scene);
  const ended = await stage.next(within);
  assert.deepEqual([ended.alert.id, ended.alert.state], [alert.id, 'resolved']);
}

/** The figure is as the ledger has it, to a thousandth. */
export function near<Scene>(truth: (scene: Scene) => number) {
  return (scene: Scene, value: number | null): void => {
    const is = truth(scene);
    assert.ok(
      value !== null && Math.abs(value - is) <= Math.max(0.001, Math.abs(is) / 1_000),
      `${value} and not ${is}`,
    );
  };
}

/** Something that goes on: at least so much. */
export function atLeast(least: number, most = Infinity) {
  return (_scene: unknown, value: number | null): void =>
    assert.ok(value !== null && value >= least && value <= most, `${value} and not ${least} to ${most}`);
}

/** What has happened, and is no figure. */
export function none(_scene: unknown, value: number | null): void {
  assert.equal(value, null);
}
