import assert from 'node:assert/strict';
import {
  createMarket,
  FLEX_FAULT_NAMES,
  startFlexSimulator,
  type FlexSimulator,
  type FlexSimulatorOptions,
} from '../../simulators/index.js';
import { OF_A_TEST } from '../support/recorder.js';

const TUESDAY = Date.parse('2026-11-24T15:00:00Z');

/** A client that shares no code with the product: fetch, and what the document says. */
describe('the simulated Flex Web Service', () => {
  let now: number;
  let flex: FlexSimulator;
  const start = async (options: FlexSimulatorOptions = {}): Promise<void> => {
    now = TUESDAY;
    const market = createMarket({ seed: 4, accounts: 2, schwabAccounts: 0, now: () => now });
    flex = await startFlexSimulator({ market, now: () => now, ...options });
  };
  beforeEach(async () => await start());
  afterEach(async () => await flex.close());

  const ask = async (
    question: string,
    query: Record<string, string>,
    headers: Record<string, string> = {},
  ) => {
    now += 6_100;
    return await fetch(`${flex.url}/${question}?${new URLSearchParams(query).toString()}`, {
      headers: { 'user-agent': 'Node.js/20', [OF_A_TEST]: 'yes', ...headers },
      redirect: 'manual',
    });
  };
  const begin = async (query: Record<string, string> = {}): Promise<string> =>
    await (await ask('SendRequest', { t: flex.token, q: flex.queryId, v: '3', ...query })).text();
  const get = async (q: string): Promise<string> =>
    await (await ask('GetStatement', { t: flex.token, q, v: '3' })).text();
  const word = (xml: string, name: string): string => new RegExp(`<${name}>([^<]*)<`).exec(xml)?.[1] ?? '';
  const statement = async (): Promise<string> => await get(word(await begin(), 'ReferenceCode'));
  const attributes = (xml: string, name: string): readonly Record<string, string>[] =>
    [...xml.matchAll(new RegExp(`<${name} ([^>]*)>`, 'g'))].map(([, words = '']) =>
      Object.fromEntries(
        [...words.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]),
      ),
    );

  it('gives a reference with 15 digits, and a statement for each account in its ledger', async () => {
    const begun = await begin();
    assert.equal(word(begun, 'Status'), 'Success');
    assert.match(word(begun, 'ReferenceCode'), /^\d{15}$/);
    const xml = await get(word(begun, 'ReferenceCode'));
    assert.equal(attributes(xml, 'FlexStatements')[0]?.['count'], '2');
    const totals = attributes(xml, 'EquitySummaryByReportDateInBase');
    assert.deepEqual(
      totals.map(({ cash, reportDate, total }) => [reportDate, Number(cash), Number(total)]),
      flex.market
        .ledger()
        .ibkr.accounts.map(({ balances }) => ['20261123', balances.totalCash, balances.netLiquidation]),
    );
  });

  it('repeats positions as lots and fills as orders, as IBKR does', async () => {
    const [account = ''] = flex.market.accounts;
    flex.market.closePosition(account, 265598);
    flex.endOfDay();
    const xml = await statement();
    const levels = (name: string): Record<string, number> => {
      const found: Record<string, number> = {};
      for (const { levelOfDetail = '' } of attributes(xml, name))
        found[levelOfDetail] = (found[levelOfDetail] ?? 0) + 1;
      return found;
    };
    const held = flex.accounts
      .flatMap(({ positions }) => positions)
      .filter(({ secType }) => secType !== 'CASH');
    assert.deepEqual(levels('OpenPosition'), { SUMMARY: held.length, LOT: held.length });
    assert.deepEqual([levels('Trade'), levels('Order')], [{ EXECUTION: 1 }, { ORDER: 1 }]);
    const [trade] = attributes(xml, 'Trade');
    assert.ok(Number(trade?.['ibCommission']) < 0 && Number(trade?.['quantity']) < 0);
    assert.match(trade?.['dateTime'] ?? '', /^20261124;\d{6}$/);
  });

  it('keeps the figures of a day until the end of the next one', async () => {
    const before = await statement();
    flex.market.depositCash(flex.market.accounts[0] ?? '', 1_000);
    const cash = (xml: string): string | undefined =>
      attributes(xml, 'EquitySummaryByReportDateInBase')[0]?.['cash'];
    assert.equal(cash(await statement()), cash(before));
    flex.endOfDay();
    assert.equal(flex.reportDate, '20261124');
    assert.notEqual(cash(await statement()), cash(before));
    flex.endOfDay('20261127');
    flex.endOfDay();
    assert.equal(flex.reportDate, '20261130');
  });

  it('takes its time when told to', async () => {
    await flex.close();
    await start({ makingMs: 10_000 });
    const reference = word(await begin(), 'ReferenceCode');
    const waiting = await get(reference);
    assert.deepEqual([word(waiting, 'Status'), word(waiting, 'ErrorCode')], ['Warn', '1019']);
    assert.match(await get(reference), /^<FlexQueryResponse/);
  });

  it('refuses what IBKR refuses', async () => {
    for (const [answer, code] of [
      [await begin({ t: '1' }), '1015'],
      [await begin({ q: '1' }), '1014'],
      [await begin({ v: '2' }), '1020'],
      [await get('123'), '1017'],
    ] as const)
      assert.equal(word(answer, 'ErrorCode'), code);
    const query = { t: flex.token, q: flex.queryId, v: '3' };
    assert.equal((await ask('SendRequest', query, { 'user-agent': 'something' })).status, 403);
    assert.equal((await ask('Other', query)).status, 404);
  });

  it('allows one request a second and ten a minute of a token', async () => {
    const code = async (waitMs: number, t = flex.token): Promise<string> => {
      now += waitMs - 6_100;
      return word(await begin({ t }), 'ErrorCode');
    };
    assert.equal(await code(6_100), '');
    assert.equal(await code(999), '1018');
    assert.equal(await code(0, 'another token'), '1015');
    now += 60_000;
    for (let i = 0; i < 10; i += 1) assert.equal(await code(1_000), '');
    assert.equal(await code(1_000), '1018');
    assert.equal(await code(60_000), '');
  });

  it('remembers every request', async () => {
    await begin();
    const [request] = flex.requests;
    assert.equal(request?.method, 'GET');
    assert.ok(request.path.includes(`q=${flex.queryId}`));
    assert.deepEqual(
      [request.headers['user-agent'], request.at, request.status, request.code],
      ['Node.js/20', now, 200, null],
    );
  });

  it('goes wrong as it is told to, as often as it is told to', async () => {
    flex.fault('code=1012*1');
    assert.equal(word(await begin(), 'ErrorCode'), '1012');
    assert.equal(word(await begin(), 'ErrorCode'), '');
    const fault = flex.fault('http', '503');
    assert.equal((await ask('SendRequest', {})).status, 503);
    fault.clear();
    flex.fault('redirect');
    assert.equal((await ask('SendRequest', {})).headers.get('location'), 'https://example.com/');
    flex.clearFaults();
    const sound = await statement();
    for (const [name, looksRight] of [
      ['csv', (text: string) => text.startsWith('"ClientAccountID"')],
      ['doctype', (text: string) => text.startsWith('<!DOCTYPE')],
      ['truncated', (text: string) => sound.startsWith(text.slice(0, 100)) && text.length < sound.length],
      ['no-positions-section', (text: string) => !text.includes('<OpenPositions')],
      [
        'empty-positions',
        (text: string) => text.includes('<OpenPositions') && !text.includes('<OpenPosition '),
      ],
      ['thousands', (text: string) => /total="\d{1,3},\d{3}/.test(text)],
      ['outage-page', (text: string) => text.startsWith('<!DOCTYPE html>')],
    ] as const) {
      flex.fault(`${name}@get`);
      assert.ok(looksRight(await statement()), name);
      flex.clearFaults();
    }
    assert.throws(() => flex.fault('nonsense'), RangeError);
    assert.ok(FLEX_FAULT_NAMES.includes('slow'));
  });

  it('closes with an answer under way, and twice', async () => {
    flex.fault('slow');
    const answer = assert.rejects(ask('SendRequest', {}));
    while (flex.inFlight === 0) await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([flex.close(), flex.close()]);
    await answer;
  });
});
