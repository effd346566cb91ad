import { cleanExact } from '../../../../domain/clean-number.js';
import type { Position } from '../../../../domain/position.js';
import { instrumentOf, multiplierOf } from '../../normalize/instrument.js';
import { positionOf } from '../../normalize/position.js';
import type { PositionRow, Row } from '../rows.js';
import type { FlexStatement } from '../statement.js';
import { contractOf } from './contract.js';

/** The positions of a statement, or why they cannot be relied on: half a portfolio must not look like a whole one. */
export type PositionsReading =
  | { readonly kind: 'positions'; readonly positions: readonly Position[]; readonly bad: readonly string[] }
  | { readonly kind: 'unusable'; readonly why: string };

const SECTION = 'In Client Portal → Performance & Reports → Flex Queries, edit the query:';
const KEPT = 'the last positions are kept.';

export function readPositions(
  statement: FlexStatement,
  context: { readonly netLiquidation: number | null; readonly rates: ReadonlyMap<string, number> },
): PositionsReading {
  const rows = statement.positions;
  if (rows === null)
    return unusable(
      `The Flex query has no positions. ${SECTION} tick the section Open Positions, option Summary.`,
    );
  // Lots are parts of the rows that sum them up.
  const summaries = rows.filter(({ row }) => row.levelOfDetail !== 'LOT');
  if (summaries.length === 0 && rows.length > 0)
    return unusable(
      `The Flex query has lots in place of positions. ${SECTION} in Open Positions tick Summary.`,
    );
  const positions: Position[] = [];
  for (const row of summaries) {
    const flaw = flawOf(row);
    if (flaw !== null) return unusable(flaw);
    const position = positionFrom(row.row, context);
    if (position !== null) positions.push(position);
  }
  return { kind: 'positions', positions, bad: [...new Set(summaries.flatMap(({ bad }) => bad))] };
}

/** What makes a row one that no position can be made of; null = nothing. */
function flawOf({ row, bad }: Row<PositionRow>): string | null {
  const missing = [
    row.conid === null ? 'Conid' : null,
    row.assetCategory === null ? 'Asset Class' : null,
    row.position === null && !bad.includes('position') ? 'Quantity' : null,
  ].filter((name) => name !== null);
  if (missing.length > 0)
    return `IBKR sent a position without ${missing.join(' and ')}; ${KEPT} ${SECTION} in Open Positions tick ${missing.join(', ')}.`;
  if (row.position === null) return `IBKR sent a position whose quantity is no number; ${KEPT}`;
  const isContrary = (row.side === 'Long' && row.position < 0) || (row.side === 'Short' && row.position > 0);
  return isContrary ? `IBKR sent a position that is long by one word and short by another; ${KEPT}` : null;
}

/** null when nothing is held; a row without a quantity is refused before. Flex names prices per unit and the cost as a total; TWS's average cost is per contract. */
function positionFrom(
  row: PositionRow,
  {
    netLiquidation,
    rates,
  }: { readonly netLiquidation: number | null; readonly rates: ReadonlyMap<string, number> },
): Position | null {
  if (row.position === null) return null;
  const contract = contractOf(row);
  const instrument = instrumentOf(contract);
  const position = positionOf(
    {
      portfolio: {
        quantity: row.position,
        multiplier: row.multiplier,
        currency: row.currency,
        averageCost: averageCost(row),
        marketPrice: row.markPrice,
        marketValue: row.positionValue,
        unrealizedPnl: row.fifoPnlUnrealized,
        realizedPnl: null,
      },
      position: null,
      pnl: null,
    },
    {
      key: instrument.key,
      instrument,
      exchangeRate: row.currency === null ? null : (rates.get(row.currency) ?? null),
      netLiquidation,
    },
  );
  return position === null ? null : { ...position, costBasis: row.costBasisMoney ?? position.costBasis };
}

function averageCost(row: PositionRow): number | null {
  const { costBasisMoney, costBasisPrice, position } = row;
  if (costBasisPrice !== null) return cleanExact(costBasisPrice * multiplierOf(row));
  return costBasisMoney === null || position === null || position === 0
    ? null
    : cleanExact(costBasisMoney / position);
}

function unusable(why: string): PositionsReading {
  return { kind: 'unusable', why };
}
