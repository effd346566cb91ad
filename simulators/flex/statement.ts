import type { Instrument } from '../market/instrument.js';
import type { LedgerAccount, LedgerExecution, LedgerPosition } from '../market/ledger.js';
import { flexTime } from './days.js';
import { element, type Attributes } from './xml.js';

/** How a statement is to differ from a sound one. */
export interface StatementFlaws {
  readonly noPositionsSection: boolean;
  readonly emptyPositions: boolean;
  /** Commas between the thousands of decimals. */
  readonly thousands: boolean;
}

export interface StatementInput {
  readonly accounts: readonly LedgerAccount[];
  readonly reportDate: string;
  /** ms since epoch */
  readonly at: number;
  readonly instrument: (conId: number) => Instrument;
  readonly flaws: StatementFlaws;
}

/** An Activity query in XML with the sections that the product asks for, one statement for each account. */
export const statementXml = (input: StatementInput): string => {
  const statements = input.accounts.map((account) => new AccountStatement(account, input).xml());
  return element('FlexQueryResponse', { queryName: 'Node-RED', type: 'AF' }, [
    element('FlexStatements', { count: statements.length }, statements),
  ]);
};

class AccountStatement {
  readonly #account: LedgerAccount;
  readonly #input: StatementInput;

  constructor(account: LedgerAccount, input: StatementInput) {
    this.#account = account;
    this.#input = input;
  }

  xml(): string {
    const { at, flaws, reportDate } = this.#input;
    const { account, baseCurrency } = this.#account;
    const attributes = {
      accountId: account,
      fromDate: reportDate,
      toDate: reportDate,
      period: 'LastBusinessDay',
      whenGenerated: flexTime(at),
    };
    return element('FlexStatement', attributes, [
      element('AccountInformation', {
        accountId: account,
        acctAlias: null,
        currency: baseCurrency,
        accountType: 'Individual',
        customerType: 'Individual',
      }),
      element('EquitySummaryInBase', {}, [this.#equity()]),
      element('CashReport', {}, this.#cash()),
      ...(flaws.noPositionsSection ? [] : [element('OpenPositions', {}, this.#positions())]),
      element(
        'Trades',
        {},
        this.#account.executions.flatMap((execution) => this.#trades(execution)),
      ),
    ]);
  }

  #equity(): string {
    const { balances, baseCurrency } = this.#account;
    return element('EquitySummaryByReportDateInBase', {
      ...this.#owner(baseCurrency),
      reportDate: this.#input.reportDate,
      cash: this.#decimal(balances.totalCash),
      stock: this.#decimal(this.#inBase(({ stockValue }) => stockValue)),
      options: this.#decimal(this.#inBase(({ optionValue }) => optionValue)),
      bonds: '0',
      funds: '0',
      dividendAccruals: '0',
      interestAccruals: this.#decimal(balances.accruedInterest),
      total: this.#decimal(balances.netLiquidation),
    });
  }

  #cash(): readonly string[] {
    const { balances } = this.#account;
    const row = (currency: string, cash: number, settled: number | null): string =>
      element('CashReportCurrency', {
        ...this.#owner(currency),
        fromDate: this.#input.reportDate,
        toDate: this.#input.reportDate,
        levelOfDetail: currency === 'BASE_SUMMARY' ? 'BaseCurrency' : 'Currency',
        endingCash: this.#decimal(cash),
        endingSettledCash: settled === null ? null : this.#decimal(settled),
      });
    return [
      row('BASE_SUMMARY', balances.totalCash, balances.settledCash),
      ...balances.ledger.map(({ cash, currency }) => row(currency, cash, cash)),
    ];
  }

  /** Balances of currencies have a section of their own in a statement and are no open positions. */
  #positions(): readonly string[] {
    if (this.#input.flaws.emptyPositions) return [];
    return this.#account.positions
      .filter(({ secType }) => secType !== 'CASH')
      .flatMap((position) => [this.#position(position, 'SUMMARY'), this.#position(position, 'LOT')]);
  }

  #position(position: LedgerPosition, levelOfDetail: 'SUMMARY' | 'LOT'): string {
    const { averageCost, marketPrice, marketValue, multiplier, quantity, unrealizedPnl } = position;
    return element('OpenPosition', {
      ...this.#contract(position.conId),
      reportDate: this.#input.reportDate,
      position: this.#decimal(quantity),
      markPrice: this.#decimal(marketPrice),
      positionValue: this.#decimal(marketValue),
      costBasisPrice: this.#decimal(averageCost / multiplier),
      costBasisMoney: this.#decimal(Number((averageCost * quantity).toFixed(2))),
      fifoPnlUnrealized: this.#decimal(unrealizedPnl),
      side: quantity < 0 ? 'Short' : 'Long',
      levelOfDetail,
    });
  }

  /** An order's row repeats what its executions say. */
  #trades(execution: LedgerExecution): readonly string[] {
    const { commission, conId, price, quantity, realizedPnl, side } = execution;
    const common = {
      ...this.#contract(conId),
      exchange: venueOf(this.#input.instrument(conId)),
      dateTime: flexTime(Date.parse(execution.time)),
      transactionType: 'ExchTrade',
      buySell: side,
      quantity: this.#decimal(side === 'SELL' ? -quantity : quantity),
      tradePrice: this.#decimal(price),
      ibCommission: this.#decimal(-commission),
      ibCommissionCurrency: execution.commissionCurrency,
      openCloseIndicator: realizedPnl === null ? 'O' : 'C',
      fifoPnlRealized: this.#decimal(realizedPnl ?? 0),
    };
    return [
      element('Trade', { ...common, ibExecID: execution.execId, levelOfDetail: 'EXECUTION' }),
      element('Order', { ...common, ibExecID: null, levelOfDetail: 'ORDER' }),
    ];
  }

  #contract(conId: number): Attributes {
    const instrument = this.#input.instrument(conId);
    const { currency, exchange, expiry, localSymbol, multiplier, right, secType, strike, symbol } =
      instrument;
    return {
      ...this.#owner(currency),
      fxRateToBase:
        this.#account.balances.ledger.find((row) => row.currency === currency)?.exchangeRate ?? null,
      assetCategory: secType,
      symbol: localSymbol,
      description: localSymbol,
      conid: conId,
      underlyingSymbol: secType === 'STK' || secType === 'CASH' ? null : symbol,
      listingExchange: exchange,
      multiplier,
      strike,
      expiry,
      putCall: right,
    };
  }

  #owner(currency: string): Attributes {
    return { accountId: this.#account.account, acctAlias: null, currency };
  }

  #inBase(value: (row: LedgerAccount['balances']['ledger'][number]) => number): number {
    const sum = this.#account.balances.ledger.reduce((all, row) => all + value(row) * row.exchangeRate, 0);
    return Number(sum.toFixed(2));
  }

  #decimal(value: number): string {
    const text = String(value);
    if (!this.#input.flaws.thousands || text.includes('e')) return text;
    const [whole = '', fraction] = text.split('.');
    const grouped = whole.replaceAll(/(?<=\d)(?=(\d{3})+$)/g, ',');
    return fraction === undefined ? grouped : `${grouped}.${fraction}`;
  }
}

/** Where a fill happened; NASDAQ's book has a name of its own. */
const venueOf = ({ exchange }: Instrument): string =>
  exchange === 'NASDAQ' ? 'ISLAND' : exchange === '' ? 'CME' : exchange;
