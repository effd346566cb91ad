import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createMarket } from '../../../../simulators/index.js';
import { statementXml } from '../../../../simulators/flex/statement.js';
import { readAnswer } from '../../../../src/brokers/ibkr/flex/answer.js';
import { figuresOf, type FlexFigures } from '../../../../src/brokers/ibkr/flex/normalize/figures.js';
import { latestOfEach } from '../../../../src/brokers/ibkr/flex/statement.js';
import { BrokerageError } from '../../../../src/errors.js';

const market = createMarket({ seed: 2, accounts: 2, positions: 6, schwabAccounts: 0 });
for (const account of market.accounts) market.closePosition(account, 265598);
const { accounts } = market.ledger().ibkr;
const SOUND = statementXml({
  accounts,
  reportDate: '20261123',
  at: Date.parse('2026-11-24T15:00:00Z'),
  instrument: (conId) => market.instrument(conId),
  flaws: { noPositionsSection: false, emptyPositions: false, thousands: false },
});
const ASK = { ask: 'GetStatement' } as const;

/** Figures by account number, or the error that is thrown in their place. */
function read(text: string): ReadonlyMap<string, FlexFigures> | BrokerageError {
  try {
    const answer = readAnswer(text, ASK);
    if (answer.kind !== 'statements') return new Map();
    return new Map(
      [...latestOfEach(answer.statements)].map(([number, statement]) => [number, figuresOf(statement)]),
    );
  } catch (error) {
    assert.ok(error instanceof BrokerageError, `it threw ${String(error)}`);
    return error;
  }
}

function assertNumbers(value: unknown, path = ''): void {
  if (typeof value === 'number') assert.ok(Number.isFinite(value), `${path} is ${value}`);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) assertNumbers(inner, `${path}.${key}`);
}

function assertHarmless(text: string): void {
  const outcome = read(text);
  if (outcome instanceof BrokerageError) {
    // The parser's errors quote the document, account numbers and all.
    assert.equal(outcome.cause, undefined);
    for (const { account } of accounts)
      assert.ok(!outcome.message.includes(account), 'an account number is in the error');
    return;
  }
  for (const figures of outcome.values()) {
    assertNumbers(figures);
    for (const { quantity } of figures.positions.kind === 'known' ? figures.positions.value : [])
      assert.notEqual(quantity, 0);
    for (const { quantity } of figures.executions?.value ?? []) assert.ok(quantity > 0);
  }
}

/** What a hostile or broken service could write where a number or a word should be. */
const NASTY = [
  '',
  ' ',
  '-',
  '--',
  'NaN',
  'Infinity',
  '-1e999',
  '1e308',
  '0',
  '-0',
  '1,2',
  '1,234,567.89',
  '0x10',
  '٣',
  'null',
  '__proto__',
  '20261331',
  '99999999',
  '20260229;250000',
  '&lt;b&gt;',
  '9'.repeat(400),
] as const;

describe('a damaged Flex document', () => {
  it('is sound before it is damaged', () => {
    const outcome = read(SOUND);
    assert.ok(!(outcome instanceof BrokerageError));
    assert.equal(outcome.size, 2);
    for (const { balances, positions } of outcome.values())
      assert.deepEqual([balances.kind, positions.kind], ['known', 'known']);
  });

  it('never throws anything but our errors, and never makes a number of nothing: cut, spliced, overwritten', () => {
    const place = fc.integer({ min: 0, max: SOUND.length });
    const damage = fc.record({
      at: place,
      length: fc.integer({ min: 0, max: 200 }),
      what: fc.oneof(
        fc.constantFrom(...NASTY, '<', '>', '"', '&', '/>', '<a>', '\0'),
        fc.string({ maxLength: 20 }),
      ),
    });
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 4 }), (damages) => {
        let text = SOUND;
        for (const { at, length, what } of damages) text = text.slice(0, at) + what + text.slice(at + length);
        assertHarmless(text);
      }),
      { numRuns: 300 },
    );
  });

  it('never does with other values in its attributes either', () => {
    const values = [...SOUND.matchAll(/="[^"]*"/g)];
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(values.length - 1), fc.constantFrom(...NASTY)), {
          minLength: 1,
          maxLength: 12,
        }),
        (changes) => {
          const byIndex = new Map(changes);
          let index = -1;
          assertHarmless(
            SOUND.replaceAll(/="[^"]*"/g, (value) => {
              index += 1;
              const other = byIndex.get(index);
              return other === undefined ? value : `="${other}"`;
            }),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('never loses a position by a word that is missing or wrong', () => {
    const rows = [...SOUND.matchAll(/<OpenPosition [^>]*SUMMARY[^>]*>/g)].map(([row]) => row);
    const full = read(SOUND);
    assert.ok(!(full instanceof BrokerageError));
    const count = (outcome: ReadonlyMap<string, FlexFigures>): number =>
      [...outcome.values()].reduce(
        (sum, { positions }) => sum + (positions.kind === 'known' ? positions.value.length : 0),
        0,
      );
    const words = [...(rows[0] ?? '').matchAll(/ (\w+)="[^"]*"/g)].map(([, word = '']) => word);
    const NEUTRAL = ['', '-', 'NaN', 'x', '1,2'];
    // A short position and an option.
    for (const row of rows.slice(1, 3))
      for (const word of words)
        for (const other of [null, ...NEUTRAL]) {
          const damaged = row.replace(
            new RegExp(` ${word}="[^"]*"`),
            other === null ? '' : ` ${word}="${other}"`,
          );
          const outcome = read(SOUND.replace(row, damaged));
          assert.ok(!(outcome instanceof BrokerageError));
          const isWhole = count(outcome) === count(full);
          const isRefused = [...outcome.values()].some(({ positions }) => positions.kind === 'unusable');
          assert.ok(isWhole || isRefused, `${word}=${other}`);
        }
  });

  it('never loses a position by an element of another name', () => {
    const outcome = read(SOUND.replace('<OpenPosition ', '<OpenPositlon '));
    assert.ok(!(outcome instanceof BrokerageError));
    assert.equal([...outcome.values()][0]?.positions.kind, 'unusable');
  });

  it('does not pass for whole when a statement is missing', () => {
    const without = SOUND.replace(/<FlexStatement [\s\S]*?<\/FlexStatement>/, '');
    assert.ok(read(without) instanceof BrokerageError);
    assert.ok(read(without.replace('count="2"', 'count="two"')) instanceof BrokerageError);
    assert.ok(
      read(
        SOUND.replace(/<FlexStatement [\s\S]*<\/FlexStatement>/, '').replace('count="2"', 'count="0"'),
      ) instanceof BrokerageError,
    );
  });

  it('is refused in any text, too', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => assertHarmless(text)));
    fc.assert(
      fc.property(fc.string(), (text) =>
        assertHarmless(`<FlexStatementResponse>${text}</FlexStatementResponse>`),
      ),
    );
  });

  it('cannot make the parser run away: entities, depth', () => {
    const bomb = `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb">${'<!ENTITY c "&b;&b;&b;">'.repeat(9)}]><FlexQueryResponse>&c;</FlexQueryResponse>`;
    const refused = read(bomb);
    assert.ok(refused instanceof BrokerageError && refused.code === 'doctype');
    assertHarmless(`<FlexQueryResponse>${'<a>'.repeat(200_000)}`);
    assertHarmless(`<FlexQueryResponse>${'<a>'.repeat(20_000)}${'</a>'.repeat(20_000)}</FlexQueryResponse>`);
  });
});
