import assert from 'node:assert/strict';
import type { LedgerAccount } from '../../simulators/market/ledger.js';
import type { Row, Value } from './influxdb.js';

/** refId → what the store answers */
export type Answers = Readonly<Record<string, readonly Row[]>>;

/** What a store answers with, in one form. */
export interface Reading {
  /** The newest value of one answer; null = none. */
  readonly newest: (rows: readonly Row[], key: string) => Value;
  /** Of the answers of the table of positions, those of one column. */
  readonly column: (answers: Answers, key: string) => readonly Value[];
  readonly connected: Value;
  readonly live: Value;
}

/** Title of a panel without its currency → what it is named in the store and in the ledger. */
const FIGURES: Readonly<
  Record<string, readonly [string, Exclude<keyof LedgerAccount['balances'], 'ledger'>]>
> = {
  'Day P&L': ['day_pnl', 'dayPnl'],
  'Net liquidation now': ['net_liquidation', 'netLiquidation'],
  'Unrealized P&L': ['unrealized_pnl', 'unrealizedPnl'],
  'Realized P&L': ['realized_pnl', 'realizedPnl'],
  Cash: ['cash', 'totalCash'],
  'Buying power': ['buying_power', 'buyingPower'],
};

/** Title of a panel → holds its answers against the ledger. */
export function truthOf(ledger: LedgerAccount, { column, connected, live, newest }: Reading) {
  const { balances, orders, positions } = ledger;
  const only = (answers: Answers, key: string, refId = 'A'): Value => newest(answers[refId] ?? [], key);
  const figures = Object.entries(FIGURES).map(
    ([title, [key, truth]]) =>
      [title, (answers: Answers) => near(only(answers, key), Number(balances[truth]), title)] as const,
  );
  const open = orders.filter(({ status }) => status !== 'Filled' && status !== 'Cancelled');
  const truths: Readonly<Record<string, (answers: Answers) => void>> = {
    ...Object.fromEntries(figures),
    'Net liquidation of all chosen accounts': (answers) =>
      near(only(answers, 'last'), balances.netLiquidation),
    'Net liquidation': (answers) => near(only(answers, 'last', 'net_liquidation'), balances.netLiquidation),
    'Day and unrealized P&L': (answers) => {
      near(only(answers, 'last', 'day_pnl'), balances.dayPnl);
      near(only(answers, 'last', 'unrealized_pnl'), balances.unrealizedPnl);
    },
    'Margin cushion': (answers) => near(only(answers, 'margin_cushion_pct'), balances.cushion * 100),
    'Positions held': (answers) => near(only(answers, 'positions'), positions.length),
    'Open orders': (answers) => near(only(answers, 'open_orders'), open.length),
    'Connections to the brokers': (answers) => assert.equal(only(answers, 'last'), connected),
    'Connection to the broker': (answers) => assert.equal(only(answers, 'state'), connected),
    Figures: (answers) => assert.equal(only(answers, 'stale'), live),
    'Data age': (answers) => {
      const age = Number(only(answers, 'data_age_s'));
      assert.ok(age >= 0 && age < 300, `data age ${age}`);
    },
    Allocation: (answers) => {
      const shares = (answers['positions'] ?? []).map((row) => newest([row], 'portfolio_pct'));
      same(shares, sharesOf(ledger));
      near(only(answers, 'cash_pct', 'cash'), (balances.totalCash / balances.netLiquidation) * 100);
    },
    Positions: (answers) => {
      const expected: Readonly<Record<string, readonly number[]>> = {
        quantity: positions.map(({ quantity }) => quantity),
        avg_price: positions.map(({ averageCost, multiplier }) => averageCost / multiplier),
        price: positions.map(({ marketPrice }) => marketPrice),
        market_value: positions.map(({ marketValue }) => marketValue),
        day_pnl: positions.map(({ dailyPnl }) => dailyPnl),
        unrealized_pnl: positions.map(({ unrealizedPnl }) => unrealizedPnl),
        portfolio_pct: sharesOf(ledger),
      };
      for (const [key, values] of Object.entries(expected)) same(column(answers, key), values, key);
    },
  };
  return truths;
}

function sharesOf({ balances, positions }: LedgerAccount): readonly number[] {
  return positions.map(({ currency, marketValue }) => {
    const rate = balances.ledger.find((one) => one.currency === currency)?.exchangeRate ?? 1;
    return ((marketValue * rate) / balances.netLiquidation) * 100;
  });
}

/** The ledger has cents, and divides nothing. */
function near(actual: Value, expected: number, what = ''): void {
  const isNear =
    typeof actual === 'number' && Math.abs(actual - expected) <= 1e-6 * Math.max(1, Math.abs(expected));
  assert.ok(isNear, `${what} ${actual} is not ${expected}`);
}

function same(actual: readonly Value[], expected: readonly number[], what = ''): void {
  const inOrder = (values: readonly Value[]): readonly number[] =>
    values.map(Number).toSorted((a, b) => a - b);
  const [left, right] = [inOrder(actual), inOrder(expected)];
  assert.equal(left.length, right.length, `${what}: ${left.join(' ')} is not ${right.join(' ')}`);
  left.forEach((value, index) => near(value, right[index] ?? Number.NaN, what));
}
