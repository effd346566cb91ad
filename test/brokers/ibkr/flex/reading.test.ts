import assert from 'node:assert/strict';
import { readAnswer } from '../../../../src/brokers/ibkr/flex/answer.js';
import { closeOf, flexDate, lastBusinessDay, wireTime } from '../../../../src/brokers/ibkr/flex/dates.js';
import { mayFollow } from '../../../../src/brokers/ibkr/flex/exchange.js';
import { isDue } from '../../../../src/brokers/ibkr/flex/is-due.js';
import { figuresOf, type FlexFigures } from '../../../../src/brokers/ibkr/flex/normalize/figures.js';
import { latestOfEach } from '../../../../src/brokers/ibkr/flex/statement.js';
import { ConfigError, ConnectionLost, ProtocolError } from '../../../../src/errors.js';

const HOUR_MS = 3_600_000;

// Attributes as in the reference of the Activity Flex Query and the samples of ibflex (tests/test_types.py).
const EQUITY =
  '<EquitySummaryInBase><EquitySummaryByReportDateInBase accountId="U1234567" currency="EUR" reportDate="20261120" cash="1" total="2"/>' +
  '<EquitySummaryByReportDateInBase accountId="U1234567" currency="EUR" reportDate="20261123" cash="1,000.5" stock="2,345.67" interestAccruals="-0.25" dividendAccruals="3" total="3,348.92"/></EquitySummaryInBase>';
const POSITION =
  'accountId="U1234567" currency="USD" fxRateToBase="0.9" assetCategory="STK" symbol="IBM" conid="8314" listingExchange="NYSE" multiplier="1" reportDate="20261123" position="10" markPrice="220.5" positionValue="2205" costBasisPrice="200.1" costBasisMoney="2001" fifoPnlUnrealized="204" side="Long" levelOfDetail="SUMMARY"';

function statement(sections: string, attributes = 'toDate="20261123"'): string {
  return `<FlexQueryResponse queryName="x" type="AF"><FlexStatements count="1"><FlexStatement accountId="U1234567" ${attributes}>${sections}</FlexStatement></FlexStatements></FlexQueryResponse>`;
}

function figures(text: string): FlexFigures {
  const answer = readAnswer(text, { ask: 'GetStatement' });
  assert.ok(answer.kind === 'statements');
  const [first] = latestOfEach(answer.statements).values();
  assert.ok(first);
  return figuresOf(first);
}

function positionsOf(rows: string) {
  return figures(statement(`${EQUITY}<OpenPositions>${rows}</OpenPositions>`)).positions;
}

describe('an answer of the Flex Web Service', () => {
  it('is a reference with all its digits', () => {
    assert.deepEqual(
      readAnswer(
        '<FlexStatementResponse timestamp="x"><Status>Success</Status><ReferenceCode>901234567890123</ReferenceCode><Url>https://evil.example/</Url></FlexStatementResponse>',
        { ask: 'SendRequest' },
      ),
      { kind: 'reference', reference: '901234567890123' },
    );
  });

  it('is its code, whatever its status is called', () => {
    for (const status of ['Warn', 'Fail', 'Success', ''])
      assert.deepEqual(
        readAnswer(
          `<FlexStatementResponse><Status>${status}</Status><ErrorCode>1019</ErrorCode><ErrorMessage>x</ErrorMessage></FlexStatementResponse>`,
          { ask: 'GetStatement' },
        ),
        { kind: 'code', code: '1019' },
      );
  });

  it('is a query in another format only where a table came, and an outage where a sentence came', () => {
    const sorry = 'We are sorry, our services are temporarily unavailable';
    assert.throws(() => readAnswer(sorry, { ask: 'GetStatement' }), ConnectionLost);
    assert.throws(() => readAnswer('', { ask: 'GetStatement' }), ConnectionLost);
    for (const table of ['"ClientAccountID","Total"\n', 'BOF,U1234567,x,y\n', 'a|b|c|d|e\n']) {
      assert.throws(() => readAnswer(table, { ask: 'GetStatement' }), ConfigError);
      assert.throws(() => readAnswer(table, { ask: 'SendRequest' }), ConnectionLost);
    }
  });

  it('is no statement when it is another document, or has neither code nor reference', () => {
    for (const text of [
      '<rss/>',
      '<FlexStatementResponse/>',
      '<FlexStatementResponse><Status>Success</Status></FlexStatementResponse>',
    ])
      assert.throws(() => readAnswer(text, { ask: 'GetStatement' }), ProtocolError);
  });

  it('is a query of the wrong kind where it confirms trades', () => {
    assert.throws(() => figures(statement(EQUITY).replace('type="AF"', 'type="TCF"')), ConfigError);
  });
});

describe('a Flex statement', () => {
  it('counts by its last day', () => {
    const { balances, currency, reportDate } = figures(statement(EQUITY));
    assert.ok(balances.kind === 'known');
    assert.deepEqual(
      [currency, reportDate, balances.value.netLiquidation, balances.value.totalCash],
      ['EUR', '20261123', 3348.92, 1000.5],
    );
    assert.equal(balances.value.accruedInterest, -0.25);
    assert.equal(balances.value.settledCash, null);
  });

  it('broken out by day is one of its last day, with the fills of all', () => {
    const trade = (id: string): string =>
      `<Trades><Trade assetCategory="STK" symbol="IBM" conid="8314" ibExecID="${id}" buySell="BUY" quantity="1" tradePrice="2" levelOfDetail="EXECUTION"/></Trades>`;
    const one = (date: string, total: number, id: string): string =>
      `<FlexStatement accountId="U1234567" toDate="${date}"><EquitySummaryInBase><EquitySummaryByReportDateInBase reportDate="${date}" cash="0" total="${total}"/></EquitySummaryInBase>${trade(id)}</FlexStatement>`;
    const { balances, executions } = figures(
      `<FlexQueryResponse><FlexStatements count="2">${one('20261123', 2, 'b.01')}${one('20261120', 1, 'a.01')}</FlexStatements></FlexQueryResponse>`,
    );
    assert.equal(balances.kind === 'known' ? balances.value.netLiquidation : null, 2);
    assert.deepEqual(executions?.value.map(({ executionId }) => executionId).toSorted(), ['a', 'b']);
  });

  it('values positions in the base currency', () => {
    const positions = positionsOf(`<OpenPosition ${POSITION}/>`);
    assert.ok(positions.kind === 'known');
    assert.equal(positions.asOf, Date.parse('2026-11-23T21:00:00Z'));
    const [position] = positions.value;
    assert.deepEqual(
      [
        position?.key,
        position?.marketValue,
        position?.marketValueBase,
        position?.costBasis,
        position?.averagePrice,
      ],
      ['8314', 2205, 1984.5, 2001, 200.1],
    );
  });

  it('has positions that are sums, and not the lots of these', () => {
    const lot = POSITION.replace('SUMMARY', 'LOT');
    const positions = positionsOf(`<OpenPosition ${POSITION}/><OpenPosition ${lot}/><OpenPosition ${lot}/>`);
    assert.equal(positions.kind === 'known' ? positions.value.length : 0, 1);
    const lots = positionsOf(`<OpenPosition ${lot}/>`);
    assert.match(lots.kind === 'unusable' ? lots.issue.message : '', /tick Summary/);
  });

  for (const [what, from, to, words] of [
    ['no conid', 'conid="8314"', '', /tick Conid/],
    ['no asset class', 'assetCategory="STK"', '', /tick Asset Class/],
    ['no quantity', 'position="10"', '', /tick Quantity/],
    ['a quantity that is none', 'position="10"', 'position="ten"', /no number/],
    ['two directions', 'side="Long"', 'side="Short"', /long by one word/],
  ] as const)
    it(`is not used for positions when one has ${what}`, () => {
      const positions = positionsOf(
        `<OpenPosition ${POSITION}/><OpenPosition ${POSITION.replace(from, to)}/>`,
      );
      assert.ok(positions.kind === 'unusable');
      assert.equal(positions.issue.code, 'BAD_RESPONSE');
      assert.match(positions.issue.message, words);
    });

  it('has no value where IBKR sent none that is a number, and says so', () => {
    const positions = positionsOf(
      `<OpenPosition ${POSITION.replace('positionValue="2205"', 'positionValue="abc"')}/>`,
    );
    assert.ok(positions.kind === 'known');
    const [position] = positions.value;
    assert.deepEqual(
      [position?.marketValue, position?.marketValueBase, position?.portfolioPercent],
      [null, null, null],
    );
    assert.deepEqual(
      positions.issues.map(({ code, message }) => [code, /positionValue/.test(message)]),
      [['BAD_NUMBER', true]],
    );
  });

  it('leaves unknown what a query does not name', () => {
    const bare = 'conid="8314" assetCategory="STK" position="-5"';
    const positions = positionsOf(`<OpenPosition ${bare}/>`);
    assert.ok(positions.kind === 'known');
    const [position] = positions.value;
    assert.ok(position);
    const { cashEquivalent, instrument, key, quantity, ...rest } = position;
    assert.deepEqual([key, quantity, instrument.symbol, cashEquivalent], ['8314', -5, '8314', false]);
    assert.deepEqual([...new Set(Object.values(rest))], [null]);
  });

  it('is not believed to be empty where long and short cancel out, or where nothing says what all is worth', () => {
    const equity = (words: string): string =>
      `<EquitySummaryInBase><EquitySummaryByReportDateInBase reportDate="20261123" ${words}/></EquitySummaryInBase><OpenPositions/>`;
    for (const sections of [
      equity('cash="100" stock="50" options="-50" total="100"'),
      equity('total="100"'),
      '<OpenPositions/>',
    ]) {
      const { positions } = figures(statement(sections));
      assert.equal(positions.kind === 'unusable' ? positions.issue.code : null, 'SUSPECT_EMPTY');
    }
    const { positions } = figures(
      statement(equity('cash="100" interestAccruals="0.4" dividendAccruals="20" total="120.4"')),
    );
    assert.deepEqual(positions.kind === 'known' ? positions.value : null, []);
  });

  it('without net asset value has no balances, and says what to tick', () => {
    const { balances } = figures(statement(`<OpenPositions><OpenPosition ${POSITION}/></OpenPositions>`));
    assert.match(balances.kind === 'unusable' ? balances.issue.message : '', /Net Asset Value/);
    const total = figures(statement(EQUITY.replaceAll('total=', 'x=')));
    assert.match(total.balances.kind === 'unusable' ? total.balances.issue.message : '', /tick Total/);
  });

  it('says when it does not say of which day it is', () => {
    const european = figures(
      statement(EQUITY.replaceAll(/reportDate="\d{4}(\d\d)(\d\d)"/g, 'reportDate="$2/$1/2026"'), ''),
    );
    assert.ok(european.balances.kind === 'known');
    assert.equal(european.balances.asOf, null);
    assert.match(european.balances.issues.map(({ message }) => message).join(), /yyyyMMdd/);
  });

  it('has fills with what was paid, in the time of New York or of the zone that it names', () => {
    const trade = (words: string): string =>
      `<Trade assetCategory="OPT" symbol="AAPL  270115C00250000" conid="5" multiplier="100" currency="USD" expiry="2027-01-15" strike="250" putCall="C" tradePrice="1.5" ibCommissionCurrency="USD" ${words}/>`;
    const sections = `<Trades>${[
      trade(
        'ibExecID="0001.0a.02" buySell="SELL" quantity="-2" ibCommission="-1.05" fifoPnlRealized="33" openCloseIndicator="C" dateTime="20261123;101530" levelOfDetail="EXECUTION"',
      ),
      trade(
        'ibExecID="0002.0a.01" buySell="BUY" quantity="2" ibCommission="0.1" fifoPnlRealized="0" openCloseIndicator="O" dateTime="2026-11-23, 10:15:30 PST" levelOfDetail="EXECUTION"',
      ),
      trade('ibExecID="" buySell="BUY" quantity="2" levelOfDetail="ORDER"'),
      trade('ibExecID="" transactionType="BookTrade" buySell="SELL" quantity="-1" levelOfDetail="EXECUTION"'),
      trade('ibExecID="0003.0a.01" buySell="BUY (Ca.)" quantity="2" levelOfDetail="EXECUTION"'),
    ].join('')}</Trades>`;
    const { executions } = figures(statement(EQUITY + sections));
    assert.deepEqual(
      executions?.value.map(({ instrument, ...execution }) => ({
        ...execution,
        occ: instrument.occSymbol,
        underlying: instrument.underlying,
        expiry: instrument.expiry,
      })),
      [
        {
          executionId: '0001.0a',
          revision: 2,
          correctionOf: '0001.0a.01',
          orderId: null,
          permId: null,
          legId: null,
          side: 'sell',
          quantity: 2,
          price: 1.5,
          commission: 1.05,
          commissionCurrency: 'USD',
          realizedPnl: 33,
          liquidity: null,
          executedAt: '2026-11-23T15:15:30.000Z',
          occ: 'AAPL  270115C00250000',
          underlying: 'AAPL',
          expiry: '2027-01-15',
        },
        {
          executionId: '0002.0a',
          revision: 1,
          correctionOf: null,
          orderId: null,
          permId: null,
          legId: null,
          side: 'buy',
          quantity: 2,
          price: 1.5,
          commission: -0.1,
          commissionCurrency: 'USD',
          realizedPnl: null,
          liquidity: null,
          executedAt: '2026-11-23T18:15:30.000Z',
          occ: 'AAPL  270115C00250000',
          underlying: 'AAPL',
          expiry: '2027-01-15',
        },
      ],
    );
  });

  it('says with the balances when it can have no fills', () => {
    const withoutIds = `<Trades><Trade conid="5" buySell="BUY" quantity="2" levelOfDetail="EXECUTION"/></Trades>`;
    for (const [sections, words] of [
      [EQUITY, /section Trades, option Execution/],
      [EQUITY + withoutIds, /IB Execution ID/],
    ] as const) {
      const { balances, executions } = figures(statement(sections));
      assert.equal(executions, null);
      assert.ok(balances.kind === 'known');
      assert.match(balances.issues.map(({ message }) => message).join(), words);
    }
    assert.deepEqual(figures(statement(`${EQUITY}<Trades/>`)).executions?.value, []);
  });
});

describe('the days of Flex statements', () => {
  for (const [text, date] of [
    ['20261124', '20261124'],
    ['2026-11-24', '20261124'],
    ['20261124;101530', '20261124'],
    ['2026-1124', null],
    ['20260230', null],
    ['11/24/2026', null],
    ['202611241', null],
    ['', null],
    [null, null],
  ] as const)
    it(`${text} is ${date ?? 'none'}`, () => assert.equal(flexDate(text), date));

  it('end at 16:00 in New York on both sides of the changes of the clocks', () => {
    for (const [date, iso] of [
      ['20260306', '2026-03-06T21:00:00Z'],
      ['20260309', '2026-03-09T20:00:00Z'],
      ['20261030', '2026-10-30T20:00:00Z'],
      ['20261102', '2026-11-02T21:00:00Z'],
    ] as const)
      assert.equal(closeOf(date), Date.parse(iso));
    assert.equal(closeOf('soon'), null);
  });

  it('have times in the form of TWS', () => {
    assert.equal(wireTime('20261124;101530'), '20261124 10:15:30');
    assert.equal(wireTime('2026-11-24;10:15:30 EST'), '20261124 10:15:30 EST');
    assert.equal(wireTime('20261124'), null);
    assert.equal(wireTime('soon'), null);
  });

  it('are followed by the next business day of New York', () => {
    for (const [at, day] of [
      ['2026-11-24T15:00:00Z', '20261123'],
      // Still Monday evening in New York.
      ['2026-11-24T04:59:00Z', '20261120'],
      ['2026-11-23T15:00:00Z', '20261120'],
      ['2026-11-22T15:00:00Z', '20261120'],
      // After Thanksgiving.
      ['2026-11-27T15:00:00Z', '20261125'],
    ] as const)
      assert.equal(lastBusinessDay(Date.parse(at)), day);
  });

  it('say when a newer statement can be there', () => {
    const at = Date.parse('2026-11-24T15:00:00Z');
    const due = (ageMs: number, reportDate: string | null): boolean => isDue({ ageMs, reportDate, at });
    assert.equal(due(HOUR_MS - 1, '20261120'), false);
    assert.equal(due(HOUR_MS, '20261120'), true);
    assert.equal(due(HOUR_MS, null), true);
    assert.equal(due(6 * HOUR_MS - 1, '20261123'), false);
    assert.equal(due(6 * HOUR_MS, '20261123'), true);
  });
});

describe('a redirect of the Flex Web Service', () => {
  const AT_IBKR = 'https://ndcdyn.interactivebrokers.com/x';
  for (const [from, to, follows] of [
    [AT_IBKR, 'https://gdcdyn.interactivebrokers.com/y', true],
    ['https://gdcdyn.interactivebrokers.com/y', AT_IBKR, true],
    [AT_IBKR, 'https://ndcdyn.interactivebrokers.com/z', true],
    [AT_IBKR, 'http://gdcdyn.interactivebrokers.com/y', false],
    [AT_IBKR, 'https://www.interactivebrokers.com/y', false],
    [AT_IBKR, 'https://gdcdyn.interactivebrokers.com.evil.example/y', false],
    [AT_IBKR, 'https://gdcdyn.interactivebrokers.com:8443/y', false],
    [AT_IBKR, 'https://me:you@gdcdyn.interactivebrokers.com/y', false],
    ['https://proxy.example/x', 'https://gdcdyn.interactivebrokers.com/y', false],
    ['http://127.0.0.1:1/x', 'http://127.0.0.1:2/x', false],
    ['http://127.0.0.1:1/x', 'http://127.0.0.1:1/y', true],
  ] as const)
    it(`from ${from} to ${to} is ${follows ? 'followed' : 'refused'}`, () =>
      assert.equal(mayFollow(new URL(from), new URL(to)), follows));

  it('to nowhere is refused', () => assert.equal(mayFollow(new URL(AT_IBKR), null), false));
});
