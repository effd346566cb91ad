import type { Contract } from '../../normalize/instrument.js';
import { flexDate } from '../dates.js';
import type { InstrumentRow } from '../rows.js';

/** What is traded under a symbol of its own, beside that of its underlying. */
const DERIVATIVES: ReadonlySet<string> = new Set(['OPT', 'FOP', 'FUT', 'WAR', 'FSOPT', 'FSFOP']);
const OCC = /^([A-Z0-9 ]{6})\d{6}[CP]\d{8}$/;

/**
 * An instrument as TWS would describe it, so that both ways make the same of it. Flex calls TWS's localSymbol `symbol`:
 * `AAPL  270115C00250000`, `ESZ6`, `EUR.USD`.
 */
export function contractOf(row: InstrumentRow): Contract {
  const secType = row.assetCategory ?? '';
  return {
    conId: row.conid,
    symbol: symbolOf(row, secType),
    secType,
    expiry: flexDate(row.expiry) ?? row.expiry,
    strike: row.strike,
    right: row.putCall,
    multiplier: row.multiplier,
    currency: row.currency,
    localSymbol: row.symbol,
    primaryExchange: row.listingExchange,
  };
}

function symbolOf({ conid, symbol, underlyingSymbol }: InstrumentRow, secType: string): string {
  const shown = symbol ?? conid ?? '';
  if (secType === 'CASH') return shown.split('.')[0] ?? shown;
  if (!DERIVATIVES.has(secType)) return shown;
  return underlyingSymbol ?? OCC.exec(shown)?.[1]?.trim() ?? shown;
}
