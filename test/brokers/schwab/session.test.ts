import assert from 'node:assert/strict';
import type { SchwabLedgerAccount } from '../../../simulators/index.js';
import type { Execution } from '../../../src/domain/execution.js';
import type { Order } from '../../../src/domain/order.js';
import type { Position } from '../../../src/domain/position.js';
import type { BrokerUpdate } from '../../../src/domain/update.js';
import { ConfigError, ConnectionLost, LoginRequired, RateLimited } from '../../../src/errors.js';
import type { BrokerageError } from '../../../src/errors.js';
import type { BrokerSession } from '../../../src/ports.js';
import { EMPTY_STATE, type AccountState } from '../../../src/sync/state.js';
import { needsSecondLook } from '../../../src/sync/second-look.js';
import { reconcile } from '../../../src/sync/reconcile.js';
import { FakeClock } from '../../support/clocks.js';
import { keyOf, schwabStage, type SchwabStage, type SchwabStageOptions } from '../../support/schwab-stage.js';

const EVERYTHING = { kind: null, account: null } as const;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A Tuesday, eleven in the morning in New York. */
const NOW = Date.UTC(2026, 10, 24, 16, 0, 0);

/** What a session told, and what the state of the accounts became of it. */
class Ear {
  readonly updates: BrokerUpdate[] = [];
  readonly ends: BrokerageError[] = [];
  state = EMPTY_STATE;

  update = (update: BrokerUpdate): void => {
    this.updates.push(update);
    this.state = reconcile(this.state, update);
  };
  ended = (error: BrokerageError): void => void this.ends.push(error);

  account(number: string): AccountState {
    const state = this.state.accounts.get(keyOf(number));
    assert.ok(state);
    return state;
  }

  positions(number: string): ReadonlyMap<string, Position> {
    return new Map(
      [...(this.account(number).positions?.value ?? [])].map(([, { value }]) => [
        value.instrument.symbol,
        value,
      ]),
    );
  }

  orders(number: string): ReadonlyMap<string, Order> {
    return new Map([...(this.account(number).orders?.value ?? [])].map(([key, { value }]) => [key, value]));
  }

  executions(number: string): readonly Execution[] {
    return [...(this.account(number).executions?.value.values() ?? [])];
  }

  issues(): readonly string[] {
    const told = [...this.state.accounts.values()].flatMap(({ balances, orders, positions }) =>
      [balances, positions, orders].flatMap((part) => part?.from.issues ?? []),
    );
    const notices = [...this.state.notices.values()].map(({ issue }) => issue);
    return [...new Set([...told, ...notices].map(({ code }) => code))];
  }
}

describe('a session with Schwab', () => {
  let stage: SchwabStage;
  let clock: FakeClock;
  let ear: Ear;
  let session: BrokerSession | null;

  async function open(given: Partial<SchwabStageOptions> = {}): Promise<BrokerSession> {
    clock = new FakeClock(NOW);
    ear = new Ear();
    stage = await schwabStage({ clock, chance: () => 0, now: () => clock.now(), ...given });
    await stage.logIn();
    session = await stage.broker.open(ear, new AbortController().signal);
    return session;
  }
  const again = async (): Promise<BrokerSession> => {
    await session?.close();
    session = await stage.broker.open(ear, new AbortController().signal);
    return session;
  };
  const ledger = (): readonly SchwabLedgerAccount[] => stage.schwab.market.ledger().schwab.accounts;
  const first = (): SchwabLedgerAccount => {
    const [account] = ledger();
    assert.ok(account);
    return account;
  };
  const since = (count: number) =>
    stage.schwab.requests.slice(count).map(({ path }) => path.split('?')[0] ?? '');

  beforeEach(() => void (session = null));
  afterEach(async () => {
    await session?.close();
    assert.deepEqual(stage.schwab.violations, []);
    await stage.schwab.close();
    assert.equal(clock.pending, 0, 'a timer was left behind');
  });

  it('shows what the accounts really hold, to the cent', async () => {
    const opened = await open();
    await opened.refresh(EVERYTHING);
    for (const account of ledger()) {
      const { balances } = ear.account(account.accountNumber);
      assert.equal(balances?.value.netLiquidation, account.netLiquidation);
      assert.equal(
        balances?.value.totalCash,
        Math.round((account.cash + account.moneyMarket + account.marginBalance) * 100) / 100,
      );
      assert.equal(balances?.value.dayPnl, account.dayPnl);
      assert.deepEqual(balances?.from.issues, []);
      const held = ear.positions(account.accountNumber);
      assert.equal(held.size, account.positions.length);
      for (const row of account.positions) {
        const position = held.get(row.symbol);
        assert.equal(position?.quantity, row.quantity);
        assert.equal(position?.marketValue, row.marketValue);
        assert.equal(position?.unrealizedPnl, row.unrealizedPnl, row.symbol);
        assert.equal(position?.averagePrice, row.averagePrice);
        assert.ok(Math.abs((position?.dayPnl ?? Number.NaN) - row.dayPnl) < 0.005, row.symbol);
      }
    }
    assert.deepEqual(ear.issues(), []);
  });

  it('stays right to the cent through days of trading', async () => {
    const opened = await open();
    const { market } = stage.schwab;
    for (let step = 0; step < 120; step += 1) {
      if (step % 40 === 39) {
        clock.advance(DAY_MS);
        market.startNewDay();
      }
      market.trade();
      market.tick();
      clock.advance(60_000);
      if (step % 5 !== 4) continue;
      await opened.refresh(EVERYTHING);
      // What is too small for net liquidation to tell is closed when it is missing once more.
      for (let looks = 0; looks < 2 && needsSecondLook(ear.state); looks += 1) {
        clock.advance(2_000);
        await opened.refresh(EVERYTHING);
      }
      for (const { accountNumber, dayPnl, netLiquidation, positions } of ledger()) {
        assert.equal(ear.account(accountNumber).balances?.value.netLiquidation, netLiquidation);
        assert.equal(ear.account(accountNumber).balances?.value.dayPnl, dayPnl);
        assert.deepEqual(
          new Map([...ear.positions(accountNumber)].map(([symbol, { quantity }]) => [symbol, quantity])),
          new Map(positions.map(({ quantity, symbol }) => [symbol, quantity])),
        );
      }
    }
  });

  it('never shows money or shares that came in as a profit of the day', async () => {
    const opened = await open();
    await opened.refresh(EVERYTHING);
    const { book } = stage.schwab;
    const { accountNumber } = first();
    const dayPnl = (): number | null | undefined => ear.account(accountNumber).balances?.value.dayPnl;
    const before = dayPnl();
    for (const move of [
      () => book.depositCash(accountNumber, 5_000),
      () => book.withdraw(accountNumber, 700),
      () => book.transferIn(accountNumber, { symbol: 'IBM', quantity: 10 }),
    ]) {
      move();
      clock.advance(15_000);
      await opened.refresh(EVERYTHING);
      assert.equal(dayPnl(), before);
    }
    // Times have no milliseconds: whether balances of the same second include it, nobody knows.
    book.depositCash(accountNumber, 5_000);
    await opened.refresh(EVERYTHING);
    assert.equal(dayPnl(), null);
    clock.advance(15_000);
    await opened.refresh(EVERYTHING);
    assert.equal(dayPnl(), before);
  });

  it('knows an account whose number comes as a number, without the zero at its beginning', async () => {
    const opened = await open();
    await opened.refresh(EVERYTHING);
    const { accountNumber } = first();
    assert.equal(accountNumber, '01234567');
    stage.schwab.fault('schwab-numeric-accounts');
    stage.schwab.book.closePosition(accountNumber, 'AAPL');
    await opened.refresh(EVERYTHING);
    assert.equal(ear.account(accountNumber).balances?.value.netLiquidation, first().netLiquidation);
    assert.equal(ear.state.accounts.size, ledger().length);
    assert.deepEqual(ear.issues(), []);
    await again();
    assert.equal(ear.state.accounts.size, ledger().length);
  });

  it('asks again for an old order that ended in a word that nobody knows', async () => {
    const opened = await open();
    await opened.refresh(EVERYTHING);
    const { accountNumber, orders } = first();
    // From before the reach of the common list.
    const [old] = orders;
    assert.ok(old !== undefined && Date.parse(old.enteredTime) < NOW - 60 * DAY_MS);
    const fault = stage.schwab.fault('schwab-unknown-status');
    stage.schwab.book.cancelOrder(old.orderId);
    clock.advance(15_000);
    await opened.refresh(EVERYTHING);
    assert.equal(ear.orders(accountNumber).get(old.orderId)?.status, 'unknown');
    fault.clear();
    clock.advance(15_000);
    await opened.refresh(EVERYTHING);
    assert.equal(ear.orders(accountNumber).get(old.orderId)?.status, 'canceled');
  });

  it('does not know the profit of the day while it cannot be told what came in', async () => {
    const opened = await open();
    await opened.refresh(EVERYTHING);
    const { accountNumber } = first();
    const before = ear.account(accountNumber).balances?.value.dayPnl;
    const fault = stage.schwab.fault('schwab-status', '400@/transactions');
    stage.schwab.book.depositCash(accountNumber, 5_000);
    await opened.refresh(EVERYTHING);
    assert.equal(ear.account(accountNumber).balances?.value.dayPnl, null);
    assert.equal(ear.account(accountNumber).balances?.value.netLiquidation, first().netLiquidation);
    fault.clear();
    clock.advance(11 * 60_000);
    await opened.refresh(EVERYTHING);
    assert.equal(ear.account(accountNumber).balances?.value.dayPnl, before);
  });

  it('reports every fill of its time once, with its price, and the fees where it is sure of them', async () => {
    const opened = await open();
    await opened.refresh(EVERYTHING);
    const { book } = stage.schwab;
    const { accountNumber } = first();
    const symbol = 'AAPL';
    for (const quantity of [3, 4, 5]) {
      clock.advance(60_000);
      const order = book.placeOrder({
        account: accountNumber,
        legs: [{ symbol, instruction: 'BUY', quantity: 10 }],
      });
      book.fillOrder(order, quantity);
      await opened.refresh(EVERYTHING);
    }
    clock.advance(11 * 60_000);
    await opened.refresh(EVERYTHING);
    const told = ear.executions(accountNumber);
    const truth = first().executions.filter(
      ({ time }) => Date.parse(time) >= Date.parse('2026-11-24T05:00:00Z'),
    );
    assert.deepEqual(
      told.map(({ executionId, price, quantity }) => ({ executionId, price, quantity })).toSorted(byId),
      truth
        .map(({ activityId, legId, price, quantity }) => ({
          executionId: `${activityId}-${legId}`,
          price,
          quantity,
        }))
        .toSorted(byId),
    );
    for (const { activityId, fees, legId } of truth) {
      const execution = told.find(({ executionId }) => executionId === `${activityId}-${legId}`);
      assert.equal(execution?.commission, fees, activityId);
    }
  });

  it('shows open orders however old they are, and those that ended today', async () => {
    const opened = await open();
    await opened.refresh(EVERYTHING);
    for (const account of ledger()) {
      const told = ear.orders(account.accountNumber);
      const working = account.orders.filter(({ closeTime }) => closeTime === null);
      for (const { orderId, quantity, filled } of working) {
        assert.equal(told.get(orderId)?.isOpen, true, orderId);
        assert.equal(told.get(orderId)?.quantity, quantity);
        assert.equal(told.get(orderId)?.filledQuantity, filled);
      }
      assert.equal([...told.values()].filter(({ isOpen }) => isOpen).length, working.length);
      const old = account.orders.filter(
        ({ closeTime }) => closeTime !== null && Date.parse(closeTime) < NOW - 2 * DAY_MS,
      );
      for (const { orderId } of old) assert.equal(told.has(orderId), false);
    }
    const oldest = Math.min(
      ...ledger().flatMap(({ orders }) => orders.map(({ enteredTime }) => Date.parse(enteredTime))),
    );
    assert.ok(oldest < NOW - 60 * DAY_MS, 'the ledger has no order from before the reach of /orders');
  });

  it('keeps an old open order through the next looks, and tells of its end', async () => {
    const opened = await open();
    await opened.refresh(EVERYTHING);
    const account = ledger().find(({ orders }) =>
      orders.some(
        ({ closeTime, enteredTime }) => closeTime === null && Date.parse(enteredTime) < NOW - 60 * DAY_MS,
      ),
    );
    const order = account?.orders.find(
      ({ closeTime, enteredTime }) => closeTime === null && Date.parse(enteredTime) < NOW - 60 * DAY_MS,
    );
    assert.ok(account && order);
    for (let look = 0; look < 5; look += 1) {
      clock.advance(60_000);
      await opened.refresh(EVERYTHING);
      assert.equal(ear.orders(account.accountNumber).get(order.orderId)?.status, 'working');
    }
    stage.schwab.book.cancelOrder(order.orderId);
    await opened.refresh(EVERYTHING);
    assert.equal(ear.orders(account.accountNumber).get(order.orderId)?.status, 'canceled');
  });

  it('tells after an outage of what was filled and ended meanwhile, and of nothing older', async () => {
    const opened = await open();
    await opened.refresh(EVERYTHING);
    const { book } = stage.schwab;
    const { accountNumber } = first();
    const known = new Set(ear.executions(accountNumber).map(({ executionId }) => executionId));
    const order = book.placeOrder({
      account: accountNumber,
      legs: [{ symbol: 'AAPL', instruction: 'BUY', quantity: 7 }],
    });
    book.fillOrder(order);
    clock.advance(3 * DAY_MS);
    await (await again()).refresh(EVERYTHING);
    const news = ear.executions(accountNumber).filter(({ executionId }) => !known.has(executionId));
    assert.deepEqual(
      news.map(({ orderId, quantity }) => [orderId, quantity]),
      [[order, 7]],
    );
    assert.equal(ear.orders(accountNumber).get(order)?.status, 'filled');
  });

  it('asks two questions a look, and for the transactions only now and then', async () => {
    const opened = await open();
    await opened.refresh(EVERYTHING);
    // The first look asks one by one for what the common list does not reach.
    await opened.refresh(EVERYTHING);
    const before = stage.schwab.requests.length;
    clock.advance(60_000);
    await opened.refresh(EVERYTHING);
    const asked = since(before).filter((path) => !/\/orders\/\d+$/.test(path));
    assert.deepEqual(asked, ['/trader/v1/accounts', '/trader/v1/orders']);
  });

  it('asks once who is there, also where only some of the accounts are wanted', async () => {
    const wanted = first().accountNumber;
    const some = await schwabStage({ clock, now: () => clock.now(), options: { accounts: [wanted] } });
    await some.logIn();
    const opened = await some.broker.open(
      { update: () => undefined, ended: () => undefined },
      new AbortController().signal,
    );
    for (let look = 0; look < 3; look += 1) await opened.refresh(EVERYTHING);
    const lists = some.schwab.requests.filter(({ path }) => path.endsWith('/accountNumbers'));
    assert.equal(lists.length, 1);
    await opened.close();
    await some.schwab.close();
  });

  it('gets all rows of a list that Schwab cuts', async () => {
    const opened = await open({ maxRows: 3_000 });
    const { book } = stage.schwab;
    const { accountNumber } = first();
    for (let count = 0; count < 3_005; count += 1)
      book.at(NOW - 20 * DAY_MS + count * 60_000, () =>
        book.cancelOrder(
          book.placeOrder({
            account: accountNumber,
            legs: [{ symbol: 'AAPL', instruction: 'BUY', quantity: 1 }],
          }),
        ),
      );
    const before = stage.schwab.requests.length;
    await opened.refresh({ kind: 'orders', account: null });
    assert.ok(since(before).filter((path) => path === '/trader/v1/orders').length >= 3);
    assert.deepEqual(ear.issues(), []);
  }).timeout(20_000);

  it('replaces a token that is refused, once for everybody, and nobody notices', async () => {
    const opened = await open();
    stage.schwab.forgetAccessTokens();
    const before = stage.schwab.tokenRequests.length;
    await Promise.all([
      opened.refresh(EVERYTHING),
      opened.refresh({ kind: 'balances', account: null }),
      opened.refresh({ kind: 'orders', account: null }),
    ]);
    assert.deepEqual(stage.schwab.tokenRequests.slice(before), [{ grant: 'refresh_token', status: 200 }]);
    assert.deepEqual(ear.ends, []);
  });

  it('ends once when the login is over, and asks for no token again', async () => {
    const opened = await open();
    await opened.refresh(EVERYTHING);
    stage.schwab.revokeLogin();
    const before = stage.schwab.tokenRequests.length;
    await assert.rejects(opened.refresh(EVERYTHING), LoginRequired);
    await assert.rejects(opened.refresh(EVERYTHING), ConnectionLost);
    await assert.rejects(stage.broker.open(ear, new AbortController().signal), LoginRequired);
    assert.deepEqual(
      ear.ends.map(({ name }) => name),
      ['LoginRequired'],
    );
    assert.deepEqual(stage.schwab.tokenRequests.slice(before), [{ grant: 'refresh_token', status: 400 }]);
  });

  it('says what to check at Schwab when even a fresh token is refused', async () => {
    for (const fault of ['schwab-401-gateway', 'schwab-401-trader']) {
      const opened = await open();
      stage.schwab.fault(fault);
      await assert.rejects(opened.refresh(EVERYTHING), ConfigError);
      assert.equal(ear.ends.length, 1);
      await session?.close();
      if (fault === 'schwab-401-gateway') await stage.schwab.close();
    }
  });

  describe('whose answers go wrong', () => {
    const transient = [
      ['schwab-status', '503'],
      ['schwab-status', '500'],
      ['schwab-401-transient-text', ''],
      ['schwab-404-text', ''],
      ['schwab-html-200', ''],
      ['schwab-truncated-json', ''],
      ['schwab-truncated-gzip', ''],
      ['schwab-empty-body', ''],
      ['schwab-cut', '300'],
      ['schwab-redirect', 'http://127.0.0.1:9/'],
    ] as const;

    for (const [name, argument] of transient)
      it(`keeps the last figures and goes on after ${name}${argument === '' ? '' : `=${argument}`}`, async () => {
        const opened = await open();
        await opened.refresh(EVERYTHING);
        const before = ear.state.accounts;
        const fault = stage.schwab.fault(name, argument);
        await assert.rejects(opened.refresh(EVERYTHING));
        assert.deepEqual(ear.ends, []);
        for (const [key, { balances, orders, positions }] of before) {
          const after = ear.state.accounts.get(key);
          assert.equal(after?.balances?.value, balances?.value);
          assert.equal(after?.positions?.value, positions?.value);
          assert.equal(after?.orders?.value, orders?.value);
        }
        fault.clear();
        await opened.refresh(EVERYTHING);
        assert.deepEqual(ear.ends, []);
      });

    it('is lost after three looks in a row that failed', async () => {
      const opened = await open();
      await opened.refresh(EVERYTHING);
      stage.schwab.fault('schwab-status', '503');
      for (let look = 0; look < 3; look += 1) await assert.rejects(opened.refresh(EVERYTHING));
      assert.deepEqual(
        ear.ends.map(({ name }) => name),
        ['ConnectionLost'],
      );
    });

    it('keeps the positions when Schwab leaves them out although money says that there are some', async () => {
      const opened = await open();
      await opened.refresh(EVERYTHING);
      const held = ear.positions(first().accountNumber);
      const fault = stage.schwab.fault('schwab-no-positions');
      for (let look = 0; look < 5; look += 1) await opened.refresh(EVERYTHING);
      assert.deepEqual(ear.positions(first().accountNumber), held);
      assert.ok(ear.issues().includes('SUSPECT_EMPTY'));
      fault.clear();
      await opened.refresh(EVERYTHING);
      assert.deepEqual(ear.issues(), []);
    });

    it('tells an account that really is empty as empty', async () => {
      const opened = await open();
      await opened.refresh(EVERYTHING);
      const empty = ledger().find(({ positions }) => positions.length === 0);
      assert.ok(empty);
      assert.equal(ear.account(empty.accountNumber).positions?.value.size, 0);
    });

    it('waits as long as Schwab says, says so, and takes that back', async () => {
      const opened = await open();
      await opened.refresh(EVERYTHING);
      const fault = stage.schwab.fault('schwab-429', '40');
      await assert.rejects(opened.refresh(EVERYTHING), RateLimited);
      assert.ok(ear.issues().includes('RATE_LIMITED'));
      assert.equal(opened.nextLookMs?.(60_000), 40_000);
      fault.clear();
      const before = stage.schwab.requests.length;
      await assert.rejects(opened.refresh(EVERYTHING), RateLimited);
      assert.equal(stage.schwab.requests.length, before);
      clock.advance(40_000);
      await opened.refresh(EVERYTHING);
      assert.deepEqual(ear.issues(), []);
      assert.deepEqual(ear.ends, []);
    });

    it('shows balances and positions of a managed account that refuses the rest', async () => {
      const opened = await open();
      stage.schwab.fault('schwab-managed');
      await opened.refresh(EVERYTHING);
      const { accountNumber, netLiquidation, positions } = first();
      assert.equal(ear.account(accountNumber).balances?.value.netLiquidation, netLiquidation);
      assert.equal(
        ear.account(accountNumber).balances?.value.dayPnl,
        null,
        'without transfers the day is not known',
      );
      assert.equal(ear.positions(accountNumber).size, positions.length);
      assert.deepEqual(ear.issues(), ['ORDERS_UNAVAILABLE']);
      assert.equal(ear.account(accountNumber).orders, null);
    });

    it('keeps words that it does not know, and says so once', async () => {
      const opened = await open();
      stage.schwab.fault('schwab-unknown-enums');
      await opened.refresh(EVERYTHING);
      const { accountNumber, positions } = first();
      assert.equal(ear.positions(accountNumber).size, positions.length);
      assert.ok(
        [...ear.orders(accountNumber).values()].every(
          ({ rawStatus, status }) => status === 'unknown' && rawStatus?.startsWith('NEW_'),
        ),
      );
      assert.ok(ear.issues().includes('UNKNOWN_ENUM'));
    });

    it('takes null for not known, never for nothing', async () => {
      const opened = await open();
      stage.schwab.fault('schwab-nulls');
      await opened.refresh(EVERYTHING);
      const margin = ledger().find(({ type }) => type === 'MARGIN');
      const state = ear.account(margin?.accountNumber ?? '');
      assert.equal(state.balances?.value.buyingPower, null);
      assert.equal(state.balances?.value.availableFunds, null);
      assert.equal(state.balances?.value.netLiquidation, margin?.netLiquidation);
      for (const [, { value }] of state.positions?.value ?? []) assert.equal(value.dayPnl, null);
    });
  });

  it('names accounts that were added to the login, and keeps those that were taken away', async () => {
    const opened = await open();
    await opened.refresh(EVERYTHING);
    const url = new URL(`${stage.schwab.url}/v1/oauth/authorize`);
    const [one = '', two = ''] = stage.schwab.book.accounts;
    url.search = new URLSearchParams([
      ['response_type', 'code'],
      ['client_id', stage.schwab.appKey],
      ['redirect_uri', stage.schwab.callbackUrl],
      ['account', two],
      ['done', 'yes'],
    ]).toString();
    const signedIn = await fetch(url, { redirect: 'manual' });
    const code = new URL(signedIn.headers.get('location') ?? '').searchParams.get('code') ?? '';
    await stage.tokens.adopt(
      await (
        await import('../../../src/brokers/schwab/token-endpoint.js')
      )
        .tokenEndpoint({
          app: { apiUrl: stage.schwab.url, appKey: stage.schwab.appKey, appSecret: stage.schwab.appSecret },
          limit: new (await import('../../../src/brokers/schwab/rate-limit.js')).RateLimit(clock),
          clock,
        })
        .login(code, stage.schwab.callbackUrl),
    );
    await opened.refresh(EVERYTHING);
    assert.equal(ear.account(one).present, false);
    assert.equal(ear.account(two).present, true);
    assert.ok((ear.account(one).positions?.value.size ?? 0) > 0);
  });

  it('polls faster while the market is open, after a change, and with open orders, and never slower than asked', async () => {
    const opened = await open();
    await opened.refresh(EVERYTHING);
    assert.equal(opened.nextLookMs?.(60_000), 15_000);
    const { book } = stage.schwab;
    book.fillOrder(
      book.placeOrder({
        account: first().accountNumber,
        legs: [{ symbol: 'AAPL', instruction: 'BUY', quantity: 1 }],
      }),
    );
    await opened.refresh(EVERYTHING);
    assert.equal(opened.nextLookMs?.(60_000), 5_000);
    clock.advance(12 * HOUR_MS);
    assert.equal(opened.nextLookMs?.(60_000), 60_000);
  });
});

function byId(a: { readonly executionId: string }, b: { readonly executionId: string }): number {
  return a.executionId < b.executionId ? -1 : 1;
}
