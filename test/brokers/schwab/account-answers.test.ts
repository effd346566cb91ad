import assert from 'node:assert/strict';
import type { BrokerUpdate } from '../../../src/domain/update.js';
import { ConnectionLost, RateLimited, type BrokerageError } from '../../../src/errors.js';
import type { BrokerSession } from '../../../src/ports.js';
import { EMPTY_STATE } from '../../../src/sync/state.js';
import { reconcile } from '../../../src/sync/reconcile.js';
import { FakeClock } from '../../support/clocks.js';
import { keyOf, schwabStage, type SchwabStage } from '../../support/schwab-stage.js';

const POSITIONS = { kind: 'positions', account: null } as const;
const EVERYTHING = { kind: null, account: null } as const;
const NOW = Date.UTC(2026, 10, 24, 16, 0, 0);
const LIST = '/trader/v1/accounts';

describe('accounts, at both of their addresses', () => {
  let stage: SchwabStage;
  let clock: FakeClock;
  let session: BrokerSession;
  let state = EMPTY_STATE;
  let ends: BrokerageError[];

  const hashOf = (number: string): string => stage.schwab.book.state(number).hashValue;
  const numbers = (): readonly string[] => stage.schwab.book.accounts;
  /** What was asked while `work` ran: the list, or the account by its last four characters. */
  const asked = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
    const before = stage.schwab.requests.length;
    await work();
    return stage.schwab.requests.slice(before).flatMap(({ path }) => {
      const [address = ''] = path.split('?');
      const number = numbers().find((one) => address.endsWith(hashOf(one)));
      return address === LIST ? ['list'] : number === undefined ? [] : [number.slice(-4)];
    });
  };
  const look = async (request: Parameters<BrokerSession['refresh']>[0] = POSITIONS): Promise<unknown> =>
    await session.refresh(request).then(
      () => null,
      (error: unknown) => error,
    );
  const netLiquidation = (number: string) =>
    state.accounts.get(keyOf(number))?.balances?.value.netLiquidation;
  const held = (number: string) => state.accounts.get(keyOf(number))?.positions?.from.receivedAt;
  const notices = () => [...state.notices.values()];
  const each = () => numbers().map((number) => number.slice(-4));

  beforeEach(async () => {
    clock = new FakeClock(NOW);
    state = EMPTY_STATE;
    ends = [];
    stage = await schwabStage({ clock, chance: () => 0, now: () => clock.now() });
    await stage.logIn();
    session = await stage.broker.open(
      {
        update: (update: BrokerUpdate) => void (state = reconcile(state, update)),
        ended: (error) => void ends.push(error),
      },
      new AbortController().signal,
    );
    await session.refresh(EVERYTHING);
    assert.ok(numbers().length > 1);
  });
  afterEach(async () => {
    await session.close();
    assert.deepEqual(stage.schwab.violations, []);
    await stage.schwab.close();
    assert.equal(clock.pending, 0, 'a timer was left behind');
  });

  for (const fault of [
    `schwab-status=503@/accounts$`,
    `schwab-html-200=@/accounts$`,
    `schwab-empty-body=@/accounts$`,
  ])
    it(`are asked for one by one in the same look when the list does not come (${fault})`, async () => {
      const [name = '', argument = ''] = fault.split('=');
      stage.schwab.fault(name, argument);
      stage.schwab.market.tick();
      clock.advance(60_000);
      assert.deepEqual(await asked(async () => assert.equal(await look(EVERYTHING), null)), [
        'list',
        'list',
        'list',
        ...each(),
      ]);
      for (const { accountNumber, netLiquidation: money } of stage.schwab.market.ledger().schwab.accounts) {
        assert.equal(netLiquidation(accountNumber), money);
        assert.equal(held(accountNumber), clock.now());
      }
      assert.deepEqual(notices(), []);
    });

  it('stay live one by one for as long as the list is down, which is tried only now and then', async () => {
    const fault = stage.schwab.fault('schwab-status', '503@/accounts$');
    let lists = 0;
    for (let minute = 0; minute < 30; minute += 1) {
      clock.advance(60_000);
      const paths = await asked(async () => assert.equal(await look(), null));
      lists += paths.filter((path) => path === 'list').length;
      assert.deepEqual(
        paths.filter((path) => path !== 'list'),
        each(),
      );
    }
    // Five failures, then trials after 30 s, 1, 2, 4 and each 5 minutes.
    assert.ok(lists <= 5 + 8, `${lists} requests for the list in half an hour`);
    assert.deepEqual(ends, []);
    fault.clear();
    clock.advance(5 * 60_000);
    assert.deepEqual(await asked(look), ['list']);
    assert.deepEqual(await asked(look), ['list']);
  });

  it('that have no answer keep their last figures, and say so, while the others go on', async () => {
    const [first = '', second = ''] = numbers();
    stage.schwab.fault('schwab-status', '503@/accounts$');
    const silent = stage.schwab.fault('schwab-status', `500@${hashOf(second)}$`);
    const before = state.accounts.get(keyOf(second))?.positions;
    clock.advance(60_000);
    assert.equal(await look(), null);
    assert.equal(held(first), clock.now());
    assert.equal(state.accounts.get(keyOf(second))?.positions?.value, before?.value);
    assert.deepEqual(
      notices().map(({ account, issue, of }) => [account, of, issue.code]),
      [
        [keyOf(second), 'balances', 'BAD_RESPONSE'],
        [keyOf(second), 'positions', 'BAD_RESPONSE'],
      ],
    );
    for (const { issue } of notices()) {
      assert.match(issue.message, new RegExp(`no answer for the account …${second.slice(-4)}.*500`));
      assert.ok(!issue.message.includes(second) && !issue.message.includes(hashOf(second)));
    }
    for (let count = 0; count < 4; count += 1) await look();
    const said = notices();
    assert.match(said[0]?.issue.message ?? '', /next trial goes out at/);
    clock.advance(5_000);
    await look();
    assert.deepEqual(notices(), said, 'the same thing was said in other words');
    silent.clear();
    clock.advance(60_000);
    await look(EVERYTHING);
    assert.deepEqual(notices(), []);
  });

  it('fail together when not one of them has an answer', async () => {
    stage.schwab.fault('schwab-status', '503@/accounts');
    const error = await look();
    assert.ok(error instanceof ConnectionLost && error.code === '503');
    assert.match(error.message, /Request: GET \/trader\/v1\/accounts\./);
  });

  it('are taken from the list when one alone does not come', async () => {
    const [first = '', second = ''] = numbers();
    const fault = stage.schwab.fault('schwab-status', `503@${hashOf(first)}$`);
    const request = { kind: 'positions', account: keyOf(first) } as const;
    clock.advance(60_000);
    const paths = await asked(async () => assert.equal(await look(request), null));
    assert.deepEqual(paths, [...Array.from({ length: 3 }, () => first.slice(-4)), 'list']);
    assert.equal(held(first), clock.now());
    assert.equal(held(second), NOW, 'an account was told that nobody asked for');
    fault.clear();
    assert.deepEqual(await asked(async () => await look(request)), [first.slice(-4)]);
  });

  it('are not asked for elsewhere when Schwab cannot be reached, or wants fewer questions', async () => {
    const cut = stage.schwab.fault('schwab-cut', '10@/accounts$');
    assert.deepEqual(await asked(async () => assert.ok((await look()) instanceof ConnectionLost)), [
      'list',
      'list',
      'list',
    ]);
    cut.clear();
    stage.schwab.fault('schwab-429', '40@/accounts$');
    assert.deepEqual(await asked(async () => assert.ok((await look()) instanceof RateLimited)), ['list']);
  });

  it('are not asked for elsewhere because the breaker is open', async () => {
    stage.schwab.fault('schwab-cut', '10@/accounts$');
    await look();
    await look();
    assert.equal(stage.broker.counters?.()?.breaker, 'open');
    assert.deepEqual(await asked(look), []);
  });
});
