import assert from 'node:assert/strict';
import { parseRules } from '../../src/alerts/index.js';
import { rulesOf } from './support.js';

describe('rules as the editor saves them', () => {
  it('get the defaults of what is left out', () => {
    assert.deepEqual(parseRules([{ id: 'a', metric: 'cushion', threshold: 0.1 }]), {
      rules: [
        {
          kind: 'level',
          id: 'a',
          enabled: true,
          name: '',
          metric: 'cushion',
          operator: '<',
          threshold: 0.1,
          scope: { account: '', symbol: '', assetClass: '' },
          forSeconds: 0,
          severity: 'warning',
          clearAt: 0.1 + 0.1 * 0.02,
          keepFiringSeconds: 0,
          cooldownSeconds: 900,
          repeatSeconds: 0,
          resolveMessage: true,
          noData: { alertAfterSeconds: null },
          marketHoursOnly: false,
          template: '',
        },
      ],
      problems: [],
    });
  });

  it('may hold numbers as texts', () => {
    const { problems, rules } = parseRules([
      {
        id: 'a',
        metric: 'totalCash',
        operator: '>',
        threshold: '1000.5',
        clearAt: '900',
        cooldownSeconds: '60',
        enabled: 'false',
        noData: { alertAfterSeconds: '600' },
      },
    ]);
    assert.deepEqual(problems, []);
    const [rule] = rules;
    assert.ok(rule?.kind === 'level');
    assert.deepEqual(
      [rule.threshold, rule.clearAt, rule.cooldownSeconds, rule.enabled, rule.noData.alertAfterSeconds],
      [1000.5, 900, 60, false, 600],
    );
  });

  it('move the threshold to the safe side to clear, whatever its sign', () => {
    const { rules } = parseRules(
      [
        ['<', -100],
        ['>', -100],
        ['<=', 100],
        ['>=', 100],
        ['outside', 100],
        ['<', 0],
      ].map(([operator, threshold], index) => ({
        id: `r${index}`,
        metric: 'dayPnl',
        operator,
        threshold,
      })),
    );
    assert.deepEqual(
      rules.map((rule) => (rule.kind === 'level' ? rule.clearAt : null)),
      [-98, -102, 102, 98, 98, 0],
    );
  });

  it('are kept when others do not fit, which say which rule and which field it is', () => {
    const { problems, rules } = parseRules([
      { id: 'good', metric: 'cushion', threshold: 0.1 },
      { id: 'b', name: 'My rule', metric: 'cushon', threshold: 0.1 },
      { id: 'c', metric: 'cushion', operator: '=', threshold: 0.1 },
      { id: 'd', metric: 'cushion', threshold: 'lots' },
      { id: 'e', metric: 'cushion' },
      { id: 'f', metric: 'cushion', operator: '<', threshold: 10, clearAt: 5 },
      { id: 'g', metric: 'dayPnl', operator: 'outside', threshold: -1 },
      { id: 'h', metric: 'cushion', threshold: 1, cooldownSeconds: -1 },
      { id: 'a|b', metric: 'cushion', threshold: 1 },
      { id: '__proto__', metric: 'cushion', threshold: 1 },
      { id: 'good', metric: 'cushion', threshold: 0.2 },
      'no rule',
      { id: 'i', metric: 'execution', operator: '<', threshold: 1 },
      { id: 'j', metric: 'cushion', operator: 'changed' },
      { id: 'k', metric: 'cushion', threshold: 1, noData: 'maybe' },
      { id: 'l', metric: 'cushion', threshold: 'U1234567' },
    ]);
    assert.deepEqual(
      rules.map(({ id }) => id),
      ['good'],
    );
    assert.equal(problems.length, 15);
    const startsWith = [
      'Rule 2 (My rule): metric is "cushon"',
      'Rule 3 (c): operator is "="',
      'Rule 4 (d): threshold is "lots": it must be a number',
      'Rule 5 (e): threshold is missing',
      'Rule 6 (f): clearAt lies on the wrong side',
      'Rule 7 (g): threshold must be greater than 0',
      'Rule 8 (h): cooldownSeconds is -1',
      'Rule 9 (a|b): id must be',
      'Rule 10 (__proto__): id must be',
      'Rule 11 (good): another rule has the same id',
      'Rule 12 is no rule',
      'Rule 13 (i): metric is "execution"',
      'Rule 14 (j): metric is "cushion"',
      'Rule 15 (k): noData must be hold',
      'Rule 16 (l): threshold is something else (string)',
    ];
    problems.forEach((problem, index) => assert.ok(problem.startsWith(startsWith[index] ?? '?'), problem));
  });

  it('take an edge and its band, and a happening and its words', () => {
    const bandOf = (threshold: number, clearAt?: number | string) => {
      const [rule] = rulesOf({ metric: 'marketPrice', operator: 'crosses', threshold, clearAt });
      return rule?.kind === 'edge' ? rule.band : null;
    };
    assert.deepEqual(
      [bandOf(100), bandOf(-50), bandOf(100, 95), bandOf(100, '0'), bandOf(0)],
      [2, 1, 5, 100, 0],
    );
    const wordsOf = (threshold: unknown) =>
      rulesOf({ metric: 'orderStatus', operator: 'event', threshold })[0]?.threshold;
    assert.deepEqual(wordsOf(' filled, ,rejected,'), ['filled', 'rejected']);
    assert.deepEqual(wordsOf([' filled ', '']), ['filled']);
    for (const nothing of [undefined, null, '', ' , ', []]) assert.deepEqual(wordsOf(nothing), []);
  });

  it('take yes and no, texts and numbers in the forms in which forms hold them', () => {
    const level = (given: Readonly<Record<string, unknown>>) => {
      const [rule] = rulesOf({ metric: 'dayPnl', operator: 'outside', threshold: 5, ...given });
      assert.ok(rule?.kind === 'level');
      return rule;
    };
    for (const [raw, value] of [
      [true, true],
      ['true', true],
      [false, false],
      ['false', false],
      ['', true],
      [' ', true],
      [null, true],
    ] as const)
      assert.equal(level({ enabled: raw }).enabled, value, String(raw));
    assert.equal(level({ marketHoursOnly: undefined }).marketHoursOnly, false);
    assert.equal(level({ name: 7 }).name, '7');
    assert.equal(level({ name: null }).name, '');
    assert.deepEqual(level({ scope: { account: ' ', symbol: 'A'.repeat(80), assetClass: 5 } }).scope, {
      account: '',
      symbol: 'A'.repeat(80),
      assetClass: '5',
    });
    assert.equal(level({ clearAt: ' ' }).clearAt, 4.9);
    assert.equal(level({ clearAt: 0 }).clearAt, 0);
    assert.equal(level({ cooldownSeconds: ' ' }).cooldownSeconds, 900);
    assert.equal(level({ cooldownSeconds: 366 * 86_400 }).cooldownSeconds, 366 * 86_400);
    assert.equal(level({ threshold: 1e15 }).threshold, 1e15);
    assert.equal(level({ noData: 'hold' }).noData.alertAfterSeconds, null);
    assert.equal(level({ noData: '' }).noData.alertAfterSeconds, null);
    assert.equal(level({ noData: { alertAfterSeconds: 1 } }).noData.alertAfterSeconds, 1);
  });

  it('say of each field what it must be, and show what was entered where that can be no account number', () => {
    const said = (given: Readonly<Record<string, unknown>>) =>
      parseRules([{ id: 'a', metric: 'cushion', threshold: 0.1, ...given }]).problems;
    const one = (text: string) => [`Rule 1 (a): ${text}.`];
    assert.deepEqual(said({ threshold: 'lots' }), one('threshold is "lots": it must be a number'));
    assert.deepEqual(said({ threshold: '' }), one('threshold is missing: it must be a number'));
    assert.deepEqual(said({ threshold: true }), one('threshold is true: it must be a number'));
    assert.deepEqual(
      said({ threshold: {} }),
      one('threshold is something else (object): it must be a number'),
    );
    assert.deepEqual(said({ threshold: 1e16 }), one('threshold is 10000000000000000: it must be a number'));
    assert.deepEqual(said({ clearAt: 'x%' }), one('clearAt is "x%": it must be a number'));
    assert.deepEqual(said({ clearAt: Infinity }), one('clearAt is Infinity: it must be a number'));
    assert.deepEqual(
      said({ forSeconds: 31_622_401 }),
      one('forSeconds is 31622401: it must be a number from 0 to 31622400'),
    );
    assert.deepEqual(said({ enabled: 'yes' }), one('enabled is "yes": it must be true or false'));
    assert.deepEqual(
      said({ severity: 'loud' }),
      one('severity is "loud": it must be one of info, warning, critical'),
    );
    assert.deepEqual(
      said({ scope: { symbol: 'A'.repeat(81) } }),
      one('scope.symbol must be a text of at most 80 characters'),
    );
    assert.deepEqual(said({ name: {} }), one('name must be a text of at most 100000 characters'));
    assert.deepEqual(
      said({ metric: 'execution', operator: 'event', threshold: 5 }),
      one('threshold is 5: it must be words, separated by commas'),
    );
    assert.deepEqual(
      said({ operator: 'outside', threshold: 0 }),
      one('threshold must be greater than 0 with the operator outside'),
    );
    assert.deepEqual(
      said({ operator: 'outside', threshold: 5, clearAt: 6 }),
      one(
        'clearAt lies on the wrong side of the threshold: the alert would end while the condition still holds',
      ),
    );
    assert.deepEqual(
      said({ noData: { alertAfterSeconds: 0 } }),
      one('noData must be hold, or alertAfterSeconds with a number from 1 to 31622400'),
    );
    for (const hidden of ['U1234567', '1234-5678', 'a1b2c3d4e5f6', 'two words', 'x'.repeat(25), 'x\ny'])
      assert.deepEqual(
        said({ enabled: hidden }),
        one('enabled is something else (string): it must be true or false'),
      );
    for (const shown of ['12345', 'x'.repeat(24), '<=5.5%'])
      assert.deepEqual(said({ enabled: shown }), one(`enabled is "${shown}": it must be true or false`));
  });

  it('are called by their names, or by their ids, or by their place', () => {
    const called = (given: Readonly<Record<string, unknown>>) =>
      parseRules([{ metric: 'cushion', ...given }]).problems[0]?.replace(/: .*/, '');
    assert.equal(called({ id: 'a', name: ' ' }), 'Rule 1 (a)');
    assert.equal(called({ id: 'a', name: 'x'.repeat(99) }), `Rule 1 (${'x'.repeat(59)}…)`);
    assert.equal(called({ id: 5, name: 7 }), 'Rule 1');
  });

  it('that are no list are none', () => {
    assert.deepEqual(parseRules('rules'), {
      rules: [],
      problems: ['The rules of this node are no list: enter them again.'],
    });
    assert.deepEqual(parseRules(undefined), { rules: [], problems: [] });
  });
});
