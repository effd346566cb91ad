import type { Balances } from '../../../domain/balances.js';
import type { Issue } from '../../../domain/issue.js';
import type { Position } from '../../../domain/position.js';
import { SchwabAccount, SchwabPosition, type CurrentBalances } from '../schema/account.js';
import { normalizeBalances } from './balances.js';
import { Issues } from './issues.js';
import { marketValues, navTolerance, sum, totalCash } from './market-values.js';
import { normalizePosition } from './position.js';

/** One account as Schwab answers; its number goes no further than this folder. */
export interface SchwabAccountFigures {
  readonly number: string;
  /** `margin`, `cash`, or Schwab's own word in lower case. */
  readonly type: string | null;
  readonly balances: Balances;
  /** null = the answer says nothing that can be relied on; what was known is to be kept. */
  readonly positions: readonly Position[] | null;
  readonly issues: readonly Issue[];
}

/** Where nothing is held all values are 0, dollars; this much may be a remainder that is no position. */
const NOTHING = 1;

/** Net transfers of today of an account, dollars; null = not known. */
export type NetTransfers = (accountNumber: string) => number | null;

/** The accounts in an answer, a list or one; what cannot be read is left out and said. Never throws. */
export function readAccounts(
  answer: unknown,
  netTransfersToday: NetTransfers,
): { readonly accounts: readonly SchwabAccountFigures[]; readonly issues: readonly Issue[] } {
  const rows: readonly unknown[] = Array.isArray(answer) ? answer : [answer];
  const accounts: SchwabAccountFigures[] = [];
  const issues = new Issues();
  for (const row of rows) {
    const parsed = SchwabAccount.safeParse(row);
    if (parsed.success) accounts.push(figuresOf(parsed.data, netTransfersToday));
    else issues.add('BAD_RESPONSE', 'Schwab sent an account that cannot be read; its last figures are kept.');
  }
  return { accounts, issues: issues.all };
}

function figuresOf(
  { securitiesAccount: raw }: SchwabAccount,
  netTransfers: NetTransfers,
): SchwabAccountFigures {
  const issues = new Issues();
  const current = raw.currentBalances;
  const positions = readPositions(raw.positions, current, issues);
  const balances = normalizeBalances(raw, {
    positions,
    netTransfersToday: netTransfers(raw.accountNumber),
  });
  checkNetLiquidation(raw, issues);
  return {
    number: raw.accountNumber,
    type: raw.type?.toLowerCase() ?? null,
    balances,
    positions,
    issues: issues.all,
  };
}

/**
 * All positions or none: half a portfolio must not look like a whole one. Schwab leaves the key out when there is
 * no position, and also when something is wrong at its end; the balances tell which it is.
 */
function readPositions(
  rows: readonly unknown[] | null | undefined,
  current: CurrentBalances,
  issues: Issues,
): readonly Position[] | null {
  const positions: Position[] = [];
  for (const row of rows ?? []) {
    const parsed = SchwabPosition.safeParse(row);
    const position = parsed.success ? normalizePosition(parsed.data, current.liquidationValue, issues) : null;
    if (position === null) {
      issues.add(
        'BAD_RESPONSE',
        'Schwab sent a position that cannot be read; the last positions are kept.',
        'error',
      );
      return null;
    }
    if (position.quantity !== 0) positions.push(position);
  }
  return isBelievable(positions, current, issues) ? positions : null;
}

function isBelievable(positions: readonly Position[], current: CurrentBalances, issues: Issues): boolean {
  const values = marketValues(current);
  const { liquidationValue } = current;
  if (values === null || liquidationValue === null) {
    if (positions.length > 0) return true;
    issues.add(
      'SUSPECT_EMPTY',
      'Schwab sent neither positions nor their value; the last positions are kept.',
      'error',
    );
    return false;
  }
  if (positions.length === 0) {
    // Not the sum: what is long and what is short may cancel out.
    const gross = sum(values.map(Math.abs)) ?? Infinity;
    if (gross <= NOTHING) return true;
    issues.add(
      'SUSPECT_EMPTY',
      `Schwab sent no position, yet values what is held at ${gross.toFixed(2)} USD; the last positions are kept.`,
      'error',
    );
    return false;
  }
  const counted = positions.filter(({ cashEquivalent }) => !cashEquivalent);
  const known = counted.map(({ marketValue }) => marketValue).filter((value) => value !== null);
  const gap = sum([...values, ...known.map((value) => -value)]);
  if (gap === null || known.length < counted.length) return true;
  if (Math.abs(gap) > navTolerance(liquidationValue))
    issues.add('NAV_MISMATCH', `The positions and Schwab's value of them differ by ${gap.toFixed(2)} USD.`);
  return true;
}

/** Cash and values of the positions make the net liquidation, to the cent in all real answers. */
function checkNetLiquidation(
  { currentBalances: current, type }: SchwabAccount['securitiesAccount'],
  issues: Issues,
): void {
  const values = marketValues(current);
  const cash = totalCash(current, type);
  const { liquidationValue } = current;
  if (values === null || cash === null || liquidationValue === null) return;
  const gap = sum([liquidationValue, -cash, ...values.map((value) => -value)]);
  if (gap !== null && Math.abs(gap) > navTolerance(liquidationValue))
    issues.add('NAV_MISMATCH', `Net liquidation and its parts differ by ${gap.toFixed(2)} USD at Schwab.`);
}
