import assert from 'node:assert/strict';
import { createMarket, startTwsSimulator, type LedgerAccount } from '../../../../simulators/index.js';
import { createIbkrBroker } from '../../../../src/brokers/ibkr/index.js';
import type { Execution } from '../../../../src/domain/execution.js';
import type { Position } from '../../../../src/domain/position.js';
import { eventually, fastClock } from '../../../support/clocks.js';
import { Ear, flexStage, keyOf, TUESDAY, type FlexStage } from '../../../support/flex-stage.js';

const EVERYTHING = { kind: null, account: null } as const;

/** A market with fills, one of them corrected, of yesterday. */
function traded() {
  const market = createMarket({ seed: 11, accounts: 3, positions: 9, schwabAccounts: 0, now: () => TUESDAY });
  const [account = ''] = market.accounts;
  const fill = (conId: number, side: 'BUY' | 'SELL', quantity: number): void =>
    market.fillOrder(market.placeOrder({ account, conId, side, quantity, orderType: 'MKT' }));
  fill(265598, 'SELL', 3);
  fill(8314, 'BUY', 10);
  market.closePosition(account, 756733);
  market.correctExecution(market.executions(account)[0]?.execId ?? '', { price: 231.07 });
  return market;
}

const byKey = <T extends { readonly key: string }>(things: readonly T[]): readonly T[] =>
  things.toSorted((a, b) => (a.key < b.key ? -1 : 1));

describe('the figures of a Flex statement', () => {
  let stage: FlexStage;
  afterEach(async () => await stage.flex.close());

  async function told(...faults: readonly string[]): Promise<Ear> {
    stage = await flexStage({ market: traded(), reportDate: '20261123', faults });
    const { broker, clock, ear, signal } = stage;
    const session = await clock.drive(broker.open(ear, signal));
    await clock.drive(session.refresh(EVERYTHING));
    return ear;
  }

  function assertLedger(ear: Ear): void {
    for (const account of stage.flex.accounts) {
      const key = keyOf(account.account);
      const balances = ear.balances().find((snapshot) => snapshot.account === key)?.balances;
      assert.equal(balances?.netLiquidation, account.balances.netLiquidation);
      assert.equal(balances.totalCash, account.balances.totalCash);
      assert.equal(balances.settledCash, account.balances.settledCash);
      assert.equal(balances.accruedInterest, account.balances.accruedInterest);
      const positions = ear.positions().find((snapshot) => snapshot.account === key)?.positions ?? [];
      assert.deepEqual(
        byKey(positions).map(({ key: name, marketPrice, marketValue, quantity, unrealizedPnl }) => ({
          key: name,
          quantity,
          marketPrice,
          marketValue,
          unrealizedPnl,
        })),
        byKey(
          held(account).map(({ conId, marketPrice, marketValue, quantity, unrealizedPnl }) => ({
            key: String(conId),
            quantity,
            marketPrice,
            marketValue,
            unrealizedPnl,
          })),
        ),
      );
    }
  }

  /** Balances of currencies are no open positions in a statement. */
  const held = ({ positions }: LedgerAccount) => positions.filter(({ secType }) => secType !== 'CASH');

  it('are those of the ledger', async () => assertLedger(await told()));

  it('are those of the ledger with commas between the thousands', async () =>
    assertLedger(await told('thousands')));

  it('name the cash of each currency, and leave unknown what a statement does not know', async () => {
    const ear = await told();
    const [account] = stage.flex.accounts;
    assert.ok(account);
    const balances = ear.balances()[0]?.balances;
    assert.ok(balances);
    assert.deepEqual(
      balances.ledger,
      account.balances.ledger.map(({ cash, currency, exchangeRate }) => ({
        currency,
        cash,
        settledCash: cash,
        netLiquidation: null,
        exchangeRate,
      })),
    );
    const known = Object.entries(balances).filter(([, value]) => value !== null);
    assert.deepEqual(known.map(([name]) => name).toSorted(), [
      'accruedInterest',
      'ledger',
      'netLiquidation',
      'totalCash',
    ]);
  });

  it('are of the close of their day in New York, summer and winter, and say how they came', async () => {
    const ear = await told();
    for (const { from } of ear.of('snapshot')) {
      assert.deepEqual(
        { ...from, asOf: from.asOf === null ? null : new Date(from.asOf).toISOString() },
        {
          via: 'flex',
          asOf: '2026-11-23T21:00:00.000Z',
          receivedAt: stage.clock.now(),
          partial: false,
          issues: [],
        },
      );
    }
    await stage.flex.close();
    stage = await flexStage({ reportDate: '20260701' });
    const session = await stage.clock.drive(stage.broker.open(stage.ear, stage.signal));
    await stage.clock.drive(session.refresh(EVERYTHING));
    assert.equal(stage.ear.balances()[0]?.from.asOf, Date.parse('2026-07-01T20:00:00Z'));
  });

  it('have short quantities, values and costs below 0', async () => {
    const ear = await told();
    const short = ear.positions()[0]?.positions.find(({ quantity }) => quantity < 0);
    assert.ok(short);
    for (const value of [short.marketValue, short.costBasis, short.marketValueBase, short.portfolioPercent])
      assert.ok(value !== null && value < 0, String(value));
    assert.ok((short.averagePrice ?? -1) > 0);
  });

  it('hold no order, ever', async () => {
    const ear = await told();
    assert.ok(
      !ear.updates.some((update) => 'of' in update && update.of === 'orders' && update.kind !== 'notice'),
    );
    assert.ok(ear.notices().includes('ORDERS_UNAVAILABLE orders'));
  });

  it('are the same, under the same keys, as those that a gateway tells', async () => {
    const ear = await told();
    const gateway = await startTwsSimulator({ market: stage.flex.market });
    const clock = fastClock(20);
    const socket = createIbkrBroker(
      { host: gateway.host, port: gateway.port, clientId: 17, accounts: [], tradingMode: 'any' },
      { clock, accountKey: (_broker, number) => keyOf(number) },
    );
    const other = new Ear();
    const session = await socket.open(other, new AbortController().signal);
    try {
      await session.refresh(EVERYTHING);
      await eventually(() => fillsOf(other).length > 0);
      assert.deepEqual(
        byKey(ear.of('accounts').at(-1)?.accounts ?? []),
        byKey(session.accounts.map((account) => ({ ...account, type: 'individual' }))),
      );
      for (const account of stage.flex.accounts) {
        const key = keyOf(account.account);
        const ours = ear.positions().find((snapshot) => snapshot.account === key)?.positions ?? [];
        const theirs = other.positions().findLast((snapshot) => snapshot.account === key)?.positions ?? [];
        assert.deepEqual(
          byKey(ours).map(comparable),
          byKey(theirs.filter(({ instrument }) => instrument.assetClass !== 'forex')).map(comparable),
        );
      }
      assert.deepEqual(fillsOf(ear), fillsOf(other));
      assert.equal(fillsOf(ear).length, 3);
      assert.ok(fillsOf(ear).some(({ revision }) => revision === 2));
    } finally {
      await session.close();
      await gateway.close();
    }
  });

  /** Without what only one of the two ways knows, and to the cent where the two multiply differently. */
  const comparable = (position: Position) => ({
    ...position,
    dayPnl: null,
    realizedPnl: null,
    costBasis: position.costBasis?.toFixed(2),
    marketValueBase: position.marketValueBase?.toFixed(2),
    portfolioPercent: position.portfolioPercent?.toFixed(6),
  });

  /** The latest revision of each fill, without the order, which a statement does not name as a gateway does. */
  function fillsOf(ear: Ear) {
    const latest = new Map<string, Execution>();
    const rows = [
      ...ear.executions().flatMap(({ executions }) => executions),
      ...ear.of('snapshot').flatMap((update) => (update.of === 'executions' ? update.executions : [])),
    ];
    for (const row of rows)
      if (row.revision >= (latest.get(row.executionId)?.revision ?? 0)) latest.set(row.executionId, row);
    return [...latest.values()]
      .map((execution) => ({ ...execution, liquidity: null, orderId: null, permId: null }))
      .toSorted((a, b) => (a.executionId < b.executionId ? -1 : 1));
  }
});
