import type { Rule } from '../../alerts/schema/rule.js';
import { sentenceOf } from '../../alerts/text/sentence.js';
import type { AlertMessage } from '../../alerts/text/message.js';

const PRIORITIES = { info: 'low', warning: 'normal', critical: 'high' } as const;

/** An alert that takes the way of all others, so that its user sees where they arrive. `at` in ms since the epoch. */
export function testMessage(rule: Rule | null, at: number): AlertMessage {
  const severity = rule?.severity ?? 'warning';
  const what = rule === null ? 'This is how alerts of this node arrive.' : sentenceOf(rule);
  return {
    topic: 'Test alert',
    payload: `This is a test, nothing has happened. ${what}`,
    title: 'Test alert',
    priority: PRIORITIES[severity],
    retain: false,
    qos: 1,
    alert: {
      id: TEST_ID,
      ruleId: rule?.id ?? 'test',
      state: 'firing',
      severity,
      metric: null,
      value: null,
      threshold: null,
      unit: null,
      account: null,
      instrument: null,
      startedAt: new Date(at).toISOString(),
      resolvedAt: null,
      asOf: null,
      stale: false,
      count: 1,
    },
  };
}

/** The same each time: whoever drops duplicates by id drops a second test. */
const TEST_ID = '0000000000000000';
