import assert from 'node:assert/strict';
import type { Balances } from '../../../src/domain/balances.js';
import type { Execution } from '../../../src/domain/execution.js';
import type { Issue } from '../../../src/domain/issue.js';
import type { Order } from '../../../src/domain/order.js';
import type { Position } from '../../../src/domain/position.js';
import type { BrokerUpdate, Provenance } from '../../../src/domain/update.js';
import { connectionIssues, issuesFor } from '../../../src/sync/issues.js';
import { reconcile } from '../../../src/sync/reconcile.js';
import { needsSecondLook } from '../../../src/sync/second-look.js';
import { EMPTY_STATE, type SyncState } from '../../../src/sync/state.js';
import {
  account,
  accounts,
  balancesSnapshot,
  balancesUpsert,
  execution,
  executionsSnapshot,
  instrument,
  KEY,
  leg,
  order,
  ordersSnapshot,
  position,
  positionsSnapshot,
  positionsUpsert,
  provenance,
  quantities,
  stateOf,
} from '../../support/builders.js';

/** A Tuesday, 10:30 in New York. */
const START = Date.UTC(2026, 10, 24, 15, 30);
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

interface Look {
  readonly balances?: Partial<Balances>;
  readonly positions?: readonly Position[];
  readonly executions?: readonly Execution[];
  readonly orders?: readonly Order[];
  readonly from?: Partial<Provenance>;
}

/** A broker that is asked now and then: each look is answered completely, a kind that is not named as before. */
class Broker {
  state: SyncState;
  at = START;
  #last: Required<Omit<Look, 'from'>> = {
    balances: { netLiquidation: 10_000, totalCash: 9_000 },
    positions: [position({ marketPrice: 100 })],
    executions: [],
    orders: [],
  };

  constructor(broker: 'ibkr' | 'schwab' = 'ibkr') {
    this.state = reconcile(EMPTY_STATE, accounts(account({ broker })));
  }

  look(look: Look = {}, afterMs = MINUTE): this {
    this.at += afterMs;
    const { from: given = {}, ...figures } = look;
    this.#last = { ...this.#last, ...figures };
    const from = { receivedAt: this.at, ...given };
    return this.tell(
      balancesSnapshot(this.#last.balances, { from }),
      positionsSnapshot(this.#last.positions, { from }),
      executionsSnapshot(this.#last.executions, { from }),
      ordersSnapshot(this.#last.orders, { from }),
    );
  }

  /** Looks that say what the one before said. */
  again(times: number, afterMs = MINUTE): this {
    for (let time = 0; time < times; time++) this.look({}, afterMs);
    return this;
  }

  tell(...updates: readonly BrokerUpdate[]): this {
    this.state = updates.reduce(reconcile, this.state);
    return this;
  }

  get issues(): readonly Issue[] {
    const from = stateOf(this.state).balances?.from ?? provenance();
    return issuesFor(this.state, KEY, from);
  }

  get codes(): readonly string[] {
    return this.issues.map(({ code }) => code);
  }

  get netLiquidation(): number | null | undefined {
    return stateOf(this.state).balances?.value.netLiquidation;
  }
}

const stock = (given: Partial<Position> = {}): Position => position(given);
const fill = (given: Partial<Execution> = {}): Execution => execution({ permId: '1001', ...given });
const fund = (assetClass: 'mutual_fund' | 'cash_equivalent' | 'bond', quantity: number): Position =>
  position({
    key: assetClass,
    quantity,
    instrument: instrument({ key: assetClass, assetClass }),
    marketPrice: null,
    marketValue: null,
    marketValueBase: 0,
  });

describe('net liquidation that is not the sum of its parts', () => {
  const off = { balances: { netLiquidation: 10_000, totalCash: 8_000 } };

  it('is told after three complete images, with both figures', () => {
    const broker = new Broker().look(off, 10 * SECOND).look(off, 10 * SECOND);
    assert.deepEqual(broker.issues, []);
    assert.deepEqual(broker.look(off, 10 * SECOND).issues, [
      {
        code: 'NAV_MISMATCH',
        severity: 'warning',
        message:
          "Net liquidation of account …4567 is 10000.00, yet its cash and positions make 9000.00: compare them with the broker's own page before you rely on them.",
      },
    ]);
  });

  it('is told after a minute where images come seldom', () => {
    assert.deepEqual(new Broker().look(off).look(off, MINUTE - 1).codes, []);
    assert.deepEqual(new Broker().look(off).look(off, MINUTE).codes, ['NAV_MISMATCH']);
  });

  it('is not told for three images of one moment', () => {
    assert.deepEqual(new Broker().look(off).look(off, SECOND).look(off, SECOND).codes, []);
  });

  it('is forgotten with the first image that adds up, and begins anew then', () => {
    const broker = new Broker().look(off).again(2);
    assert.deepEqual(broker.look({ balances: { netLiquidation: 9_000, totalCash: 8_000 } }).codes, []);
    assert.deepEqual(broker.look(off).codes, []);
  });

  it('is allowed a dollar, or 0.05 %, at Schwab and five, or 0.5 %, at IBKR', () => {
    const cases = [
      ['schwab', 10_000, 5.1, true],
      ['schwab', 10_000, 4.9, false],
      ['schwab', 1_500, -1.1, true],
      ['schwab', 1_500, -0.9, false],
      ['ibkr', 10_000, -50.1, true],
      ['ibkr', 10_000, -49.9, false],
      ['ibkr', 900, -5.1, true],
    ] as const;
    for (const [name, netLiquidation, gap, told] of cases) {
      const balances = { netLiquidation, totalCash: netLiquidation - 1_000 - gap };
      const { codes } = new Broker(name).look({ balances }).again(3);
      assert.deepEqual(codes, told ? ['NAV_MISMATCH'] : [], `${name} ${netLiquidation} ${gap}`);
    }
  });

  it('may be larger than that by the dividends that IBKR owes', () => {
    const rich = [stock({ quantity: 1_000 })];
    const due = (gap: number) => ({ netLiquidation: 100_000 + gap, totalCash: 0 });
    assert.deepEqual(new Broker().look({ positions: rich, balances: due(1_400) }).again(3).codes, []);
    assert.deepEqual(new Broker().look({ positions: rich, balances: due(1_600) }).again(3).codes, [
      'NAV_MISMATCH',
    ]);
    assert.deepEqual(new Broker().look({ positions: rich, balances: due(-600) }).again(3).codes, [
      'NAV_MISMATCH',
    ]);
    assert.deepEqual(new Broker('schwab').look({ positions: rich, balances: due(1_400) }).again(3).codes, [
      'NAV_MISMATCH',
    ]);
  });

  it('is not judged where a figure is unknown, unready or of another look', () => {
    const unknown = [
      { balances: { netLiquidation: null, totalCash: 8_000 } },
      { balances: { netLiquidation: 10_000, totalCash: null } },
      { ...off, positions: [stock({ marketValueBase: null })] },
      { ...off, from: { partial: true } },
      { ...off, positions: [stock({ instrument: instrument({ assetClass: 'cfd' }) })] },
    ];
    for (const look of unknown) assert.deepEqual(new Broker().look(look).look(look).look(look).codes, []);
    const broker = new Broker().look();
    for (let time = 0; time < 5; time++) {
      broker.at += MINUTE;
      const from = { receivedAt: broker.at };
      broker.tell(positionsSnapshot([stock({ quantity: 30 })], { from: { ...from } }));
    }
    assert.deepEqual(broker.codes, []);
  });

  it('is what the adapter of a broker has found, as soon as that lasts', () => {
    const found = { code: 'NAV_MISMATCH', severity: 'warning', message: 'They differ.' } as const;
    const broker = new Broker('schwab').look({ from: { issues: [found] } });
    assert.deepEqual(broker.issues, []);
    broker.look({ from: { issues: [found] } }).look({ from: { issues: [found] } });
    assert.deepEqual(broker.issues, [found]);
  });
});

describe('a value that contradicts its position', () => {
  const told = (...positions: readonly Position[]) =>
    new Broker()
      .look({ positions, balances: { netLiquidation: null } })
      .again(2)
      .issues.map(({ code, message }) => [code, message]);

  it('is told when its sign does', () => {
    assert.deepEqual(told(stock({ quantity: -10, marketValue: 1_000, marketPrice: null })), [
      [
        'SIGN_MISMATCH',
        'The broker sent -10 AAPL with a market value of 1000: one of the signs is wrong, so do not rely on this position before you have seen it at the broker.',
      ],
    ]);
    assert.deepEqual(told(stock({ quantity: -10 }), stock({ key: 'b', marketValue: 0 })), []);
    assert.deepEqual(told(stock({ marketPrice: -100, marketValue: -1_000 })), []);
  });

  it('is told when its price does, by more than 1 %', () => {
    assert.deepEqual(told(stock({ marketPrice: 102 })), [
      [
        'PRICE_MISMATCH',
        "The broker values 10 AAPL at 1000, yet its price of 102 makes 1020.00: compare this position with the broker's own page.",
      ],
    ]);
    const agreeing = [
      stock({ marketPrice: 100.9 }),
      stock({ key: 'no price', marketPrice: null }),
      stock({ key: 'price 0', marketPrice: 0 }),
      stock({ key: 'a sliver', quantity: 0.0012, marketPrice: 100, marketValue: 0.12 }),
      stock({ key: 'pence', marketPrice: 10_000, currency: 'GBP' }),
      stock({ key: 'bond', marketPrice: 98.5, instrument: instrument({ assetClass: 'bond' }) }),
      stock({ key: 'unknown', marketPrice: 5, instrument: instrument({ multiplier: null }) }),
      stock({
        key: 'option',
        marketPrice: 1,
        instrument: instrument({ assetClass: 'option', multiplier: 100 }),
      }),
    ];
    assert.deepEqual(told(...agreeing), []);
  });

  it('names the first of several and counts the others', () => {
    const [issue] = told(
      stock({ marketPrice: 50 }),
      stock({ key: 'b', marketPrice: 50 }),
      stock({ key: 'c' }),
    );
    assert.match(String(issue?.[1]), /own page\. \(1 more like it\.\)$/);
  });

  it('leaves options alone while one of them is adjusted', () => {
    const adjusted = { code: 'ADJUSTED_OPTION', severity: 'warning', message: 'Adjusted.' } as const;
    const option = stock({
      marketPrice: 1,
      instrument: instrument({ assetClass: 'option', multiplier: 150 }),
    });
    const look = { positions: [option], balances: { netLiquidation: null }, from: { issues: [adjusted] } };
    assert.deepEqual(new Broker().look(look).look(look).look(look).codes, ['ADJUSTED_OPTION']);
  });
});

describe('a jump of net liquidation', () => {
  const jumped = { balances: { netLiquidation: 13_000, totalCash: 9_000 } };

  it('is held for one image, asked for again, and taken when it is repeated', () => {
    const broker = new Broker().look().look({ ...jumped, positions: [stock({ marketValueBase: 4_000 })] });
    assert.equal(broker.netLiquidation, 10_000);
    assert.deepEqual(broker.issues, [
      {
        code: 'NLV_JUMP',
        severity: 'warning',
        message:
          'Net liquidation of account …4567 jumped from 10000.00 to 13000.00 without a change of cash or positions: the figures before are kept until the broker says so again.',
      },
    ]);
    assert.equal(needsSecondLook(broker.state), true);
    broker.look(jumped, SECOND);
    assert.deepEqual([broker.netLiquidation, broker.codes], [13_000, []]);
    assert.equal(needsSecondLook(broker.state), false);
  });

  it('is forgotten when the next image is as before', () => {
    const broker = new Broker()
      .look()
      .look(jumped)
      .look({ balances: { netLiquidation: 10_100, totalCash: 9_000 } });
    assert.deepEqual([broker.netLiquidation, broker.codes], [10_100, []]);
  });

  it('is not seen twice in one image that came twice', () => {
    const broker = new Broker().look().look(jumped).look(jumped, 0);
    assert.equal(broker.netLiquidation, 10_000);
  });

  it('is held in rows between images until an image has it twice', () => {
    const broker = new Broker().look();
    broker.tell(balancesUpsert({ netLiquidation: 0, totalCash: 0 }, { receivedAt: broker.at + 5 }));
    broker.tell(balancesUpsert({ netLiquidation: 0, totalCash: 0 }, { receivedAt: broker.at + 10 }));
    assert.deepEqual([broker.netLiquidation, broker.codes], [10_000, ['NLV_JUMP']]);
    assert.equal(needsSecondLook(broker.state), true);
    broker.look({}, SECOND);
    assert.deepEqual([broker.netLiquidation, broker.codes], [10_000, []]);
  });

  it('is none when cash came, when something was bought, or when a position came in', () => {
    const deposit = { balances: { netLiquidation: 20_000, totalCash: 19_000 } };
    const purchase = { balances: { netLiquidation: 9_990, totalCash: 2_000 } };
    const both = { balances: { netLiquidation: 20_000, totalCash: 17_500 } };
    for (const look of [deposit, purchase, both])
      assert.equal(new Broker().look().look(look).netLiquidation, look.balances.netLiquidation);
    const broker = new Broker().look().look();
    broker.tell(positionsUpsert([stock({ key: 'b', quantity: 30 })], { receivedAt: broker.at + 5 }));
    assert.equal(broker.look(jumped).netLiquidation, 13_000);
  });

  it('is none below 20 %, after an hour, without a figure, and from another source', () => {
    const looks: readonly (readonly [Look, number])[] = [
      [{ balances: { netLiquidation: 11_900, totalCash: 9_000 } }, MINUTE],
      [jumped, 61 * MINUTE],
      [{ balances: { netLiquidation: 13_000, totalCash: null } }, MINUTE],
      [{ ...jumped, from: { via: 'flex' } }, MINUTE],
    ];
    for (const [look, afterMs] of looks)
      assert.equal(new Broker().look().look(look, afterMs).netLiquidation, look.balances?.netLiquidation);
  });

  it('is taken at last when net liquidation never stands still', () => {
    const broker = new Broker().look();
    for (const netLiquidation of [13_000, 20_000, 30_000]) {
      broker.look({ balances: { netLiquidation, totalCash: 9_000 } });
      assert.equal(broker.netLiquidation, 10_000);
    }
    assert.equal(
      broker.look({ balances: { netLiquidation: 60_000, totalCash: 9_000 } }).netLiquidation,
      60_000,
    );
  });
});

describe('a position that changes', () => {
  const cash = (netLiquidation: number, totalCash: number) => ({ balances: { netLiquidation, totalCash } });
  /** At night, when nothing has to move. */
  const settled = () => {
    const broker = new Broker();
    broker.at = Date.UTC(2026, 10, 24, 23);
    return broker.look(cash(10_000, 9_000)).again(3);
  };

  it('is explained by its fills, whichever of the two comes first', () => {
    const bought = { positions: [stock({ quantity: 20 })], ...cash(10_000, 8_000) };
    const fills = { executions: [fill({ quantity: 10 })] };
    assert.deepEqual(
      settled()
        .look({ ...bought, ...fills })
        .again(3).codes,
      [],
    );
    assert.deepEqual(
      settled()
        .look(fills)
        .look(bought, 10 * SECOND)
        .again(3).codes,
      [],
    );
    assert.deepEqual(
      settled()
        .look(bought)
        .look(fills, 10 * SECOND)
        .again(3).codes,
      [],
    );
  });

  it('is told after a second look when there is no fill, for an hour, and wakes nobody', () => {
    const broker = settled().look({ positions: [stock({ quantity: 20 })], ...cash(11_000, 9_000) });
    assert.deepEqual(broker.codes, []);
    assert.deepEqual(broker.again(1).issues, [
      {
        code: 'UNEXPLAINED_POSITION_CHANGE',
        severity: 'info',
        message:
          "AAPL went from 10 to 20 without a fill: that is so after a transfer, a split, reinvested dividends or an assignment; if you know of none, look at the broker's statement.",
      },
    ]);
    assert.deepEqual(broker.again(50).codes, ['UNEXPLAINED_POSITION_CHANGE']);
    assert.deepEqual(broker.again(12).codes, []);
  });

  it('is no longer told as soon as its fill comes late', () => {
    const broker = settled()
      .look({ positions: [stock({ quantity: 20 })], ...cash(10_000, 8_000) })
      .again(5);
    assert.deepEqual(broker.look({ executions: [fill({ quantity: 10 })] }).again(70).codes, []);
  });

  it('is told as a warning when its fills make another figure, or when nothing comes of them', () => {
    const fills = { executions: [fill({ quantity: 5 })] };
    const broker = settled()
      .look({ ...fills, positions: [stock({ quantity: 20 })], ...cash(10_000, 8_000) })
      .again(1);
    assert.deepEqual(broker.issues, [
      {
        code: 'UNEXPLAINED_POSITION_CHANGE',
        severity: 'warning',
        message:
          "AAPL went from 10 to 20, yet its fills make 5: compare position and trades with the broker's own page.",
      },
    ]);
    const other = instrument({ key: 'new', symbol: 'NEW' });
    const unheld = settled()
      .look({ executions: [fill({ instrument: other, side: 'sell_short' })] })
      .again(1);
    assert.match(unheld.issues[0]?.message ?? '', /^NEW went from 0 to 0, yet its fills make -10: /);
  });

  it('is told to the billionth of a share, and not beyond', () => {
    const bought = (quantity: number) => ({
      positions: [stock({ quantity })],
      executions: [fill({ quantity: 0.1 })],
    });
    assert.deepEqual(settled().look(bought(10.1)).again(2).codes, []);
    assert.deepEqual(settled().look(bought(10.100_001)).again(2).codes, ['UNEXPLAINED_POSITION_CHANGE']);
  });

  it('is not compared before both have stood still, or across a gap in the fills', () => {
    const first = new Broker().look().look({ positions: [stock({ quantity: 20 })], ...cash(11_000, 9_000) });
    assert.deepEqual(first.again(3).codes, []);
    const gap = settled().look({ positions: [stock({ quantity: 20 })], ...cash(11_000, 9_000) }, 31 * MINUTE);
    assert.deepEqual(gap.again(3).codes, []);
  });

  it('is no matter of sweeps, funds, bonds, and combinations that are filled and never held', () => {
    for (const assetClass of ['mutual_fund', 'cash_equivalent', 'bond'] as const) {
      const [before, now] = [10, 30].map((quantity) => [fund(assetClass, quantity)]);
      const broker = new Broker().look({ positions: before ?? [], ...cash(9_000, 9_000) }).again(3);
      assert.deepEqual(broker.look({ positions: now ?? [] }).again(3).codes, [], assetClass);
    }
    const combination = fill({ instrument: instrument({ key: 'bag', assetClass: 'other' }) });
    assert.deepEqual(
      settled()
        .look({ executions: [combination] })
        .again(3).codes,
      [],
    );
    assert.deepEqual(
      settled()
        .look({ executions: [fill({ side: 'unknown' })] })
        .again(3).codes,
      [],
    );
  });

  describe('by the end of an option', () => {
    const call = (quantity: number, given: Partial<Position['instrument']> = {}): Position =>
      position({
        key: 'call',
        quantity,
        marketPrice: null,
        marketValue: 0,
        marketValueBase: 0,
        instrument: instrument({
          key: 'call',
          symbol: 'AAPL C',
          assetClass: 'option',
          underlying: 'AAPL',
          right: 'call',
          multiplier: 100,
          expiry: '2026-12-18',
          ...given,
        }),
      });
    const shares = (quantity: number) =>
      stock({ quantity, marketValue: 0, marketValueBase: 0, marketPrice: null });
    const withOption = (option: Position, held: number) =>
      new Broker().look({ positions: [shares(held), option], ...cash(9_000, 9_000) }).again(3);

    it('is nothing to tell when it has expired', () => {
      const expired = withOption(call(2, { expiry: '2026-11-24' }), 10).look({ positions: [shares(10)] });
      assert.deepEqual(expired.again(3).codes, []);
      const alive = withOption(call(2), 10).look({ positions: [shares(10)] });
      assert.deepEqual(alive.again(3).codes, ['UNEXPLAINED_POSITION_CHANGE']);
    });

    it('is nothing to tell when it was exercised or assigned and the underlying moved as it says', () => {
      const cases = [
        [call(2), 10, 210],
        [call(-1), 110, 10],
        [call(1, { right: 'put' }), 110, 10],
        [call(-3, { right: 'put' }), 10, 310],
      ] as const;
      for (const [option, before, after] of cases) {
        const broker = withOption(option, before).look({ positions: [shares(after)], ...cash(9_000, 9_000) });
        assert.deepEqual(broker.again(3).codes, [], `${option.quantity} ${option.instrument.right}`);
        assert.deepEqual(quantities(broker.state), { '265598': after });
      }
      const other = withOption(call(-1), 110).look({ positions: [shares(60)] });
      assert.deepEqual(other.again(3).codes, ['UNEXPLAINED_POSITION_CHANGE']);
    });
  });
});

describe('an order', () => {
  const single = (given: Partial<Order> = {}): Order => order({ legs: [leg('265598')], ...given });
  const bought = (quantity: number) => ({
    positions: [stock({ quantity: 10 + quantity })],
    balances: { netLiquidation: 10_000, totalCash: 9_000 - 100 * quantity },
  });

  it('is told when filled and remaining are not its quantity', () => {
    const odd = single({ status: 'partially_filled', filledQuantity: 4, remainingQuantity: 5 });
    const broker = new Broker().look({ orders: [odd] });
    assert.deepEqual(broker.codes, []);
    assert.deepEqual(broker.again(1, 10 * SECOND).issues, [
      {
        code: 'ORDER_MISMATCH',
        severity: 'warning',
        message:
          'The AAPL order 1001 is for 10, yet 4 filled and 5 remaining make 9: look at the order at the broker before you act on it.',
      },
    ]);
    assert.deepEqual(broker.look({ orders: [single()] }).codes, []);
  });

  it('may say what it likes when it ended unfilled, is suspended, or has no quantity', () => {
    const odd = { filledQuantity: 0, remainingQuantity: 0 } as const;
    const orders = (['canceled', 'rejected', 'replaced', 'expired', 'suspended', 'unknown'] as const).map(
      (status, index) => single({ ...odd, status, permId: String(index), key: String(index) }),
    );
    const amounts = [null, 0].map((quantity, index) =>
      single({ quantity, key: `q${index}`, permId: `9${index}` }),
    );
    assert.deepEqual(new Broker().look({ orders: [...orders, ...amounts] }).again(3).codes, []);
  });

  it('is told when its fills, all of which are known, make another figure than it says', () => {
    const partly = single({ status: 'partially_filled', filledQuantity: 6, remainingQuantity: 4 });
    const fills = { executions: [fill({ quantity: 4 })] };
    const broker = new Broker().look({ orders: [single()] });
    broker.look({ orders: [partly], ...fills, ...bought(4) }).again(1, 10 * SECOND);
    assert.deepEqual(broker.issues, [
      {
        code: 'ORDER_MISMATCH',
        severity: 'warning',
        message:
          'The AAPL order 1001 is filled by 6, yet its 1 fills make 4: look at the order at the broker before you act on it.',
      },
    ]);
  });

  it('is not compared with its fills when some of them may be of the days before, or when it has several legs', () => {
    const partly = { status: 'partially_filled', filledQuantity: 6, remainingQuantity: 4 } as const;
    assert.deepEqual(new Broker().look({ orders: [single(partly)] }).again(5).codes, []);
    const legs = [leg('a'), leg('b')];
    const combination = new Broker()
      .look({ orders: [order({ legs })] })
      .look({ orders: [order({ legs, ...partly })] });
    assert.deepEqual(combination.again(5).codes, []);
  });

  it('is told when it is filled and no fill of it came for a minute', () => {
    const done = single({ status: 'filled', filledQuantity: 10, remainingQuantity: 0 });
    const broker = new Broker().look({ orders: [single()] }).look({ orders: [done], ...bought(0) });
    assert.deepEqual(broker.look({}, 59 * SECOND).codes, []);
    assert.deepEqual(broker.look({}, SECOND).issues, [
      {
        code: 'FILL_MISSING',
        severity: 'warning',
        message:
          "The AAPL order 1001 is filled (10 of 10), yet the broker has told no fill of it: price and commission of that trade are missing here, look at the broker's list of trades.",
      },
    ]);
    assert.deepEqual(broker.look({ executions: [fill()], ...bought(10) }).again(2).codes, []);
  });

  it('is not missed a fill when it ended before anybody looked, or when a fund fills it', () => {
    const done = single({ status: 'filled', filledQuantity: 10, remainingQuantity: 0 });
    assert.deepEqual(new Broker().look({ orders: [done] }).again(5).codes, []);
    const shares = instrument({ key: 'f', assetClass: 'mutual_fund' });
    const ofFund = [leg('f', { instrument: shares })];
    const funds = new Broker()
      .look({ orders: [single({ legs: ofFund })] })
      .look({ orders: [{ ...done, legs: ofFund }] });
    assert.deepEqual(funds.again(5).codes, []);
  });
});

describe('the clock of a broker', () => {
  it('is doubted when it is more than two minutes ahead, or goes back by more', () => {
    const asOf = (broker: Broker, ms: number) =>
      broker.look({ from: { asOf: broker.at + MINUTE + ms } }).issues;
    const broker = new Broker();
    assert.deepEqual(asOf(broker, 2 * MINUTE), []);
    assert.deepEqual(
      asOf(broker, 3 * MINUTE),
      [
        {
          code: 'CLOCK_SKEW',
          severity: 'warning',
          message: `The broker's figures are of 2026-11-24T15:35:00.000Z, 3 minutes ahead of the clock of this machine: set the clock of this machine by NTP, and do not trust the age of these figures until then. (1 more like it.)`,
        },
      ].map((issue) => ({ ...issue, message: issue.message.replace('(1 more', '(3 more') })),
    );
    assert.deepEqual(asOf(broker, 0), []);
    assert.deepEqual(
      asOf(broker, -5 * MINUTE).map(({ code, message }) => [code, message.slice(0, 30)]),
      [['CLOCK_SKEW', "The broker's figures went back"]],
    );
    assert.deepEqual(asOf(broker, -5 * MINUTE), []);
  });

  it('is not compared with the clock of another source', () => {
    const broker = new Broker().look({ from: { asOf: START } });
    assert.deepEqual(broker.look({ from: { asOf: START - 86_400_000, via: 'flex' } }).codes, []);
  });
});

describe('a feed that stands still', () => {
  const HALF_AN_HOUR = 30;

  it('is told after half an hour of complete images in regular hours, until something moves', () => {
    const broker = new Broker().look();
    assert.deepEqual(broker.again(HALF_AN_HOUR - 1).codes, []);
    assert.match(
      broker.again(1).issues[0]?.message ?? '',
      /^No price and no balance has moved for 30 minutes, in 31 images, although the US market is open: /,
    );
    assert.deepEqual(broker.look({ positions: [stock({ marketPrice: 100.01 })] }).codes, []);
    assert.deepEqual(broker.again(HALF_AN_HOUR).codes, ['FROZEN_FEED']);
  });

  it('is a matter of course at night, and where nothing that is held has a price that must move', () => {
    const night = new Broker();
    night.at = Date.UTC(2026, 10, 24, 23, 0);
    assert.deepEqual(night.look().again(120).codes, []);
    const resting: readonly Position[] = [
      stock({ currency: 'EUR' }),
      stock({ marketPrice: 0.05, marketValue: 0.5 }),
      stock({ marketPrice: null }),
      stock({ instrument: instrument({ assetClass: 'mutual_fund' }) }),
    ];
    for (const held of resting)
      assert.deepEqual(new Broker().look({ positions: [held] }).again(2 * HALF_AN_HOUR).codes, []);
  });

  it('is not told of few images, or across a gap', () => {
    assert.deepEqual(new Broker().look().again(2, 20 * MINUTE).codes, []);
    assert.deepEqual(new Broker().look().again(5, 31 * MINUTE).codes, []);
  });

  it('begins anew with the next day', () => {
    const broker = new Broker();
    broker.at = Date.UTC(2026, 10, 24, 20, 40);
    assert.deepEqual(broker.look().again(25).codes, []);
    broker.at = Date.UTC(2026, 10, 25, 14, 30);
    assert.deepEqual(broker.again(10).codes, []);
  });
});

describe('the set of accounts', () => {
  const [one, two] = [account(), account({ key: 'b', lastFour: '0002' })];
  const messages = (state: SyncState) => connectionIssues(state).map(({ message }) => message);

  it('is told when it changes, until it is what it was', () => {
    const first = [accounts(one, two)].reduce(reconcile, EMPTY_STATE);
    assert.deepEqual(messages(first), []);
    const less = reconcile(first, accounts(one));
    assert.deepEqual(messages(less), [
      "The accounts behind this login changed (…0002 is gone): if you did not do that, look at the broker's page and log in again with all accounts.",
    ]);
    assert.deepEqual(messages(reconcile(reconcile(less, { kind: 'begin' }), accounts(one))), messages(less));
    assert.deepEqual(messages(reconcile(less, accounts(two, one))), []);
    const other = reconcile(less, accounts(two));
    assert.match(messages(other)[0] ?? '', /\(…4567 is gone\)/);
    const three = account({ key: 'c', lastFour: '0003' });
    assert.match(
      messages(reconcile(first, accounts(one, three)))[0] ?? '',
      /\(…0002 is gone and …0003 is new\)/,
    );
  });

  it('is the same when what is known of an account changes', () => {
    const first = reconcile(EMPTY_STATE, accounts(one, two));
    assert.deepEqual(messages(reconcile(first, accounts({ ...one, currency: 'EUR' }, two))), []);
  });

  it('is old news after a day', () => {
    const broker = new Broker().tell(accounts(one, two)).look();
    assert.deepEqual(broker.codes, ['ACCOUNT_SET_CHANGED']);
    assert.deepEqual(broker.look({}, 86_400_000).codes, []);
  });
});
