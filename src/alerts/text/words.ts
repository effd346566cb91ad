import { METRICS } from '../metrics.js';
import { NUMBER_METRICS } from '../metric-names.js';
import type { Item } from '../schema/item.js';
import { figureText } from './figure.js';
import { oneLine, plainText } from './inert.js';
import { filled } from './template.js';

const LONGEST_TOPIC = 200;
const LONGEST_TEXT = 2000;

/** operator → what stands before its limit in a topic */
const SIGNS: Limits = new Map([
  ['<', '< '],
  ['>', '> '],
  ['<=', '<= '],
  ['>=', '>= '],
  ['outside', 'beyond ±'],
]);
/** The same in a payload, where no `<` can be (`plainText`). */
const WORDS: Limits = new Map([
  ['<', 'below '],
  ['>', 'above '],
  ['<=', 'at or below '],
  ['>=', 'at or above '],
  ['outside', 'beyond ±'],
]);
type Limits = ReadonlyMap<string, string>;

/** One item in one line: `IBKR main: margin cushion 4.2 % (< 5 %)`. */
export function lineOf(item: Item): string {
  return lineWith(item, SIGNS);
}

function lineWith(item: Item, limits: Limits): string {
  return oneLine(`${whereOf(item)}${whatOf(item, limits)}${endOf(item)}`, LONGEST_TOPIC);
}

/** One item as its owner wants to read it: by the rule's template, or in plain words. */
export function textOf(item: Item): string {
  const own = plainText(filled(item.template, valuesOf(item)), LONGEST_TEXT).trim();
  return own === '' ? plainText(plainWords(item), LONGEST_TEXT) : own;
}

/** What the rule is called, or what it watches. */
export function titleOf({ metric, name }: Item): string {
  const own = oneLine(name);
  return own === '' ? wordsFor(metric) : own;
}

function plainWords(item: Item): string {
  const lines = [
    lineWith(item, WORDS),
    item.name === '' ? null : `Rule: ${oneLine(item.name)}.`,
    `Since ${timeText(item.startedAt)}.`,
    item.resolvedAt === null ? null : `Ended ${timeText(item.resolvedAt)}.`,
    item.stale ? 'The figure is old: the connection has not brought a newer one.' : null,
  ];
  return lines.filter((line) => line !== null).join('\n');
}

function whereOf({ account, connection, instrument }: Item): string {
  const where = [account?.label ?? connection, instrument?.symbol].flatMap((word) =>
    word === null || word === undefined ? [] : [oneLine(word)],
  );
  return where.length === 0 ? '' : `${where.join(' ')}: `;
}

function whatOf(item: Item, limits: Limits): string {
  const { metric, reason, text, threshold } = item;
  if (item.unit === 'event') return oneLine(text, 160);
  if (reason === 'no-data')
    return item.state === 'resolved'
      ? `data for ${wordsFor(metric)} are back`
      : `no data for ${wordsFor(metric)}`;
  const value = figureText(item.value, item.unit, currencyOf(item));
  const limit = typeof threshold === 'number' ? figureText(threshold, item.unit, currencyOf(item)) : '';
  if (text !== '') return `${wordsFor(metric)} ${text} ${limit}, now ${value}`;
  if (reason === 'gone') return wordsFor(metric);
  if (item.unit === 'flag') return `${wordsFor(metric)}: ${value}`;
  const sign = limits.get(item.operator) ?? `${item.operator} `;
  return `${wordsFor(metric)} ${value} (${item.state === 'resolved' ? 'was ' : ''}${sign}${limit})`;
}

function endOf({ reason, state }: Item): string {
  if (state === 'firing') return reason === 'repeat' ? ', still' : '';
  switch (reason) {
    case 'gone':
      return ', ended: it is no longer there';
    case 'rule-changed':
      return ', ended: its rule was changed';
    case 'rule-removed':
      return ', ended: its rule was removed or switched off';
    case 'no-data':
      return '';
    case 'repeat':
    case null:
      return ', ended';
  }
}

function valuesOf(item: Item): Readonly<Record<string, string>> {
  const { account, connection, instrument, metric, name, severity, state, threshold } = item;
  const currency = currencyOf(item);
  const word = (text: string | null | undefined): string => oneLine(text ?? '');
  return {
    account: word(account?.label),
    connection: word(connection),
    id: item.id,
    metric: wordsFor(metric),
    name: word(name),
    resolvedAt: item.resolvedAt === null ? '' : timeText(item.resolvedAt),
    severity,
    startedAt: timeText(item.startedAt),
    state,
    summary: lineWith(item, WORDS),
    symbol: word(instrument?.symbol),
    text: oneLine(item.text, 160),
    threshold:
      typeof threshold === 'number' ? figureText(threshold, item.unit, currency) : word(threshold.join(', ')),
    value: figureText(item.value, item.unit, currency),
  };
}

/** Prices are in the currency of the instrument, all other money in the account's. */
function currencyOf({ account, instrument, unit }: Item): string | null {
  return unit === 'price' ? (instrument?.currency ?? null) : (account?.currency ?? null);
}

function wordsFor(name: string): string {
  const metric = NUMBER_METRICS.find((one) => one === name);
  return metric === undefined ? name : METRICS[metric].words;
}

function timeText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
