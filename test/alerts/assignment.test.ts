import assert from 'node:assert/strict';
import { assignments, withMoves, type Moves } from '../../src/alerts/assignment.js';
import type { Sample } from '../../src/alerts/index.js';
import type { Position } from '../../src/domain/position.js';
import { execution, instrument, position, T0 } from '../support/builders.js';
import { balancesSample, sampledAccount, trust } from './support.js';

const MINUTE_MS = 60_000;
const NOTHING: Moves = { fills: [], moves: [] };
const account = sampledAccount();

const option = (right: 'call' | 'put' | null, given: Parameters<typeof instrument>[0] = {}) =>
  instrument({
    key: `${right}`,
    symbol: `AAPL ${right}`,
    assetClass: 'option',
    underlying: 'AAPL',
    multiplier: 100,
    right,
    ...given,
  });
const stock = instrument();

interface Moved {
  readonly at?: number;
  readonly account?: string;
}

let events = 0;
function moved(of: Position['instrument'], [from, to]: readonly [number, number], given: Moved = {}): Sample {
  const held = (quantity: number) => position({ key: of.key, instrument: of, quantity });
  const eventId = `e${events++}`;
  const change =
    from === 0
      ? ({ of: 'positions', change: 'opened', before: null, after: held(to), eventId } as const)
      : to === 0
        ? ({ of: 'positions', change: 'closed', before: held(from), after: null, eventId } as const)
        : ({ of: 'positions', change: 'changed', before: held(from), after: held(to), eventId } as const);
  return {
    of: 'positions',
    at: given.at ?? T0,
    account: sampledAccount({ key: given.account ?? account.key }),
    trust: trust(),
    positions: [],
    complete: true,
    changes: [change],
  };
}

function filled(of: Position['instrument'], given: Moved = {}): Sample {
  const after = execution({ instrument: of });
  return {
    of: 'executions',
    at: given.at ?? T0,
    account: sampledAccount({ key: given.account ?? account.key }),
    trust: trust(),
    changes: [{ of: 'executions', change: 'reported', before: null, after, eventId: 'f' }],
  };
}

const after = (...samples: readonly Sample[]) => samples.reduce(withMoves, NOTHING);
const found = (moves: Moves, at = T0 + MINUTE_MS) =>
  assignments(moves, at).found.map(({ happening }) => happening.text);

describe('an option that ended', () => {
  it('was assigned or exercised when its underlying moved as it says, and no fill of it came', () => {
    const cases = [
      [
        'call',
        -1,
        [110, 10],
        'AAPL call ended and took 100 AAPL, without a fill: an assignment or an exercise',
      ],
      [
        'call',
        2,
        [10, 210],
        'AAPL call ended and brought 200 AAPL, without a fill: an assignment or an exercise',
      ],
      [
        'put',
        -1,
        [0, 100],
        'AAPL put ended and brought 100 AAPL, without a fill: an assignment or an exercise',
      ],
      ['put', 1, [100, 0], 'AAPL put ended and took 100 AAPL, without a fill: an assignment or an exercise'],
    ] as const;
    for (const [right, quantity, shares, text] of cases)
      assert.deepEqual(found(after(moved(option(right), [quantity, 0]), moved(stock, shares))), [text]);
  });

  it('says when, in which account, and how much came in', () => {
    const [one, ...others] = assignments(
      after(moved(option('call'), [-1, 0]), moved(stock, [110, 10])),
      T0 + MINUTE_MS,
    ).found;
    assert.deepEqual(others, []);
    assert.equal(one?.account, account.key);
    assert.deepEqual(
      { ...one.happening, eventId: one.happening.eventId.replace(/e\d+$/, ''), text: '' },
      {
        metric: 'assignment',
        operator: 'event',
        words: [],
        eventId: 'assignment|',
        happenedAt: T0,
        instrument: null,
        text: '',
        value: -100,
      },
    );
  });

  it('is waited for a minute, and told once', () => {
    const moves = after(moved(option('call'), [-1, 0]), moved(stock, [110, 10]));
    assert.deepEqual(found(moves, T0 + MINUTE_MS - 1), []);
    const { found: told, rest } = assignments(moves, T0 + MINUTE_MS);
    assert.equal(told.length, 1);
    assert.deepEqual(found(rest, T0 + 2 * MINUTE_MS), []);
  });

  it('may be one of several that ended, or all of them together', () => {
    const two = [
      moved(option('call', { key: 'c1', symbol: 'C1' }), [-1, 0]),
      moved(option('call', { key: 'c2', symbol: 'C2' }), [-2, 0]),
    ];
    assert.equal(found(after(...two, moved(stock, [310, 10]))).length, 2);
    assert.deepEqual(
      found(after(...two, moved(stock, [210, 10]))).map((text) => text.slice(0, 2)),
      ['C2'],
    );
    assert.deepEqual(found(after(...two, moved(stock, [160, 10]))), []);
  });

  it('was none when it was traded, moved otherwise, or in another account', () => {
    const ends = moved(option('call'), [-1, 0]);
    const delivery = moved(stock, [110, 10]);
    const isFound = (...samples: readonly Sample[]) => found(after(...samples)).length > 0;
    assert.equal(isFound(ends, delivery, filled(stock)), true);
    assert.equal(isFound(ends, delivery, filled(option('call'), { account: 'b' })), true);
    assert.equal(isFound(ends, delivery, filled(option('call'))), false);
    assert.equal(isFound(ends), false);
    assert.equal(isFound(delivery), false);
    assert.equal(isFound(ends, moved(stock, [10, 110])), false);
    assert.equal(isFound(ends, moved(stock, [110, 10], { account: 'b' })), false);
    assert.equal(isFound(ends, moved(instrument({ symbol: 'MSFT' }), [110, 10])), false);
    assert.equal(isFound(ends, moved(instrument({ assetClass: 'future' }), [110, 10])), false);
    assert.equal(isFound(moved(option('call'), [-1, -2]), moved(stock, [10, 110])), false);
    assert.equal(isFound(moved(option('call'), [0, -1]), moved(stock, [10, 110])), false);
    assert.equal(isFound(moved(option('call'), [-2, -1]), delivery), true);
    assert.equal(
      isFound(moved(option('call'), [-1, 0]), moved(instrument({ assetClass: 'etf' }), [110, 10])),
      true,
    );
    for (const unknown of [
      option(null),
      option('call', { multiplier: null }),
      option('call', { underlying: null }),
    ])
      assert.equal(isFound(moved(unknown, [-1, 0]), delivery), false);
    // Options of the other account do not count in the sum either.
    const other = moved(option('call', { key: 'c2' }), [-1, 0], { account: 'b' });
    assert.equal(isFound(moved(option('call'), [-3, 0]), other, moved(stock, [410, 10])), false);
  });

  it('is forgotten after a quarter of an hour, and so are fills', () => {
    const late = T0 + 15 * MINUTE_MS;
    const moves = after(moved(option('call'), [-1, 0]), filled(stock));
    assert.deepEqual(assignments(moves, late - 1).rest, moves);
    assert.deepEqual(assignments(moves, late).rest, NOTHING);
  });

  it('is looked for among moves and fills only', () => {
    const known = after(moved(stock, [0, 10]));
    assert.equal(withMoves(known, balancesSample(T0, {})), known);
    const none: Sample = { of: 'executions', at: T0, account, trust: trust(), changes: [] };
    assert.equal(withMoves(known, none), known);
    assert.equal(
      withMoves(known, { ...none, of: 'positions', positions: [], complete: true, changes: [] }),
      known,
    );
  });
});
