import assert from 'node:assert/strict';
import type { Balances } from '../../../src/domain/balances.js';
import { readAccountNumbers } from '../../../src/brokers/schwab/normalize/account-numbers.js';
import { readAccounts, type SchwabAccountFigures } from '../../../src/brokers/schwab/normalize/accounts.js';
import {
  ACCOUNT_NUMBER,
  cashAccount,
  cashBalances,
  marginAccount,
  marginBalances,
  shortPutRow,
  stockRow,
  type Row,
} from '../../support/schwab-payloads.js';

function figures(answer: Row, transfers: number | null = 0): SchwabAccountFigures {
  const { accounts, issues } = readAccounts(answer, () => transfers);
  assert.deepEqual(issues, []);
  const [account] = accounts;
  assert.ok(account);
  return account;
}

const balancesOf = (answer: Row, transfers: number | null = 0): Balances =>
  figures(answer, transfers).balances;

const margin = (current: Row): Balances =>
  balancesOf(marginAccount({ currentBalances: marginBalances(current) }));
const cash = (current: Row): Balances => balancesOf(cashAccount({ currentBalances: cashBalances(current) }));

const codesOf = ({ issues }: SchwabAccountFigures): readonly string[] => issues.map(({ code }) => code);

describe('balances of a margin account at Schwab', () => {
  it('are what its current balances say, and nothing of the opening but what the account was worth', () => {
    assert.deepEqual(balancesOf(marginAccount()), {
      netLiquidation: 1420,
      previousNetLiquidation: 1400,
      // 500 − 40 borrowed + 1000 in the fund
      totalCash: 1460,
      settledCash: null,
      moneyMarket: 1000,
      accruedInterest: 0.25,
      buyingPower: 1400,
      availableFunds: 700,
      equityWithLoan: 1670,
      // 1670 − 670
      excessLiquidity: 1000,
      initialMargin: null,
      maintenanceMargin: 670,
      // 1000 / 1420
      cushion: 0.704225352113,
      // |210| + |−250|
      grossPositionValue: 460,
      // 460 / 1420
      leverage: 0.323943661972,
      dayPnl: 20,
      dayPnlSource: 'delta',
      // 10 + 50
      unrealizedPnl: 60,
      realizedPnl: null,
      isMarginCall: false,
      dayTradesRemaining: null,
      lookAhead: null,
      ledger: [{ currency: 'USD', cash: 1460, settledCash: null, netLiquidation: 1420, exchangeRate: 1 }],
    });
  });

  it('take the net liquidation of the account, not that of all accounts together', () => {
    assert.equal(balancesOf(marginAccount()).netLiquidation, 1420);
  });

  it('have a debit in their cash though the cash itself reads 0', () => {
    const debit = { cashBalance: 0, marginBalance: -1346.8, moneyMarketFund: 0, liquidationValue: -1386.8 };
    assert.equal(margin(debit).totalCash, -1346.8);
  });

  it('have no cash figure when the debit is missing, unless the parts add up to the cent without it', () => {
    assert.equal(margin({ marginBalance: null }).totalCash, null);
    assert.equal(margin({ marginBalance: null, liquidationValue: null }).totalCash, null);
    assert.equal(margin({ marginBalance: null, longMarketValue: null }).totalCash, null);
    assert.equal(margin({ marginBalance: null, liquidationValue: 1460 }).totalCash, 1500);
    // Half a thousandth of a million is 500 dollars: no tolerance to guess a debit of 40 away with.
    const large = { cashBalance: 1_000_500, liquidationValue: 1_001_420 };
    assert.equal(margin(large).totalCash, 1_001_460);
    assert.equal(margin({ ...large, marginBalance: null }).totalCash, null);
  });

  it('have no cash figure when the money fund is missing, unless the parts add up to the cent without it', () => {
    assert.equal(margin({ moneyMarketFund: null }).totalCash, null);
    const without = margin({ moneyMarketFund: null, liquidationValue: 420 });
    assert.deepEqual([without.totalCash, without.moneyMarket], [460, null]);
  });

  it('have no cushion while nothing can be called: stock paid in full needs as much as it is worth', () => {
    const paid = { marginBalance: 0, shortOptionMarketValue: 0, equity: 1000, maintenanceRequirement: 999 };
    assert.equal(margin(paid).cushion, null);
    assert.notEqual(margin({ ...paid, marginBalance: -1 }).cushion, null);
    assert.notEqual(margin({ ...paid, shortMarketValue: -1 }).cushion, null);
  });

  it('have an excess below 0 when more is required than there is', () => {
    assert.equal(margin({ equity: 26_177.03, maintenanceRequirement: 26_158.31 }).excessLiquidity, 18.72);
    assert.equal(margin({ equity: 100, maintenanceRequirement: 170 }).excessLiquidity, -70);
  });

  it('are in a margin call when Schwab says so of now, and it is not known when only the morning is', () => {
    const called = (now: unknown, morning: unknown) =>
      balancesOf(
        marginAccount({
          projectedBalances: { isInCall: now },
          initialBalances: { liquidationValue: 1400, isInCall: morning },
        }),
      ).isMarginCall;
    assert.equal(called(true, false), true);
    assert.equal(called(false, true), false);
    assert.equal(called(1, false), true);
    assert.equal(called(0, true), false);
    assert.equal(called(null, false), null);
    assert.equal(called('no', false), null);
  });

  it('keep debts, deficits and noise apart: figures have cents, not the dust of binary fractions', () => {
    assert.equal(margin({ accruedInterest: -273.900000000001 }).accruedInterest, -273.9);
    assert.equal(margin({ equity: -1186.899999999999 }).equityWithLoan, -1186.9);
  });

  it('have no figure where a sum is beyond all numbers', () => {
    const huge = margin({ longMarketValue: 1.5e308, shortMarketValue: -1.5e308, cashBalance: 1.5e308 });
    assert.deepEqual([huge.grossPositionValue, huge.leverage], [null, null]);
    assert.equal(margin({ cashBalance: 1.7e308, moneyMarketFund: 1.7e308 }).totalCash, null);
    assert.equal(margin({ liquidationValue: Number.MAX_VALUE }).netLiquidation, null);
  });
});

describe('balances of a cash account at Schwab', () => {
  it('have no margin figures, and what can be traded for as buying power', () => {
    const told = balancesOf(cashAccount());
    assert.deepEqual(
      [told.buyingPower, told.availableFunds, told.totalCash, told.settledCash],
      [470, 470, 500, 470],
    );
    assert.deepEqual(
      [told.equityWithLoan, told.excessLiquidity, told.maintenanceMargin, told.cushion],
      [null, null, null, null],
    );
    assert.equal(told.isMarginCall, false);
  });

  it('have cash though no debit is named and though the parts of the answer do not add up', () => {
    assert.equal(cash({ liquidationValue: 5000 }).totalCash, 500);
    assert.equal(cash({ liquidationValue: null }).totalCash, 500);
  });

  it('have no settled cash when Schwab does not say what is not settled', () => {
    assert.deepEqual(
      [cash({ unsettledCash: null }).settledCash, cash({ unsettledCash: 0 }).settledCash],
      [null, 500],
    );
  });

  it('of an account of no known type do without what only the type can tell', () => {
    const told = balancesOf(
      cashAccount({ type: null, currentBalances: cashBalances({ liquidationValue: 9 }) }),
    );
    assert.deepEqual([told.totalCash, told.equityWithLoan], [null, null]);
  });
});

describe('the result of the day at Schwab', () => {
  it('is the change of net liquidation without what was brought in or taken out', () => {
    assert.equal(balancesOf(marginAccount(), 0).dayPnl, 20);
    assert.equal(balancesOf(marginAccount(), 100).dayPnl, -80);
    assert.equal(balancesOf(marginAccount(), -100).dayPnl, 120);
  });

  it('is not known when the transfers or one of both values are not', () => {
    const unknown = [
      balancesOf(marginAccount(), null),
      margin({ liquidationValue: null }),
      balancesOf(marginAccount({ initialBalances: { liquidationValue: null } })),
      balancesOf(marginAccount({ initialBalances: null })),
    ];
    for (const { dayPnl, dayPnlSource } of unknown) assert.deepEqual([dayPnl, dayPnlSource], [null, null]);
  });
});

describe('unrealized results at Schwab', () => {
  it('are not known for the account when they are not for one position', () => {
    const row = stockRow({ longOpenProfitLoss: null, averagePrice: null });
    assert.equal(balancesOf(marginAccount({ positions: [row, shortPutRow()] })).unrealizedPnl, null);
  });
});

describe('an answer with accounts', () => {
  it('is a list or one account, and names their numbers and types', () => {
    for (const answer of [marginAccount(), [marginAccount()]]) {
      const [account] = readAccounts(answer, () => 0).accounts;
      assert.deepEqual([account?.number, account?.type], [ACCOUNT_NUMBER, 'margin']);
    }
  });

  it('keeps the accounts that can be read, and says that another cannot', () => {
    for (const broken of [null, {}, 'x', { securitiesAccount: { accountNumber: ACCOUNT_NUMBER } }]) {
      const { accounts, issues } = readAccounts([broken, cashAccount()], () => 0);
      assert.deepEqual([accounts.length, issues.map(({ code }) => code)], [1, ['BAD_RESPONSE']]);
    }
  });

  it('asks for the transfers of each account by its number', () => {
    const asked: string[] = [];
    readAccounts([marginAccount({ accountNumber: '00000001' }), marginAccount()], (number) => {
      asked.push(number);
      return null;
    });
    assert.deepEqual(asked, ['00000001', ACCOUNT_NUMBER]);
  });

  it('is marked when net liquidation and its parts differ by more than a dollar', () => {
    assert.deepEqual(codesOf(figures(marginAccount())), []);
    const odd = marginAccount({ currentBalances: marginBalances({ liquidationValue: 1421.5 }) });
    assert.deepEqual(codesOf(figures(odd)), ['NAV_MISMATCH']);
  });
});

describe('the account numbers behind a login', () => {
  it('come with the hashes that stand for them', () => {
    assert.deepEqual(readAccountNumbers([{ accountNumber: '00123456', hashValue: 'AB' }]), [
      { number: '00123456', hash: 'AB' },
    ]);
  });

  it('are not known when one of them cannot be read: it would look closed', () => {
    const good = { accountNumber: '1', hashValue: 'A' };
    for (const answer of [null, {}, [good, { accountNumber: '2' }], [good, null]])
      assert.equal(readAccountNumbers(answer), null);
  });
});
