import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { DEFAULT_RULES, parseRules, sentenceOf, type AlertMessage } from '../../src/alerts/index.js';
import { oneLine, plainText } from '../../src/alerts/text/inert.js';
import { filled } from '../../src/alerts/text/template.js';
import { instrument, position } from '../support/builders.js';
import { VISIBLE } from '../support/visible.js';
import { balancesSample, rulesOf, sampledAccount, settingsOf, Stage, trust } from './support.js';

const HUGE = 'x'.repeat(10_240);
const HOSTILE = [
  '<b>bold</b>',
  '<IMG SRC=x onerror=alert(1)>',
  'a\r\nBcc: somebody@example.org',
  '\u202Efdp.exe',
  'zero\u200Bwidth\u0000\u001b[31m',
  '{{payload}} {{constructor}} {{__proto__}}',
  '\ud800 alone',
  HUGE,
  '<'.repeat(50) + 'a',
  '< \u200bscript>',
  '\u{e0041}\u115f\u2066\u009b31m\u0085\u2028',
  '&lt;script&gt;',
];

const hostile = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary', maxLength: 200 }));

function firing(names: {
  readonly label: string;
  readonly symbol: string;
  readonly name: string;
  readonly template: string;
}): AlertMessage {
  const [rule] = rulesOf({
    metric: 'marketPrice',
    operator: '<',
    threshold: 200,
    name: names.name,
    template: names.template,
  });
  assert.ok(rule);
  const stage = new Stage(settingsOf([rule]));
  const own = position({ instrument: instrument({ symbol: names.symbol }) });
  const account = sampledAccount({ label: names.label });
  stage.sample((at) => ({
    of: 'positions',
    at,
    account,
    trust: trust(),
    positions: [own],
    complete: true,
    changes: [],
  }));
  stage.pass(40_000);
  const [message] = stage.sent;
  assert.ok(message, 'nothing was sent');
  return message;
}

describe('the texts of alerts', () => {
  it('are inert and short, whatever labels, symbols, names and templates hold', () =>
    fc.assert(
      fc.property(hostile, hostile, hostile, hostile, (label, symbol, name, template) => {
        const message = firing({ label, symbol, name, template });
        for (const text of [
          message.topic,
          message.title,
          message.alert.account?.label ?? '',
          message.alert.instrument?.symbol ?? '',
        ]) {
          assert.match(text, VISIBLE);
          assert.ok(text.length <= 210, `${text.length} characters`);
        }
        assert.match(message.payload.replaceAll('\n', ''), VISIBLE);
        assert.doesNotMatch(message.payload, /</);
        assert.ok(message.payload.length <= 2100);
        assert.ok(message.payload.trim().length > 0);
        assert.doesNotMatch(JSON.stringify(message), /<[a-z]/i);
        assert.ok(!('action' in message));
      }),
      { numRuns: 500 },
    ));

  it('say account, figure and limit in one line, and times in plain words', () => {
    const [rule] = rulesOf({
      metric: 'cushion',
      operator: '<',
      threshold: 0.05,
      severity: 'critical',
      name: 'Cushion',
    });
    assert.ok(rule);
    const stage = new Stage(settingsOf([rule]));
    stage.sample((at) => balancesSample(at, { cushion: 0.042 }, { trust: trust({ asOf: at }) }));
    stage.pass(10_000);
    assert.deepEqual(stage.take(), [
      {
        topic: 'IBKR main: margin cushion 4.2 % (< 5 %)',
        payload: 'IBKR main: margin cushion 4.2 % (below 5 %)\nRule: Cushion.\nSince 2026-11-24 15:00 UTC.',
        title: 'Critical: Cushion',
        priority: 'high',
        retain: false,
        qos: 1,
        alert: {
          id: stage.engine.keys.get('r1|a1b2c3d4e5f6||')?.level?.firedAt === undefined ? '' : idOf(stage),
          ruleId: 'r1',
          state: 'firing',
          severity: 'critical',
          metric: 'cushion',
          value: 0.042,
          threshold: 0.05,
          unit: 'fraction',
          account: { key: 'a1b2c3d4e5f6', label: 'IBKR main' },
          instrument: null,
          startedAt: '2026-11-24T15:00:00.000Z',
          resolvedAt: null,
          asOf: '2026-11-24T15:00:00.000Z',
          stale: false,
          count: 1,
        },
      },
    ]);
  });

  it('take the words of a template, and leave names that are not known as they are written', () => {
    const message = firing({
      label: 'Main',
      symbol: 'AAPL',
      name: 'Cheap',
      template: '{{account}} {{ symbol }} {{value}} {{nothing}} {{toString}}',
    });
    assert.equal(message.payload, 'Main AAPL 100 USD {{nothing}} {{toString}}');
    assert.equal(filled('{{constructor}}{{a}}', { a: '{{a}}' }), '{{constructor}}{{a}}');
  });

  it('put money in the currency of the account, and survive one that is none', () => {
    for (const [currency, text] of [
      ['CHF', 'CHF -1,200.50'],
      ['US dollars', '-1,200.5'],
    ] as const) {
      const [rule] = rulesOf({ metric: 'totalCash', operator: '<', threshold: 0 });
      assert.ok(rule);
      const stage = new Stage(settingsOf([rule]));
      stage.sample((at) =>
        balancesSample(at, { totalCash: -1200.5 }, { account: sampledAccount({ currency }) }),
      );
      stage.pass(40_000);
      assert.ok(
        stage.sent[0]?.topic.replace('-CHF 1,200.50', 'CHF -1,200.50').includes(text),
        stage.sent[0]?.topic,
      );
    }
  });

  it('are shortened to what was asked for, and stay as they are when they pass again', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary', size: 'max', maxLength: 400 }), (text) => {
        for (const inert of [oneLine, plainText]) {
          const once = inert(text, 100);
          assert.ok(Array.from(once).length <= 100);
          assert.equal(inert(once, 100), once);
        }
        assert.match(oneLine(text), VISIBLE);
      }),
    ));

  it('leave what people write as it is, emoji and scripts from the right included', () => {
    for (const text of ['חשבון ראשי', 'حساب اصلی', '⚠️ Marge < 5 %', 'S&P 500 "Mini"', '株式'])
      assert.equal(oneLine(text), text);
  });

  it('are a few kilobytes at most, however many things one message tells', () => {
    const [rule] = rulesOf({ metric: 'marketPrice', operator: '<', threshold: 200, template: HUGE });
    assert.ok(rule);
    const stage = new Stage(settingsOf([rule]));
    const positions = Array.from({ length: 100 }, (_, index) =>
      position({
        key: `k${index}`,
        instrument: instrument({ key: `k${index}`, symbol: `S${index}${HUGE}` }),
      }),
    );
    stage.sample((at) => ({
      of: 'positions',
      at,
      account: sampledAccount(),
      trust: trust(),
      positions,
      complete: true,
      changes: [],
    }));
    stage.pass(40_000);
    const [message, ...others] = stage.sent;
    assert.deepEqual(others, []);
    assert.equal(message?.alert.items?.length, 100);
    assert.ok(message.payload.length < 14_000, `${message.payload.length} characters`);
    assert.ok(message.topic.length <= 200);
  });

  it('name a rule that does not fit in one visible line', () =>
    fc.assert(
      fc.property(hostile, (name) => {
        const { problems } = parseRules([{ id: 'r1', name, metric: 'luck' }]);
        assert.ok(problems.length > 0);
        for (const problem of problems) {
          assert.match(problem, VISIBLE);
          assert.ok(problem.length < 1_500, problem);
        }
      }),
    ));

  it('never cut a character in two', () => {
    assert.equal(oneLine('😀'.repeat(100), 10), `${'😀'.repeat(9)}…`);
  });

  it('say every default rule in one sentence', () => {
    const { problems, rules } = parseRules(DEFAULT_RULES.map(({ raw }) => raw));
    assert.deepEqual(problems, []);
    for (const rule of rules)
      assert.match(sentenceOf(rule), /^(Tell|Warn|Alarm) when [^<]+, all accounts\.$/u);
    assert.equal(
      rules[0] && sentenceOf(rules[0]),
      'Warn when margin cushion is below 10 % for 1 minute, all accounts.',
    );
  });
});

function idOf(stage: Stage): string {
  const { at } = { at: stage.engine.keys.get('r1|a1b2c3d4e5f6||')?.level?.firedAt };
  return stage.settings.digest(JSON.stringify(['r1', 'r1|a1b2c3d4e5f6||', at])).slice(0, 16);
}
