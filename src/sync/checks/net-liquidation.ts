import type { BrokerName } from '../../domain/account.js';
import type { Issue } from '../../domain/issue.js';
import type { Position } from '../../domain/position.js';
import { navGap, navTolerance } from '../consistency.js';
import type { AccountState } from '../state.js';
import type { Observation } from './suspicions.js';

/** Balances and positions of one answer come within this. */
const TOGETHER_MS = 5_000;

/** Net liquidation that is not the sum of cash and positions; nothing where a figure of it is not known. */
export function netLiquidationMismatch(state: AccountState): readonly Observation[] {
  const { account, balances, positions } = state;
  if (balances === null || positions === null || balances.from.partial) return [];
  if (Math.abs(balances.from.receivedAt - positions.from.receivedAt) > TOGETHER_MS) return [];
  const own = adaptersOwn([...balances.from.issues, ...positions.from.issues]);
  if (own !== null) return [{ about: '', issue: own }];
  const tracked = [...positions.value.values()];
  const held = tracked.map(({ value }) => value);
  if (tracked.some(({ missing }) => missing > 0) || held.some(isOutsideCash)) return [];
  const { moneyMarket, netLiquidation } = balances.value;
  const gap = navGap(balances.value, held);
  if (gap === null || netLiquidation === null) return [];
  const tolerance = TOLERANCE[account.broker](state, netLiquidation);
  // Money funds are cash to some accounts and positions to others: either reading may explain the gap.
  if ([gap, gap - (moneyMarket ?? 0)].some((rest) => Math.abs(rest) <= tolerance)) return [];
  if (gap > 0 && gap <= dividendsDue(account.broker, held)) return [];
  const sum = (netLiquidation - gap).toFixed(2);
  const message =
    `Net liquidation of account …${account.lastFour} is ${netLiquidation.toFixed(2)}, yet its cash and positions ` +
    `make ${sum}: compare them with the broker's own page before you rely on them.`;
  return [{ about: '', issue: { code: 'NAV_MISMATCH', severity: 'warning', message } }];
}

/** Schwab's figures are of one moment and agree to the cent; at IBKR prices and exchange rates tick in between. */
const TOLERANCE: Readonly<Record<BrokerName, (state: AccountState, netLiquidation: number) => number>> = {
  schwab: (_state, netLiquidation) => Math.max(1, 0.0005 * Math.abs(netLiquidation)),
  ibkr: ({ balances }) => (balances === null ? Infinity : navTolerance(balances.value)),
};

/**
 * IBKR counts dividends from the ex-date until they are paid, and names them in no figure that is read here: so much
 * may be a quarter's dividends of what is held long.
 */
function dividendsDue(broker: BrokerName, held: readonly Position[]): number {
  if (broker !== 'ibkr') return 0;
  const isPaying = ({ instrument }: Position): boolean =>
    instrument.assetClass === 'stock' || instrument.assetClass === 'etf';
  const long = held.filter(isPaying).map(({ marketValueBase }) => Math.max(0, marketValueBase ?? 0));
  return 0.015 * long.reduce((sum, value) => sum + value, 0);
}

/** What a CFD has gained is part of net liquidation and of no figure that is known. */
function isOutsideCash({ instrument }: Position): boolean {
  return instrument.assetClass === 'cfd';
}

/** An adapter that has more figures than these may have found it by itself. */
function adaptersOwn(issues: readonly Issue[]): Issue | null {
  return issues.find(({ code }) => code === 'NAV_MISMATCH') ?? null;
}
