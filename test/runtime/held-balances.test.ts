import assert from 'node:assert/strict';
import { Connection } from '../../src/runtime/connection.js';
import { balancesSnapshot, balancesUpsert, position, positionsSnapshot, T0 } from '../support/builders.js';
import { FakeClock } from '../support/clocks.js';
import { MemoryBroker, MemoryLogger, settled } from '../support/memory-broker.js';

describe('net liquidation that jumps', () => {
  it('is asked for again at once, in rows as in images, and told when an image has it twice', async () => {
    const clock = new FakeClock(T0);
    const broker = new MemoryBroker();
    const connection = new Connection({ broker, clock, chance: () => 0.5, logger: new MemoryLogger() });
    connection.start();
    const session = await broker.accept();
    const images = (netLiquidation: number) => {
      const when = { from: { receivedAt: clock.now() } };
      return [
        balancesSnapshot({ netLiquidation, totalCash: 1_000 }, when),
        positionsSnapshot([position({ marketValueBase: netLiquidation - 1_000 })], when),
      ];
    };
    const stands = () => [
      [...connection.store.state.accounts.values()][0]?.balances?.value.netLiquidation,
      connection.status.state,
    ];
    await session.answer(...images(2_000));
    const asked = session.requests.length;
    clock.advance(10);
    session.tell(balancesUpsert({ netLiquidation: 5_000, totalCash: 1_000 }, { receivedAt: clock.now() }));
    assert.deepEqual(stands(), [2_000, 'degraded']);
    for (let look = 1; look <= 2; look++) {
      clock.advance(1_000);
      await settled();
      assert.equal(session.requests.length, asked + look);
      assert.deepEqual(stands(), [2_000, 'degraded']);
      await session.answer(...images(5_000));
    }
    assert.deepEqual(stands(), [5_000, 'live']);
    await connection.close();
  });
});
