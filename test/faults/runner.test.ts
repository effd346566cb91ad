import assert from 'node:assert/strict';
import { complaint, figuresOf, isGood } from './report.js';
import { runAll } from './runner.js';
import type { Outcome, Scenario } from './scenario.js';
import { SCENARIOS } from './scenarios.js';
import { rest, within } from './within.js';

const GOOD: Outcome = {
  lost: [],
  duplicates: [],
  phantomCloses: [],
  wrongLive: [],
  leaks: [],
  writes: [],
  recoveryMs: 1_500,
  log: [],
};

async function run(scenario: Scenario, seeds: readonly number[]) {
  return await runAll({ scenarios: [scenario], seeds, concurrency: 2, onRun: () => undefined });
}

describe('the runner of the fault suite', () => {
  it('gives a scenario the same chance with the same seed', async () => {
    const drawn: number[] = [];
    const scenario: Scenario = {
      number: 99,
      name: 'draws',
      run: async ({ chance }) => {
        drawn.push(chance());
        return await Promise.resolve(GOOD);
      },
    };
    await run(scenario, [4, 4, 5]);
    assert.equal(drawn[0], drawn[1]);
    assert.notEqual(drawn[0], drawn[2]);
  });

  it('counts what is wrong and names the command that shows it again', async () => {
    const scenario: Scenario = {
      number: 98,
      name: 'loses a fill',
      run: async ({ seed }) => await Promise.resolve(seed === 2 ? { ...GOOD, lost: ['a fill'] } : GOOD),
    };
    const runs = await run(scenario, [1, 2, 3]);
    const figures = figuresOf(runs);
    assert.deepEqual([figures.runs, figures.lost, figures.recovery.p50, isGood(figures)], [3, 1, 1.5, false]);
    assert.deepEqual(
      runs.flatMap((one) => complaint(one, false) ?? []),
      [
        'Scenario 98 (loses a fill), seed 2: npm run test:faults -- --scenarios 98 --first 2 --seeds 1 --log\n  lost: a fill',
      ],
    );
  });

  it('calls a run failed in which something was awaited in vain', async () => {
    const scenario: Scenario = {
      number: 97,
      name: 'hangs',
      run: async () => await within(20, 'what never comes', new Promise<Outcome>(() => undefined)),
    };
    const [hung] = await run(scenario, [1]);
    assert.equal(hung?.failure, 'Not within 20 ms: what never comes.');
    assert.equal(isGood(figuresOf(hung === undefined ? [] : [hung])), false);
  });

  it('runs one that wants to be alone when no other is under way', async () => {
    let underWay = 0;
    const besides: (readonly [number, number])[] = [];
    const scenario = (number: number, alone: boolean): Scenario => ({
      number,
      name: 'looks around',
      alone,
      run: async () => {
        underWay += 1;
        besides.push([number, underWay]);
        await rest(20);
        underWay -= 1;
        return GOOD;
      },
    });
    const scenarios = [scenario(96, true), scenario(95, false)];
    await runAll({ scenarios, seeds: [1, 2], concurrency: 4, onRun: () => undefined });
    assert.deepEqual(besides, [
      [95, 1],
      [95, 2],
      [96, 1],
      [96, 1],
    ]);
  });

  it('knows each scenario by one number', () => {
    const numbers = SCENARIOS.map(({ number }) => number);
    assert.deepEqual(
      numbers,
      [...new Set(numbers)].toSorted((a, b) => a - b),
    );
    const inTheList = Array.from({ length: 41 }, (_, index) => index + 1);
    assert.deepEqual(numbers, inTheList);
  });

  it('ends a login that ended in right and live figures, once there is another', async function () {
    this.timeout(30_000);
    const ended = SCENARIOS.find(({ number }) => number === 23);
    assert.ok(ended);
    const [end] = await run(ended, [1]);
    assert.ok(end);
    assert.equal(complaint(end, true), null);
    assert.ok(end.outcome?.log.some((word) => word.includes('login-required')));
  });

  it('ends a gateway that refuses in right and live figures', async function () {
    this.timeout(30_000);
    const [refused] = SCENARIOS;
    assert.ok(refused);
    const [end] = await run(refused, [1]);
    assert.ok(end);
    assert.equal(complaint(end, true), null);
    assert.ok((end.outcome?.recoveryMs ?? 0) > 0);
  });
});
