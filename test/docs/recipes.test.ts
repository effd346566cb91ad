import assert from 'node:assert/strict';
import { z } from 'zod';
import { eventually } from '../support/clocks.js';
import { coreNode, helper, startRuntime, stopRuntime } from '../support/nodes.js';
import { exampleMessages, type ExampleMessages } from './example-messages.js';
import { codeBlocks, sectionOf, textOf } from './markdown.js';

const PAGE = textOf('docs/recipes.md');
const HEADINGS = PAGE.split('\n').filter((line) => /^## \d+\. /.test(line));

const Fields = z.record(z.string(), z.unknown());
const Rows = z.array(Fields);
type Message = Readonly<Record<string, unknown>>;

/** A message with other fields in its parts. */
function changed(message: object, parts: Readonly<Record<string, object>>): Message {
  const whole = Fields.parse(message);
  const merged = Object.entries(parts).map(([name, part]) => [
    name,
    Array.isArray(part) ? part : { ...Fields.parse(whole[name]), ...part },
  ]);
  return { ...whole, ...Object.fromEntries(merged) };
}

const STALE = { sync: { stale: true, quality: 'cached' } };

/** An option beside what is held. */
function option(symbol: string, expiry: string | null, quantity: number): object {
  return { key: symbol, quantity, portfolioPercent: 1, instrument: { symbol, expiry } };
}

interface Recipe {
  /** What comes in, oldest first. */
  readonly heard: readonly Message[];
  /** Which of what goes out stands on the page; null = the recipe passes messages on. */
  readonly shown: number | null;
  /** All that goes out, but what stands on the page. */
  readonly others: readonly object[];
}

/** Beginning of the heading → what the recipe is tried with. */
function recipes({ balances, executions, orders, positions, status }: ExampleMessages) {
  const held = Rows.parse(positions.payload);
  const options = [
    option('SPY 27NOV26 600 C', '2026-11-27', -2),
    option('SPY 18DEC26 600 C', '2026-12-18', 1),
    option('SPY 23NOV26 600 C', '2026-11-23', 1),
    option('ES', '2026-11', 1),
  ];
  const login = { loginExpiresAt: '2026-11-25T14:59:00.000Z' };
  const second = { key: '0123456789ab', label: 'Second' };
  const third = { key: 'ba9876543210', label: 'Third', currency: 'EUR' };
  return new Map<string, Recipe>([
    ['## 1.', { heard: [Fields.parse(balances), changed(balances, STALE)], shown: null, others: [balances] }],
    [
      '## 2.',
      {
        heard: [Fields.parse(balances), changed(balances, { payload: { netLiquidation: null } })],
        shown: 0,
        others: [],
      },
    ],
    [
      '## 3.',
      {
        heard: [
          Fields.parse(balances),
          changed(balances, { account: second, payload: { netLiquidation: 10_000 } }),
          changed(balances, { account: third, payload: { netLiquidation: null } }),
          changed(balances, STALE),
        ],
        shown: 2,
        others: [
          { topic: 'total', payload: { USD: 283_970.17 } },
          { topic: 'total', payload: { USD: 293_970.17 } },
          { topic: 'total', payload: { USD: null, EUR: null } },
        ],
      },
    ],
    ['## 4.', { heard: [Fields.parse(positions)], shown: 0, others: [] }],
    [
      '## 5.',
      {
        heard: [
          Fields.parse(orders),
          Fields.parse(executions),
          Fields.parse(executions),
          changed(executions, {
            changes: Rows.parse(executions.changes).map((one) => ({
              ...one,
              eventId: 'ffffffffffffffff',
              before: one['after'],
            })),
          }),
        ],
        shown: 0,
        others: [],
      },
    ],
    [
      '## 6.',
      {
        heard: [Fields.parse(positions), changed(positions, { payload: [...held, ...options] })],
        shown: 0,
        others: [],
      },
    ],
    [
      '## 7.',
      {
        heard: [
          Fields.parse(positions),
          Fields.parse(positions),
          changed(positions, { payload: [], ...STALE }),
          Fields.parse(positions),
        ],
        shown: 0,
        others: [],
      },
    ],
    [
      '## 8.',
      {
        heard: [
          Fields.parse(status),
          changed(status, { payload: { loginExpiresAt: '2026-12-01T15:00:00.000Z' } }),
          changed(status, { payload: login }),
          changed(status, { payload: login }),
          changed(status, { payload: { state: 'login-required', loginExpiresAt: null } }),
        ],
        shown: 0,
        others: [{ topic: 'Schwab', payload: 'The login has ended: log in again.' }],
      },
    ],
    [
      '## 9.',
      {
        heard: [
          changed(balances, STALE),
          Fields.parse(balances),
          Fields.parse(balances),
          changed(balances, { account: second, payload: { dayPnl: null } }),
        ],
        shown: 0,
        others: [{ payload: '2026-11-24,Second,283970.17,223594.27,' }],
      },
    ],
    [
      '## 10.',
      {
        heard: [
          Fields.parse(balances),
          changed(balances, STALE),
          changed(balances, { payload: { netLiquidation: 1, totalCash: 2, dayPnl: null } }),
        ],
        shown: 0,
        others: [
          {
            measurement: 'balances',
            payload: [
              { netLiquidation: 1, totalCash: 2 },
              { account: 'Main', broker: 'ibkr' },
            ],
          },
        ],
      },
    ],
  ]);
}

describe('the recipes, each in a function node of a running Node-RED', function () {
  this.timeout(60_000);
  let all: ReadonlyMap<string, Recipe>;
  const said = new Map<string, Message[]>();
  /** Messages that a recipe has done with. */
  let completed = 0;

  before(async () => {
    await startRuntime();
    all = recipes(await exampleMessages());
    const flow = HEADINGS.flatMap((heading) => {
      const id = idOf(heading);
      const [code] = blocksOf(heading, 'js');
      return [
        { id, z: 'tab', type: 'function', func: code ?? '', outputs: 1, wires: [[`${id}-out`]] },
        { id: `${id}-out`, z: 'tab', type: 'helper' },
      ];
    });
    const tab = { id: 'tab', type: 'tab', label: 'recipes' };
    // One for all: the test helper registers the type anew for each.
    const complete = {
      id: 'all-done',
      z: 'tab',
      type: 'complete',
      scope: HEADINGS.map(idOf),
      wires: [['end']],
    };
    const whole = [tab, complete, { id: 'end', z: 'tab', type: 'helper' }, ...flow];
    await helper.load([coreNode('function/10-function')], whole);
    for (const id of HEADINGS.map(idOf)) {
      said.set(id, []);
      helper.getNode(`${id}-out`).on('input', (message: unknown) => said.get(id)?.push(withoutId(message)));
    }
    helper.getNode('end').on('input', () => void (completed += 1));
  });
  after(async () => {
    await helper.unload();
    await stopRuntime();
  });

  it('are ten', () => {
    assert.deepEqual(
      HEADINGS.map((heading) => heading.split(' ')[1]),
      Array.from({ length: 10 }, (_, index) => `${index + 1}.`),
    );
  });

  for (const heading of HEADINGS)
    it(`${heading.slice(3)}: gives what the page says, and nothing else`, async () => {
      const id = idOf(heading);
      const recipe = all.get(heading.split(' ').slice(0, 2).join(' '));
      assert.ok(recipe !== undefined, 'this recipe is tried with nothing');
      completed = 0;
      for (const message of recipe.heard) helper.getNode(id).receive({ ...message });
      await eventually(() => completed === recipe.heard.length, { withinMs: 10_000 });
      const told = said.get(id) ?? [];
      const [shown = null] = blocksOf(heading, 'json').map((text) => Fields.parse(JSON.parse(text)));
      const expected = [...recipe.others];
      if (recipe.shown !== null) expected.splice(recipe.shown, 0, shown ?? {});
      else assert.equal(shown, null);
      assert.deepEqual(told, expected);
    });
});

function idOf(heading: string): string {
  return `recipe-${heading.split(/[ .]/)[1] ?? ''}`;
}

function blocksOf(heading: string, language: string): readonly string[] {
  return codeBlocks(sectionOf(PAGE, heading)).flatMap((block) =>
    block.language === language ? [block.code] : [],
  );
}

/** A function node makes objects of a world of its own, which are never equal to ours. */
function withoutId(message: unknown): Message {
  const { _msgid: _id, ...rest } = Fields.parse(structuredClone(message));
  return rest;
}
