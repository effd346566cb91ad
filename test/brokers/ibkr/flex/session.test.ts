import assert from 'node:assert/strict';
import { createMarket } from '../../../../simulators/index.js';
import { createFlexBroker, flexPaces, type FlexOptions } from '../../../../src/brokers/ibkr/flex/index.js';
import { ConfigError, ConnectionLost, ProtocolError } from '../../../../src/errors.js';
import type { BrokerSession } from '../../../../src/ports.js';
import { Store } from '../../../../src/runtime/store.js';
import { everyWordOf } from '../../../support/error-words.js';
import { Ear, flexStage, keyOf, type FlexStage } from '../../../support/flex-stage.js';
import { marked } from '../../../support/leak-watch.js';

const EVERYTHING = { kind: null, account: null } as const;
const HOUR_MS = 3_600_000;

describe('a session with the Flex Web Service', () => {
  let stage: FlexStage;
  afterEach(async () => await stage.flex.close());

  async function open(given: Parameters<typeof flexStage>[0] = {}): Promise<BrokerSession> {
    stage = await flexStage(given);
    return await stage.clock.drive(stage.broker.open(stage.ear, stage.signal));
  }
  const refresh = async (
    session: BrokerSession,
    request: Parameters<BrokerSession['refresh']>[0] = EVERYTHING,
  ) => await stage.clock.drive(session.refresh(request));
  const requests = (): number => stage.flex.requests.length;

  it('says who it is', async () => {
    stage = await flexStage();
    const { address, name, via } = stage.broker;
    assert.deepEqual(
      { name, via, address },
      { name: 'ibkr', via: 'flex', address: new URL(stage.flex.url).host },
    );
  });

  it('opens with the statement, says who is there, and tells no figure before it is asked', async () => {
    const session = await open();
    assert.deepEqual(
      stage.ear.updates.map(({ kind }) => kind),
      ['begin', 'accounts', 'notice'],
    );
    assert.deepEqual(
      session.accounts.map(({ currency, key, lastFour, tradingMode, type }) => ({
        key,
        lastFour,
        type,
        currency,
        tradingMode,
      })),
      stage.flex.accounts.map(({ account, baseCurrency }) => ({
        key: keyOf(account),
        lastFour: account.slice(-4),
        type: 'individual',
        currency: baseCurrency,
        tradingMode: 'paper',
      })),
    );
  });

  it('asks as IBKR wants to be asked', async () => {
    await open();
    const { flex } = stage;
    assert.deepEqual(
      flex.requests.map(({ method, path }) => [
        method,
        path.split('?')[0],
        new URL(path, flex.url).searchParams.get('v'),
      ]),
      [
        ['GET', '/AccountManagement/FlexWebService/SendRequest', '3'],
        ['GET', '/AccountManagement/FlexWebService/GetStatement', '3'],
      ],
    );
    for (const { headers } of flex.requests)
      assert.match(headers['user-agent'] ?? '', /^Node\.js\/\d+\.\d+\.\d+$/);
  });

  it('takes the address of a question for that of the service', async () => {
    stage = await flexStage();
    const broker = createFlexBroker(
      {
        flexUrl: `${stage.flex.url}/SendRequest/`,
        flexToken: ` ${stage.flex.token} `,
        flexQueryId: ` ${stage.flex.queryId} `,
        accounts: [],
        tradingMode: 'any',
      },
      {
        clock: stage.clock,
        chance: () => 0.5,
        accountKey: (_broker, number) => keyOf(number),
        pace: flexPaces(stage.clock)('x'),
      },
    );
    const session = await stage.clock.drive(broker.open(stage.ear, stage.signal));
    assert.equal(session.accounts.length, 3);
  });

  it('tells the kept statement at the first refresh, and again later, without a request', async () => {
    const session = await open();
    const before = requests();
    await refresh(session);
    await refresh(session);
    assert.equal(requests(), before);
    const { accounts } = stage.flex;
    assert.equal(stage.ear.balances().length, 2 * accounts.length);
    assert.equal(stage.ear.positions().length, 2 * accounts.length);
    assert.equal(stage.ear.of('accounts').length, 1);
  });

  it('tells what is asked for and no more', async () => {
    const session = await open();
    const [first] = session.accounts;
    await refresh(session, { kind: 'balances', account: first?.key ?? '' });
    assert.deepEqual(
      stage.ear.of('snapshot').map(({ account, of }) => [account, of]),
      [[first?.key, 'balances']],
    );
    const before = stage.ear.updates.length;
    await refresh(session, { kind: 'orders', account: null });
    assert.equal(stage.ear.updates.length, before);
  });

  it('asks again after an hour when the day of its figures is past, after six hours in any case', async () => {
    // Tuesday morning: Monday's statement is the newest.
    const session = await open({ reportDate: '20261120' });
    const first = requests();
    stage.clock.advance(HOUR_MS - 60_000);
    await refresh(session);
    assert.equal(requests(), first);
    stage.clock.advance(60_000);
    stage.flex.endOfDay();
    assert.equal(stage.flex.reportDate, '20261123');
    await refresh(session);
    const second = requests();
    assert.ok(second > first);
    stage.clock.advance(5 * HOUR_MS);
    await refresh(session);
    assert.equal(requests(), second);
    stage.clock.advance(HOUR_MS);
    await refresh(session);
    assert.ok(requests() > second);
  });

  it('looks once an hour', async () => assert.equal((await open()).nextLookMs?.(60_000), HOUR_MS));

  it('tells that a position is gone, and what was sold', async () => {
    const session = await open({ market: createMarket({ seed: 3, accounts: 1, schwabAccounts: 0 }) });
    const store = new Store();
    const tell = (): void => {
      for (const update of stage.ear.updates.splice(0)) store.apply(update);
    };
    await refresh(session);
    tell();
    const { flex } = stage;
    const [account = ''] = flex.market.accounts;
    flex.market.closePosition(account, 265598);
    flex.endOfDay();
    stage.clock.advance(7 * HOUR_MS);
    await refresh(session);
    tell();
    const state = store.state.accounts.get(keyOf(account));
    assert.ok(state?.positions);
    assert.ok(!state.positions.value.has('265598'));
    assert.equal(
      state.positions.value.size,
      flex.accounts[0]?.positions.filter(({ secType }) => secType !== 'CASH').length,
    );
    assert.deepEqual(
      [...(state.executions?.value.values() ?? [])].map(({ side }) => side),
      ['sell'],
    );
  });

  it('does not take a query without the section for a portfolio without positions', async () => {
    const session = await open({ faults: ['no-positions-section'] });
    await refresh(session);
    assert.equal(stage.ear.positions().length, 0);
    assert.equal(stage.ear.balances().length, stage.flex.accounts.length);
    const notice = stage.ear.of('notice').find(({ of }) => of === 'positions');
    assert.match(notice?.issue.message ?? '', /Open Positions/);
    assert.equal(notice?.issue.code, 'BAD_RESPONSE');
  });

  it('does not believe an empty section while net liquidation says that there is something', async () => {
    const session = await open({ faults: ['empty-positions'] });
    await refresh(session);
    assert.equal(stage.ear.positions().length, 0);
    assert.ok(stage.ear.notices().includes('SUSPECT_EMPTY positions'));
  });

  it('believes it where net liquidation is cash', async () => {
    const market = createMarket({ seed: 3, accounts: 1, positions: 0, schwabAccounts: 0 });
    const session = await open({ market });
    await refresh(session);
    assert.deepEqual(
      stage.ear.positions().map(({ positions }) => positions),
      [[]],
    );
  });

  it('keeps what was told when IBKR fails, says so for a while, and then asks again', async () => {
    const session = await open();
    await refresh(session);
    stage.flex.fault('code=1001');
    stage.clock.advance(7 * HOUR_MS);
    const told = stage.ear.updates.length;
    await assert.rejects(refresh(session), ConnectionLost);
    const asked = requests();
    await assert.rejects(refresh(session), ConnectionLost);
    assert.equal(requests(), asked, 'it asked again at once');
    assert.equal(stage.ear.updates.length, told, 'old figures were told as if they were confirmed');
    assert.deepEqual(stage.ear.ends, []);
    stage.flex.clearFaults();
    stage.clock.advance(60_000);
    await refresh(session);
    assert.ok(stage.ear.updates.length > told);
  });

  it('ends when only the user can bring the next statement', async () => {
    const session = await open();
    stage.flex.fault('code=1012');
    stage.clock.advance(7 * HOUR_MS);
    await assert.rejects(refresh(session), ConfigError);
    assert.deepEqual(
      stage.ear.ends.map(({ code }) => code),
      ['1012'],
    );
    const asked = requests();
    await assert.rejects(refresh(session), ConnectionLost);
    assert.equal(requests(), asked);
    assert.equal(stage.ear.ends.length, 1);
  });

  it('keeps the figures of an account that a later statement lacks, and says so', async () => {
    const session = await open();
    await refresh(session);
    const lost = stage.flex.accounts[2]?.account ?? '';
    const original = stage.flex.market.ledger.bind(stage.flex.market);
    stage.flex.market.ledger = () => {
      const { ibkr, schwab } = original();
      return { schwab, ibkr: { accounts: ibkr.accounts.filter(({ account }) => account !== lost) } };
    };
    stage.flex.endOfDay();
    stage.clock.advance(7 * HOUR_MS);
    stage.ear.updates = [];
    await refresh(session);
    assert.equal(session.accounts.length, 3);
    assert.deepEqual(stage.ear.of('accounts'), [], 'the account is told as another one');
    assert.deepEqual(
      stage.ear.of('notice').map(({ account, issue, of }) => [account, of, issue.code]),
      [
        [keyOf(lost), 'balances', 'BAD_RESPONSE'],
        [keyOf(lost), 'positions', 'BAD_RESPONSE'],
      ],
    );
  });

  it('shows the accounts that were entered, and names those that are not there', async () => {
    const session = await open({ options: { accounts: ['0002', 'U7777777'] } });
    assert.deepEqual(
      session.accounts.map(({ lastFour }) => lastFour),
      ['0002'],
    );
    assert.ok(stage.ear.of('notice').some(({ issue }) => /…7777/.test(issue.message)));
    await refresh(session);
    assert.deepEqual(
      [...new Set(stage.ear.of('snapshot').map(({ account }) => account))],
      [keyOf('DU1000002')],
    );
  });

  it('refuses accounts of the other kind, and those it does not find', async () => {
    for (const options of [{ tradingMode: 'live' }, { accounts: ['9999'] }] as const) {
      stage = await flexStage({ options });
      await assert.rejects(
        stage.clock.drive(stage.broker.open(stage.ear, stage.signal)),
        (error) => error instanceof ConfigError && error.code === 'accounts' && !error.retrySlowly,
      );
      assert.deepEqual(stage.ear.updates, []);
      await stage.flex.close();
    }
  });

  it('names no account by its number', async () => {
    const session = await open({
      faults: ['no-positions-section'],
      options: { accounts: ['DU1000001', 'DU9999999'] },
    });
    await refresh(session);
    const told = JSON.stringify(stage.ear.updates);
    for (const number of [...stage.flex.accounts.map(({ account }) => account), 'DU9999999'])
      assert.ok(!told.includes(number));
  });

  it('ends at once when it is closed, wherever it is, and leaves no timer', async () => {
    const session = await open();
    stage.clock.advance(7 * HOUR_MS);
    for (const fault of ['slow', 'code=1019']) {
      stage.flex.clearFaults();
      stage.flex.fault(fault);
    }
    const refreshed = session.refresh(EVERYTHING);
    const settled = assert.rejects(refreshed, ConnectionLost);
    while (stage.clock.pending === 0) await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([session.close(), session.close()]);
    await settled;
    assert.equal(stage.clock.pending, 0);
    await assert.rejects(session.refresh(EVERYTHING), ConnectionLost);
    assert.deepEqual(stage.ear.ends, []);
  });

  it('gives up opening at once: before it, during an exchange, and during a wait', async () => {
    for (const fault of ['before', 'slow', 'code=1019']) {
      stage = await flexStage();
      if (fault === 'before') stage.abort();
      else stage.flex.fault(fault);
      const opening = assert.rejects(stage.broker.open(stage.ear, stage.signal), ConnectionLost);
      if (fault !== 'before') {
        const isThere = (): boolean =>
          fault === 'slow' ? stage.flex.inFlight > 0 : stage.clock.pending > 0 && !stage.clock.isExchanging;
        while (!isThere()) await new Promise((resolve) => setImmediate(resolve));
      }
      stage.abort();
      await opening;
      assert.equal(stage.clock.pending, 0);
      if (fault === 'before') assert.equal(requests(), 0);
      await stage.flex.close();
    }
  });

  it('follows a redirect within the service, and paces that request as well', async () => {
    stage = await flexStage();
    const { flex } = stage;
    const query = `t=${flex.token}&q=${flex.queryId}&v=3`;
    flex.fault('redirect', `${flex.url}/SendRequest?${query}*1`);
    await stage.clock.drive(stage.broker.open(stage.ear, stage.signal));
    const times = flex.requests.map(({ at }) => at);
    assert.equal(times.length, 3);
    assert.ok((times[1] ?? 0) - (times[0] ?? 0) >= 1_100);
    flex.fault('redirect', `${flex.url}/SendRequest?${query}`);
    await assert.rejects(stage.clock.drive(stage.broker.open(stage.ear, stage.signal)), ProtocolError);
  });
});

describe('the entries of a Flex connection', () => {
  const token = marked('Flex token', '330022114455667788990011');
  const sound: FlexOptions = {
    flexUrl: '',
    flexToken: token,
    flexQueryId: '123',
    accounts: [],
    tradingMode: 'any',
  };
  const brokerOf = (given: Partial<FlexOptions>, clock: FlexStage['clock']) =>
    createFlexBroker(
      { ...sound, ...given },
      { clock, chance: () => 0.5, accountKey: () => 'key', pace: flexPaces(clock)('other') },
    );

  it('name IBKR where nothing else is entered', async () => {
    const { clock, flex } = await flexStage();
    await flex.close();
    assert.equal(brokerOf({}, clock).address, 'ndcdyn.interactivebrokers.com');
    assert.equal(brokerOf({ flexUrl: ' ' }, clock).address, 'ndcdyn.interactivebrokers.com');
  });

  for (const [what, given, words] of [
    ['no token', { flexToken: ' ' }, /token .* is missing/],
    ['no query', { flexQueryId: '' }, /id of the Flex query/],
    ['a query by its name', { flexQueryId: 'daily' }, /id of the Flex query/],
    ['no address', { flexUrl: 'interactivebrokers' }, /not one/],
    ['plain http to the world', { flexUrl: 'http://example.com/x' }, /unencrypted/],
    [
      'plain http to a name that looks like this machine',
      { flexUrl: 'http://127.0.0.1.example.com/x' },
      /unencrypted/,
    ],
    ['another scheme', { flexUrl: 'ftp://127.0.0.1/x' }, /unencrypted/],
    [
      'an address with the token in it',
      { flexUrl: `https://example.com/SendRequest?t=${token}` },
      /more than an address/,
    ],
    ['an address with a password', { flexUrl: `https://${token}@example.com/x` }, /more than an address/],
  ] as const)
    it(`are refused with words and without a request: ${what}`, async () => {
      const { clock, flex } = await flexStage();
      await flex.close();
      const broker = brokerOf(given, clock);
      assert.ok(!broker.address.includes(token));
      await assert.rejects(broker.open(new Ear(), new AbortController().signal), (error) => {
        assert.ok(error instanceof ConfigError && !error.retrySlowly);
        assert.match(error.message, words);
        assert.ok(!everyWordOf(error).includes(token), 'the token is in the error');
        return true;
      });
    });
});
