import assert from 'node:assert/strict';
import { createMarket, startTwsSimulator, type Market } from '../../../simulators/index.js';
import { createIbkrBroker } from '../../../src/brokers/ibkr/index.js';
import type { BrokerUpdate } from '../../../src/domain/update.js';
import type { Broker, Clock } from '../../../src/ports.js';
import { issuesFor } from '../../../src/sync/issues.js';
import { reconcile } from '../../../src/sync/reconcile.js';
import { EMPTY_STATE, type SyncState } from '../../../src/sync/state.js';
import { fastClock } from '../../support/clocks.js';
import { schwabStage } from '../../support/schwab-stage.js';

const EVERYTHING = { kind: null, account: null } as const;
/** A Tuesday, 9:30 in New York. */
const OPENING = Date.UTC(2026, 10, 24, 14, 30);
const MINUTES_OF_A_DAY = 390;
/** How often the broker is asked: the limiter of IBKR's library works in real time. */
const STEP_MINUTES = 30;
const MINUTE_MS = 60_000;

/** Waits pass in real time, while the wall clock stands until it is set. */
class DayClock implements Clock {
  #at = OPENING;
  readonly #waits = fastClock(20);

  now(): number {
    return this.#at;
  }

  monotonic(): number {
    return this.#waits.monotonic();
  }

  after(delayMs: number, callback: () => void) {
    return this.#waits.after(delayMs, callback);
  }

  step(): void {
    this.#at += STEP_MINUTES * MINUTE_MS;
  }
}

/** A broker that is asked for everything every half an hour from the opening to the close, and what was to be told meanwhile. */
async function day(
  broker: Broker,
  clock: DayClock,
  happens: (minute: number) => void,
  minutes = MINUTES_OF_A_DAY,
): Promise<readonly string[]> {
  const told = new Set<string>();
  let state: SyncState = EMPTY_STATE;
  const update = (news: BrokerUpdate): void => {
    state = reconcile(state, news);
    for (const [key, { balances, executions, orders, positions }] of state.accounts)
      for (const part of [balances, positions, orders, executions])
        if (part !== null)
          for (const { code, message } of issuesFor(state, key, part.from)) told.add(`${code}: ${message}`);
  };
  const session = await broker.open(
    { update, ended: (error) => told.add(error.message) },
    new AbortController().signal,
  );
  for (let minute = 0; minute < minutes; minute += STEP_MINUTES) {
    happens(minute);
    clock.step();
    await session.refresh(EVERYTHING);
  }
  await session.close();
  return [...told];
}

/** A market that people trade in; money comes and goes. */
function busy(market: Market) {
  return (minute: number): void => {
    market.tick();
    const isPayday = minute === 120 || minute === 210;
    for (let trades = isPayday ? 0 : 2; trades > 0; trades--) market.trade();
    const [ibkr] = market.accounts;
    const [schwab] = market.schwab.ledger();
    if (minute === 120 && ibkr !== undefined) market.depositCash(ibkr, 500_000);
    if (minute === 120 && schwab !== undefined) market.schwab.depositCash(schwab.accountNumber, 500_000);
    if (minute === 210 && ibkr !== undefined) market.depositCash(ibkr, -100_000);
    if (minute === 210 && schwab !== undefined) market.schwab.withdraw(schwab.accountNumber, 100_000);
  };
}

describe('a day of trading without a fault', function () {
  this.timeout(120_000);

  it('is told without any issue by the IBKR connection', async () => {
    const clock = new DayClock();
    const market = createMarket({ seed: 1, accounts: 2 });
    const gateway = await startTwsSimulator({ market });
    const options = {
      host: '127.0.0.1',
      port: gateway.port,
      clientId: 5,
      tradingMode: 'any',
      accounts: [],
    } as const;
    const broker = createIbkrBroker(options, {
      clock,
      accountKey: (_broker, number) => `key-of-${number.slice(-4)}`,
    });
    assert.deepEqual(await day(broker, clock, busy(market)), []);
    await gateway.close();
  });

  it('is told without any issue by the Schwab connection', async () => {
    const clock = new DayClock();
    const now = () => clock.now();
    const market = createMarket({ seed: 2, accounts: 0, now });
    const { broker, logIn, schwab } = await schwabStage({ clock, now, market });
    await logIn();
    assert.deepEqual(await day(broker, clock, busy(market)), []);
    await schwab.close();
  });

  it('is told with the one thing that nobody traded: a transfer in kind, as information', async () => {
    const clock = new DayClock();
    const market = createMarket({ seed: 3, accounts: 1 });
    const gateway = await startTwsSimulator({ market });
    const [account = ''] = market.accounts;
    const held = market.ledger().ibkr.accounts[0]?.positions[0]?.conId ?? 0;
    const options = {
      host: '127.0.0.1',
      port: gateway.port,
      clientId: 5,
      tradingMode: 'any',
      accounts: [],
    } as const;
    const broker = createIbkrBroker(options, {
      clock,
      accountKey: (_broker, number) => `key-of-${number.slice(-4)}`,
    });
    const happens = (minute: number): void => {
      market.tick();
      if (minute === 60) market.addPosition(account, { conId: held, quantity: 1 });
    };
    const told = await day(broker, clock, happens, 150);
    assert.equal(told.length, 1);
    assert.match(told[0] ?? '', /^UNEXPLAINED_POSITION_CHANGE: \S+ went from \d+ to \d+ without a fill: /);
    await gateway.close();
  });
});
