import { isoTime } from './time.js';

/** What an option symbol of the Options Symbology Initiative says. */
export interface Osi {
  /** 21 characters: root padded to six, yyMMdd, C or P, strike × 1000 in eight digits. */
  readonly symbol: string;
  readonly root: string;
  /** `YYYY-MM-DD` */
  readonly expiry: string;
  readonly right: 'call' | 'put';
  readonly strike: number;
  /** A corporate action changed what is delivered: the root got a digit (AAPL1). */
  readonly isAdjusted: boolean;
}

const OSI = /^([A-Z][A-Z0-9./]{0,5}?)\s*(\d{2})(\d{2})(\d{2})([CP])(\d{8})$/;

/** Reads an option symbol; one public answer has a single blank where five should be. null = it is none. */
export function parseOsi(text: string): Osi | null {
  const match = OSI.exec(text.trim().toUpperCase());
  if (match === null) return null;
  const [, root = '', year = '', month = '', day = '', letter = '', strike = ''] = match;
  const expiry = `20${year}-${month}-${day}`;
  if (isoTime(expiry) === null || Number(strike) === 0) return null;
  return {
    symbol: `${root.padEnd(6)}${year}${month}${day}${letter}${strike}`,
    root,
    expiry,
    right: letter === 'C' ? 'call' : 'put',
    strike: Number(strike) / 1000,
    isAdjusted: /\d$/.test(root),
  };
}
