import { SHORTEST } from './forms.js';

/** Numbers of accounts have at least so many digits at both brokers (IBKR `U1234567`, Schwab 8 or 9 digits). */
const FEWEST_DIGITS = 5;

/** Whether it can be a number of an account: a label, or its last four digits, is not. */
export function looksLikeAccountNumber(text: string): boolean {
  return text.length >= SHORTEST && text.replaceAll(/\D/g, '').length >= FEWEST_DIGITS;
}

/**
 * Finds a number wherever it is not part of a longer row of digits: eight digits in the middle of an order id are
 * chance. `12345678.90` is taken for the number: that a sentence has an amount of exactly these digits is rarer, and
 * dots in it are less harm, than an address or a file name that goes on with a point. Schwab's orders write it
 * as a figure, without its leading zeros.
 */
export function accountNumberPattern(number: string): RegExp {
  const bare = number.replace(/^0+(?=\d{6})/, '');
  const before = /^\d/.test(bare) ? '(?<!\\d)0*' : '';
  const after = /\d$/.test(bare) ? '(?!\\d)' : '';
  return new RegExp(`${before}${bare.replaceAll(/[^\w]/g, '\\$&')}${after}`, 'gi');
}
