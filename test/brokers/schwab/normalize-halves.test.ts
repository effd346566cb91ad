import assert from 'node:assert/strict';
import { readAccounts } from '../../../src/brokers/schwab/normalize/accounts.js';
import { readOrders } from '../../../src/brokers/schwab/normalize/orders.js';
import { readTransactions } from '../../../src/brokers/schwab/normalize/transactions.js';
import { netTransfers } from '../../../src/brokers/schwab/normalize/transfers.js';
import {
  filledOrderRow,
  fillActivity,
  marginAccount,
  marginBalances,
  moneyRow,
  shortPutRow,
  stockRow,
  type Row,
} from '../../support/schwab-payloads.js';

// Payloads are invented in the form of public answers: what is half read must not look whole.
function read(positions: readonly Row[], current: Row = marginBalances()) {
  const [account] = readAccounts(marginAccount({ positions, currentBalances: current }), () => 0).accounts;
  assert.ok(account);
  return {
    positions: account.positions,
    balances: account.balances,
    codes: account.issues.map(({ code }) => code),
  };
}

describe('what Schwab says by halves', () => {
  it('is one position when the same thing is held long and short in two rows', () => {
    const long = stockRow({ longQuantity: 10, marketValue: 210, longOpenProfitLoss: 10 });
    const short = stockRow({
      longQuantity: 0,
      shortQuantity: 4,
      marketValue: -84,
      longOpenProfitLoss: null,
      shortOpenProfitLoss: -3,
    });
    for (const rows of [
      [long, short],
      [short, long],
    ]) {
      const [position, ...others] = read(rows).positions ?? [];
      assert.equal(others.length, 0);
      assert.deepEqual(
        [position?.quantity, position?.marketValue, position?.unrealizedPnl, position?.averagePrice],
        [6, 126, 7, null],
      );
    }
  });

  it('is one position when one row has both sides', () => {
    const row = stockRow({
      longQuantity: 10,
      shortQuantity: 4,
      longOpenProfitLoss: 100,
      shortOpenProfitLoss: -7,
    });
    const [position] = read([row, shortPutRow()]).positions ?? [];
    assert.deepEqual([position?.quantity, position?.unrealizedPnl, position?.averagePrice], [6, 93, null]);
  });

  it('stays two when a row is repeated, so that the whole image is refused', () => {
    assert.deepEqual(
      read([stockRow(), stockRow()]).positions?.map(({ key }) => key),
      ['equity-abc', 'equity-abc'],
    );
  });

  it('is no portfolio when only the money fund is left of it', () => {
    const fund = stockRow({ instrument: { assetType: 'CASH_EQUIVALENT', symbol: 'SIMXX' } });
    const { codes, positions } = read([fund]);
    assert.equal(positions, null);
    assert.ok(codes.includes('SUSPECT_EMPTY'));
  });

  it('is no position at all when a quantity cannot be read beside one that can', () => {
    for (const longQuantity of ['many', {}, true, '0x10'])
      assert.equal(read([stockRow({ longQuantity, shortQuantity: 5 })]).positions, null);
  });

  it('is no comfortable cushion when the account is worth less than nothing', () => {
    const current = marginBalances({ equity: -50, maintenanceRequirement: 100, liquidationValue: -50 });
    const { cushion, leverage } = read([stockRow()], current).balances;
    assert.deepEqual([cushion, leverage], [null, null]);
  });

  it('calls a fund that an order names a stock by the same key', () => {
    const keyOf = (assetType: string) =>
      read([stockRow({ instrument: { assetType, symbol: 'VOO' } })]).positions?.[0]?.key;
    assert.equal(keyOf('COLLECTIVE_INVESTMENT'), keyOf('EQUITY'));
  });

  it('leaves what moved today unknown while a transfer is not booked', () => {
    const transfers = (status: string) =>
      netTransfers(readTransactions([moneyRow('ACH_RECEIPT', 500, { status })]).activities);
    assert.deepEqual([transfers('VALID'), transfers('PENDING'), transfers('UNKNOWN')], [500, null, null]);
  });

  it('says a kind of execution that it does not know, and books nothing of it', () => {
    const activity = fillActivity([{ quantity: 3, price: 20 }], { executionType: 'PARTIAL_FILL' });
    const { byAccount, issues } = readOrders([filledOrderRow({ orderActivityCollection: [activity] })]);
    assert.deepEqual(
      issues.map(({ code }) => code),
      ['UNKNOWN_ENUM'],
    );
    assert.deepEqual(
      [...byAccount.values()].flatMap(({ executions }) => executions),
      [],
    );
  });
});
