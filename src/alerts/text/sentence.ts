import { METRICS } from '../metrics.js';
import type { EventMetric } from '../metric-names.js';
import type { LevelOperator, Rule } from '../schema/rule.js';
import { duration, figureText } from './figure.js';
import { oneLine } from './inert.js';

const VERBS = { info: 'Tell', warning: 'Warn', critical: 'Alarm' } as const;

export const OPERATOR_WORDS: Readonly<Record<LevelOperator, string>> = {
  '<': 'is below',
  '>': 'is above',
  '<=': 'is at or below',
  '>=': 'is at or above',
  outside: 'is beyond ±',
};

const EDGE_WORDS = {
  crosses: 'crosses',
  crossesUp: 'rises to or above',
  crossesDown: 'falls to or below',
} as const;

const EVENT_WORDS: Readonly<Record<EventMetric, string>> = {
  quantity: 'a position is opened, closed or changes its size',
  orderStatus: 'an order changes its status',
  orderTag: 'an order appears whose tag is unknown',
  execution: 'an order is filled, wholly or in part',
  activity: 'something is booked',
  assignment: 'an option seems to have been assigned or exercised',
  unexplainedChange: 'a position changed and no fill explains it',
  account: 'a new account appears',
};

const POSITION_WORDS = {
  appeared: 'a position is opened',
  vanished: 'a position is closed',
  changed: 'a position changes its size',
} as const;

/** A rule as a sentence: `Warn when margin cushion is below 10 % for 1 minute, all accounts.` */
export function sentenceOf(rule: Rule): string {
  return `${VERBS[rule.severity]} when ${conditionOf(rule)}${timesOf(rule)}, ${scopeOf(rule)}.`;
}

function conditionOf(rule: Rule): string {
  if (rule.kind === 'event') return happeningOf(rule);
  const { unit, words } = METRICS[rule.metric];
  if (rule.kind === 'edge')
    return `${words} ${EDGE_WORDS[rule.operator]} ${figureText(rule.threshold, unit, null)}`;
  if (unit === 'flag') return `${words} is ${rule.operator.startsWith('<') ? 'no' : 'yes'}`;
  const figure = figureText(rule.threshold, unit, null);
  const gap = rule.operator === 'outside' ? '' : ' ';
  return `${words} ${OPERATOR_WORDS[rule.operator]}${gap}${figure}`;
}

function happeningOf(rule: Extract<Rule, { readonly kind: 'event' }>): string {
  const words = rule.threshold.map((word) => oneLine(word, 40).replaceAll('_', ' '));
  if (rule.metric === 'quantity' && rule.operator !== 'event') return POSITION_WORDS[rule.operator];
  const list =
    words.length === 0 ? '' : ` (${rule.metric === 'orderTag' ? 'known: ' : ''}${words.join(', ')})`;
  return `${EVENT_WORDS[rule.metric]}${list}`;
}

function timesOf(rule: Rule): string {
  const during = rule.marketHoursOnly ? ' in market hours' : '';
  return rule.kind === 'level' && rule.forSeconds > 0 ? ` for ${duration(rule.forSeconds)}${during}` : during;
}

function scopeOf({ scope: { account, assetClass, symbol } }: Rule): string {
  const parts = [
    account === '' ? 'all accounts' : `account ${oneLine(account)}`,
    symbol === '' ? '' : oneLine(symbol),
    assetClass === '' ? '' : `only ${oneLine(assetClass).replaceAll('_', ' ')}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}
