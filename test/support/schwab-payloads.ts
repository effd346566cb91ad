// Source: shapes of GET /accounts, /orders and /transactions in Schwab's Trader API document and in public answers of it; all figures are invented.

/** A JSON object as Schwab sends one. */
export type Row = Readonly<Record<string, unknown>>;

export const ACCOUNT_NUMBER = '91234567';

/** 10 shares of ABC bought at 20, now at 21. */
export function stockRow(given: Row = {}): Row {
  return {
    shortQuantity: 0,
    averagePrice: 20,
    currentDayProfitLoss: 5,
    longQuantity: 10,
    settledShortQuantity: 0,
    instrument: { assetType: 'EQUITY', cusip: '000000001', symbol: 'ABC', netChange: 0.5 },
    marketValue: 210,
    longOpenProfitLoss: 10,
    previousSessionLongQuantity: 10,
    currentDayCost: 0,
    ...given,
  };
}

/** Two puts on ABC sold at 1.50, now at 1.25. */
export function shortPutRow(given: Row = {}): Row {
  return {
    shortQuantity: 2,
    averagePrice: 1.5,
    currentDayProfitLoss: 20,
    longQuantity: 0,
    settledShortQuantity: -2,
    instrument: {
      assetType: 'OPTION',
      symbol: 'ABC   260619P00025000',
      description: 'ABC CORP 06/19/2026 $25 Put',
      type: 'VANILLA',
      putCall: 'PUT',
      underlyingSymbol: 'ABC',
      netChange: -0.1,
    },
    marketValue: -250,
    shortOpenProfitLoss: 50,
    previousSessionShortQuantity: 2,
    currentDayCost: 0,
    ...given,
  };
}

/** A margin account with a debit of 40: 210 in stock, −250 in short puts, 1000 in a money fund. */
export function marginBalances(given: Row = {}): Row {
  return {
    accruedInterest: 0.25,
    cashBalance: 500,
    liquidationValue: 1420,
    longMarketValue: 210,
    longOptionMarketValue: 0,
    shortMarketValue: 0,
    shortOptionMarketValue: -250,
    moneyMarketFund: 1000,
    marginBalance: -40,
    availableFunds: 700,
    buyingPower: 1400,
    equity: 1670,
    maintenanceRequirement: 670,
    ...given,
  };
}

/** A cash account: 210 in stock, 500 in cash, 30 of them not settled. */
export function cashBalances(given: Row = {}): Row {
  return {
    accruedInterest: 0,
    cashBalance: 500,
    liquidationValue: 710,
    longMarketValue: 210,
    longOptionMarketValue: 0,
    shortMarketValue: 0,
    shortOptionMarketValue: 0,
    moneyMarketFund: 0,
    cashAvailableForTrading: 470,
    unsettledCash: 30,
    ...given,
  };
}

export function marginAccount(given: Row = {}): Row {
  return {
    securitiesAccount: {
      type: 'MARGIN',
      accountNumber: ACCOUNT_NUMBER,
      positions: [stockRow(), shortPutRow()],
      currentBalances: marginBalances(),
      initialBalances: {
        liquidationValue: 1400,
        isInCall: false,
        mutualFundValue: 4066,
        bondValue: 16265.96,
      },
      projectedBalances: { isInCall: false },
      ...given,
    },
    aggregatedBalance: { currentLiquidationValue: 9999, liquidationValue: 9999 },
  };
}

export function cashAccount(given: Row = {}): Row {
  return marginAccount({
    type: 'CASH',
    positions: [stockRow()],
    currentBalances: cashBalances(),
    initialBalances: { liquidationValue: 700, isInCall: false },
    projectedBalances: { cashAvailableForTrading: 470 },
    ...given,
  });
}

export function stockLeg(given: Row = {}): Row {
  return {
    orderLegType: 'EQUITY',
    legId: 1,
    instrument: { assetType: 'EQUITY', cusip: '000000001', symbol: 'ABC', instrumentId: 7 },
    instruction: 'BUY',
    positionEffect: 'OPENING',
    quantity: 10,
    ...given,
  };
}

/** A leg of one put of ABC with this strike in dollars. */
export function putLeg(legId: number, strike: number, given: Row = {}): Row {
  return stockLeg({
    orderLegType: 'OPTION',
    legId,
    instrument: {
      assetType: 'OPTION',
      symbol: `ABC   260619P${String(strike * 1000).padStart(8, '0')}`,
      putCall: 'PUT',
      underlyingSymbol: 'ABC',
      optionDeliverables: [{ symbol: 'ABC', deliverableUnits: 100 }],
    },
    instruction: 'BUY_TO_OPEN',
    quantity: 1,
    ...given,
  });
}

export interface FillRow {
  readonly legId?: number | null;
  readonly quantity?: number | null;
  readonly price?: number | null;
  readonly time?: string;
}

/** One activity of an order with a fill for each leg. */
export function fillActivity(legs: readonly FillRow[], given: Row = {}): Row {
  return {
    activityType: 'EXECUTION',
    activityId: 80000000001,
    executionType: 'FILL',
    quantity: legs[0]?.quantity ?? 1,
    orderRemainingQuantity: 0,
    executionLegs: legs.map((leg) => ({
      legId: 1,
      quantity: 10,
      mismarkedQuantity: 0,
      price: 20,
      time: '2026-06-01T14:30:00+0000',
      ...leg,
    })),
    ...given,
  };
}

/** A limit order for 10 ABC that waits. */
export function orderRow(given: Row = {}): Row {
  return {
    session: 'NORMAL',
    duration: 'DAY',
    orderType: 'LIMIT',
    complexOrderStrategyType: 'NONE',
    quantity: 10,
    filledQuantity: 0,
    remainingQuantity: 10,
    price: 20.5,
    orderLegCollection: [stockLeg()],
    orderStrategyType: 'SINGLE',
    orderId: 1000000000001,
    cancelable: true,
    editable: true,
    status: 'WORKING',
    enteredTime: '2026-06-01T14:00:00+0000',
    tag: 'API_TOS:TRADE_ALL',
    accountNumber: Number(ACCOUNT_NUMBER),
    ...given,
  };
}

/** The same order, filled at once. */
export function filledOrderRow(given: Row = {}): Row {
  return orderRow({
    status: 'FILLED',
    filledQuantity: 10,
    remainingQuantity: 0,
    closeTime: '2026-06-01T14:30:00+0000',
    orderActivityCollection: [fillActivity([{}])],
    ...given,
  });
}

export function feeItem(cost: number | null, feeType: string | null = 'COMMISSION'): Row {
  return {
    instrument: { assetType: 'CURRENCY', symbol: 'CURRENCY_USD', instrumentId: 1 },
    amount: cost === null ? null : Math.abs(cost),
    cost,
    ...(feeType === null ? {} : { feeType }),
  };
}

/** 10 ABC bought at 20 for a fee of 0.65. */
export function tradeRow(given: Row = {}): Row {
  return {
    activityId: 80000000001,
    time: '2026-06-01T14:30:00+0000',
    accountNumber: ACCOUNT_NUMBER,
    type: 'TRADE',
    status: 'VALID',
    subAccount: 'MARGIN',
    tradeDate: '2026-06-01T14:30:00+0000',
    orderId: 1000000000001,
    netAmount: -200.65,
    transferItems: [
      feeItem(-0.65),
      {
        instrument: { assetType: 'EQUITY', symbol: 'ABC', instrumentId: 7 },
        amount: 10,
        cost: -200,
        price: 20,
        positionEffect: 'OPENING',
      },
    ],
    ...given,
  };
}

/** Money that came or went: one item in dollars. */
export function moneyRow(type: string | null, netAmount: number | null, given: Row = {}): Row {
  return tradeRow({
    activityId: 80000000002,
    type,
    netAmount,
    orderId: null,
    description: 'MONEYLINK TRANSFER',
    transferItems: [
      { instrument: { assetType: 'CURRENCY', symbol: 'CURRENCY_USD' }, amount: netAmount, cost: netAmount },
    ],
    ...given,
  });
}
