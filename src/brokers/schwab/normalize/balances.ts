import type { Balances } from '../../../domain/balances.js';
import { cleanExact, cleanMoney, cleanSum } from '../../../domain/clean-number.js';
import type { Position } from '../../../domain/position.js';
import type { CurrentBalances, SchwabAccount } from '../schema/account.js';
import { marketValues, sum, totalCash } from './market-values.js';

type Raw = SchwabAccount['securitiesAccount'];

export interface Surroundings {
  readonly positions: readonly Position[] | null;
  /** Money and securities that came in today minus those that went out, dollars; null = not known. */
  readonly netTransfersToday: number | null;
}

/** The balances of one account, dollars. Only what adds up in real answers is used; the rest of them is garbage. */
export function normalizeBalances(raw: Raw, { positions, netTransfersToday }: Surroundings): Balances {
  const { currentBalances: current, initialBalances: opening, projectedBalances: projected } = raw;
  const isMargin = raw.type === 'MARGIN';
  const netLiquidation = cleanMoney(current.liquidationValue);
  const previous = cleanMoney(opening?.liquidationValue);
  const cash = totalCash(current, raw.type);
  const settledCash = isMargin ? null : minus(cash, current.unsettledCash);
  const gross = grossOf(current);
  const tradable = cleanMoney(current.cashAvailableForTrading);
  const dayPnl =
    netTransfersToday === null ? null : minus(minus(netLiquidation, previous), netTransfersToday);
  return {
    netLiquidation,
    previousNetLiquidation: previous,
    totalCash: cash,
    settledCash,
    moneyMarket: cleanMoney(current.moneyMarketFund),
    accruedInterest: cleanMoney(current.accruedInterest),
    buyingPower: isMargin ? cleanMoney(current.buyingPower) : tradable,
    availableFunds: isMargin ? cleanMoney(current.availableFunds) : tradable,
    // Of MARGIN accounts it is net liquidation without options (exact in 6 of 6 real ones): not what the account is worth.
    equityWithLoan: isMargin ? cleanMoney(current.equity) : null,
    excessLiquidity: isMargin ? minus(current.equity, current.maintenanceRequirement) : null,
    initialMargin: null,
    maintenanceMargin: isMargin ? cleanMoney(current.maintenanceRequirement) : null,
    cushion: isMargin ? cushionOf(current) : null,
    grossPositionValue: gross,
    leverage: gross === null ? null : ratio(gross, netLiquidation),
    dayPnl,
    dayPnlSource: dayPnl === null ? null : 'delta',
    unrealizedPnl: unrealizedOf(positions),
    realizedPnl: null,
    // A margin account has a word for the present; the opening's says nothing of it.
    isMarginCall: projected?.isInCall ?? (isMargin ? null : (opening?.isInCall ?? null)),
    dayTradesRemaining: null,
    lookAhead: null,
    ledger: [{ currency: 'USD', cash, settledCash, netLiquidation, exchangeRate: 1 }],
  };
}

function grossOf(current: CurrentBalances): number | null {
  const values = marketValues(current);
  return values === null ? null : sum(values.map(Math.abs));
}

/**
 * The share of net liquidation that may be lost before a call. Without a debt and without a short position nothing
 * can be called: stock that must be paid in full has a requirement as high as its value, and a cushion near 0.
 */
function cushionOf(current: CurrentBalances): number | null {
  const { equity, liquidationValue, maintenanceRequirement, marginBalance } = current;
  const short = [current.shortMarketValue, current.shortOptionMarketValue].some((value) => (value ?? 0) < 0);
  if (!short && (marginBalance ?? 0) >= 0) return null;
  return ratio(minus(equity, maintenanceRequirement), liquidationValue);
}

function unrealizedOf(positions: readonly Position[] | null): number | null {
  if (positions === null) return null;
  const values = positions.map(({ unrealizedPnl }) => unrealizedPnl).filter((value) => value !== null);
  return values.length === positions.length ? sum(values) : null;
}

function minus(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : cleanSum([a, -b]);
}

/** A share of less than nothing would have the sign of a comfortable one. */
function ratio(a: number | null, b: number | null): number | null {
  return a === null || b === null || b <= 0 ? null : cleanExact(Number((a / b).toPrecision(12)));
}
