import type { NodeStatus } from 'node-red';
import { statusLine } from '../status-line.js';
import { nameOf, type Ongoing } from './ongoing.js';

export interface AlertStanding {
  readonly ongoing: readonly Ongoing[];
  /** How many rules are on. */
  readonly rules: number;
  /** What was entered and cannot be used. */
  readonly problems: readonly string[];
  /** Whether account-sync has sent anything yet. */
  readonly hasHeard: boolean;
}

/** The line under the node. */
export function alertStatus({ hasHeard, ongoing, problems, rules }: AlertStanding): NodeStatus {
  const [worst] = ongoing;
  if (worst !== undefined) {
    const more = ongoing.length === 1 ? '' : ` and ${ongoing.length - 1} more`;
    const fill = worst.severity === 'critical' ? 'red' : 'yellow';
    return { fill, shape: 'dot', text: statusLine(`${nameOf(worst)}${more}`) };
  }
  const [problem] = problems;
  if (problem !== undefined) return { fill: 'red', shape: 'ring', text: statusLine(problem) };
  if (rules === 0) return { fill: 'grey', shape: 'ring', text: 'no rules' };
  const text = `watching, ${rules === 1 ? '1 rule' : `${rules} rules`}`;
  return hasHeard
    ? { fill: 'green', shape: 'dot', text }
    : { fill: 'grey', shape: 'ring', text: `${text}, nothing heard yet` };
}
