import { helper } from '../../support/nodes.js';
import { comesTrue } from '../within.js';
import { firstFigures, type RedFault } from './red-scenario.js';
import type { RedStage } from './red-stage.js';

const ANSWERS_WITHIN_MS = 3_000;
const HUGE = 10_000_000;

/** Messages that no flow should send, and some do. */
const MESSAGES: Readonly<Record<string, () => object>> = {
  __proto__: () => parsed('{"__proto__":{"topic":"orders","polluted":1},"topic":"__proto__"}'),
  'constructor.prototype': () => parsed('{"constructor":{"prototype":{"polluted":1}},"topic":"constructor"}'),
  '10 MB': () => ({ topic: 'positions', payload: 'x'.repeat(HUGE) }),
  '10 MB as its topic': () => ({ topic: 'x'.repeat(HUGE) }),
  '10 MB as its account': () => ({ topic: 'orders', account: 'x'.repeat(HUGE) }),
  'a circle': () => circular(),
  'a topic that throws': () => throwing('topic'),
  'an account that throws': () => throwing('account'),
  'a key that throws': () => ({ topic: 'balances', account: throwing('key') }),
  'a payload that throws': () => throwing('payload'),
  'Symbol keys': () => ({ [Symbol.toPrimitive]: () => 1, [Symbol.iterator]: null, topic: Symbol('topic') }),
  'a proxy that refuses everything': () => ({ payload: refusing(), account: refusing() }),
  'no prototype': () => Object.assign(Object.create(null), { topic: 'orders', account: 'Nobody' }),
  'hasOwnProperty as data': () => parsed('{"hasOwnProperty":1,"toString":2,"account":"Nobody"}'),
  'nothing that may be changed': () => Object.freeze({ _msgid: 'frozen', topic: 'orders' }),
  'other types': () => ({ topic: 10n, account: [() => 1, new Map(), NaN] }),
};

/** Messages of every kind go in: each is answered or refused, and nothing else changes. */
export const MESSAGES_IN: RedFault = {
  number: 39,
  name: 'input that is hostile, huge or circular',
  play: async (stage) => {
    await stage.load(stage.flow());
    await firstFigures(stage);
    await stage.ib.trade(3);
    const prototype = Reflect.ownKeys(Object.prototype).length;
    await sendAll(stage, some(stage));
    await stage.ib.trade(3);
    if (Reflect.ownKeys(Object.prototype).length !== prototype || 'polluted' in {})
      stage.wrong.leaks.push('a message changed Object.prototype');
  },
};

/** Half of them, in any order. */
function some({ ib: { chance } }: RedStage): readonly string[] {
  const drawn = Object.keys(MESSAGES).map((name) => [chance(), name] as const);
  const order = drawn.toSorted(([a], [b]) => a - b).map(([, name]) => name);
  return order.slice(0, order.length / 2);
}

async function sendAll(stage: RedStage, names: readonly string[]): Promise<void> {
  const answers = (): number => stage.completed + stage.errors.length;
  const expected = answers() + names.length;
  for (const name of names) helper.getNode('sync').emit('input', MESSAGES[name]?.() ?? {});
  const all = names.join(', ');
  if (!(await comesTrue(ANSWERS_WITHIN_MS, () => answers() >= expected)))
    stage.wrong.lost.push(
      `of the messages with ${all}, ${expected - answers()} were neither answered nor refused`,
    );
  if (answers() > expected)
    stage.wrong.duplicates.push(`of the messages with ${all}, one was answered twice`);
}

function parsed(text: string): object {
  return Object(JSON.parse(text));
}

function circular(): object {
  const circle: Record<string, unknown> = { topic: 'orders' };
  circle['payload'] = { circle, list: [circle] };
  return circle;
}

function throwing(name: string): object {
  const get = (): never => {
    throw new Error(`Nobody may read ${name}.`);
  };
  return Object.defineProperty({}, name, { get, enumerable: true });
}

function refusing(): object {
  const refuse = (): never => {
    throw new TypeError('No.');
  };
  return new Proxy({}, { get: refuse, has: refuse, ownKeys: refuse, getOwnPropertyDescriptor: refuse });
}
