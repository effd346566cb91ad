import assert from 'node:assert/strict';
import { parseRules } from '../../src/alerts/index.js';

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

  it('that are no list are none', () => {
    assert.equal(parseRules('rules').problems.length, 1);
    assert.deepEqual(parseRules(undefined), { rules: [], problems: [] });
  });
});
