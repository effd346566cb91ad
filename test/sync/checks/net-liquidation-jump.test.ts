import assert from 'node:assert/strict';
import { needsSecondLook } from '../../../src/sync/second-look.js';
import { balancesSnapshot, balancesUpsert, positionsUpsert } from '../../support/builders.js';
import { SECOND, MINUTE, type Look, Broker, stock } from './asked-broker.js';

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

  it('is held where no position is known, and while only prices of what is held move', () => {
    const broker = new Broker();
    const tell = (netLiquidation: number) =>
      broker.tell(
        balancesSnapshot(
          { netLiquidation, totalCash: 9_000 },
          { from: { receivedAt: (broker.at += SECOND) } },
        ),
      );
    tell(10_000);
    tell(13_000);
    assert.equal(broker.netLiquidation, 10_000);
    const ticking = new Broker().look().look();
    ticking.tell(positionsUpsert([stock({ marketPrice: 101 })], { receivedAt: ticking.at + 5 }));
    assert.equal(ticking.look(jumped).netLiquidation, 10_000);
    const [one, two] = [stock(), stock({ key: 'b' })];
    const trading = new Broker().look({ positions: [one, two] }).look();
    trading.tell(positionsUpsert([{ ...two, quantity: 20 }], { receivedAt: trading.at + 5 }));
    assert.equal(trading.look(jumped).netLiquidation, 13_000);
  });

  it('is confirmed by an image that says about the same', () => {
    const near = { balances: { netLiquidation: 14_500, totalCash: 9_000 } };
    assert.equal(new Broker().look().look(jumped).look(near).netLiquidation, 14_500);
  });

  it('is not confirmed by an image that only says what rows said before it', () => {
    const broker = new Broker().look();
    broker.tell(balancesUpsert({ netLiquidation: 13_000, totalCash: 9_000 }, { receivedAt: broker.at + 5 }));
    assert.equal(broker.look(jumped).netLiquidation, 10_000);
    assert.equal(broker.look(jumped).netLiquidation, 13_000);
  });

  it('is none where everything was cash and is withdrawn', () => {
    const cash = (all: number) => ({ positions: [], balances: { netLiquidation: all, totalCash: all } });
    assert.equal(new Broker().look(cash(9_000)).look(cash(0)).netLiquidation, 0);
    assert.equal(new Broker().look().look({ balances: cash(0).balances }).netLiquidation, 10_000);
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
    const loss = { balances: { netLiquidation: 9_800, totalCash: 2_000 } };
    const gain = { balances: { netLiquidation: 12_500, totalCash: 10_000 } };
    for (const look of [deposit, purchase, both, loss, gain])
      assert.equal(new Broker().look().look(look).netLiquidation, look.balances.netLiquidation);
    const broker = new Broker().look().look();
    broker.tell(positionsUpsert([stock({ key: 'b', quantity: 30 })], { receivedAt: broker.at + 5 }));
    assert.equal(broker.look(jumped).netLiquidation, 13_000);
  });

  it('is one within an hour, and at the same moment', () => {
    for (const afterMs of [0, 60 * MINUTE])
      assert.equal(new Broker().look().look(jumped, afterMs).netLiquidation, 10_000);
  });

  it('is none where there was nothing before, in small money, and where cash was not known', () => {
    const steps = [
      [{ netLiquidation: 0, totalCash: 0 }, 5_000],
      [{ netLiquidation: -1_000, totalCash: -1_000 }, 500],
      [{ netLiquidation: 10, totalCash: 10 }, 14],
      [{ netLiquidation: 10_000, totalCash: null }, 13_000],
    ] as const;
    for (const [before, netLiquidation] of steps) {
      const broker = new Broker().look({ positions: [], balances: before });
      const now = { ...before, totalCash: before.totalCash ?? 9_000, netLiquidation };
      assert.equal(broker.look({ balances: now }).netLiquidation, netLiquidation);
    }
  });

  it('is none below 20 %, after an hour, without a figure, and from another source', () => {
    const looks: readonly (readonly [Look, number])[] = [
      [{ balances: { netLiquidation: null, totalCash: 9_000 } }, MINUTE],
      // The clock was set back.
      [jumped, -MINUTE],
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
