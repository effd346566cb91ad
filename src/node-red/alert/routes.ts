import type { NodeAPI } from 'node-red';
import { z } from 'zod';
import { parseQuietHours } from '../../alerts/schema/quiet-hours.js';
import { parseRule, parseRules } from '../../alerts/schema/rule.js';
import { sentenceOf } from '../../alerts/text/sentence.js';
import type { Clock } from '../../ports.js';
import { guardedGet, guardedPost, Refusal } from '../admin-routes.js';
import type { AlertNode } from './alert-node.js';
import { readyRules } from './ready-rules.js';

export interface AlertRoutes {
  readonly clock: Clock;
  /** The node that runs under this id; null = none does. */
  readonly nodeOf: (id: string) => AlertNode | null;
}

const MOST_RULES = 2_000;
const Unsaved = z.object(
  {
    rules: z.array(z.unknown()).max(MOST_RULES, { error: `At most ${MOST_RULES} rules.` }),
    quietHours: z.unknown().optional(),
  },
  { error: 'The body must hold the rules.' },
);
const Which = z.object(
  { rule: z.string().max(200).nullable() },
  { error: 'The body must name a rule, or null.' },
);

/** What the dialog of an alert node asks: nothing of it is saved. */
export function registerAlertRoutes(RED: NodeAPI, { clock, nodeOf }: AlertRoutes): void {
  guardedGet(RED, '/brokerage/alert/:id/ready', {
    permission: 'brokerage.read',
    handle: async () => readyRules(),
  });
  guardedPost(RED, '/brokerage/alert/:id/check', {
    permission: 'brokerage.write',
    clock,
    perMinute: CHECKS_PER_MINUTE,
    schema: Unsaved,
    handle: async ({ body, id }) => {
      const node = nodeOf(id);
      const { rules } = parseRules(body.rules);
      return {
        rules: body.rules.map((raw, index) => checked(raw, index + 1)),
        quietHours: parseQuietHours(body.quietHours).problem,
        heard: node?.hasHeard ?? false,
        now: node?.preview(rules) ?? [],
      };
    },
  });
  guardedPost(RED, '/brokerage/alert/:id/send-test', {
    permission: 'brokerage.write',
    clock,
    schema: Which,
    handle: async ({ body, id }) => {
      const node = nodeOf(id);
      if (node === null)
        throw new Refusal(409, 'not-deployed', 'This node does not run yet: deploy it, and try again.');
      node.sendTest(body.rule);
      return { message: 'A test alert has left the output of this node.' };
    },
  });
}

/** The dialog asks while somebody types. */
const CHECKS_PER_MINUTE = 120;

function checked(raw: unknown, position: number) {
  const parsed = parseRule(raw, position);
  return 'kind' in parsed
    ? { sentence: sentenceOf(parsed), problems: [] }
    : { sentence: null, problems: parsed };
}
