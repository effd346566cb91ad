import { cents } from '../../market/round.js';
import type { SchwabInstrument } from './instruments.js';

export interface Fee {
  readonly feeType: 'COMMISSION' | 'SEC_FEE' | 'OPT_REG_FEE' | 'TAF_FEE';
  readonly amount: number;
}

/** Schwab's price list: stocks are free, options 0.65 a contract; regulators take a little, mostly of sales. */
export const feesOf = (
  { assetType, multiplier }: SchwabInstrument,
  signed: number,
  price: number,
): readonly Fee[] => {
  const quantity = Math.abs(signed);
  const sold = signed < 0 ? quantity : 0;
  const isOption = assetType === 'OPTION';
  return [
    { feeType: 'COMMISSION', amount: isOption ? cents(quantity * 0.65) : 0 },
    { feeType: 'SEC_FEE', amount: cents(sold * price * multiplier * 0.0000278) },
    { feeType: 'OPT_REG_FEE', amount: isOption ? cents(quantity * 0.012) : 0 },
    { feeType: 'TAF_FEE', amount: cents(sold * (isOption ? 0.00279 : 0.000166)) },
  ];
};

export const sumOfFees = (fees: readonly Fee[]): number =>
  cents(fees.reduce((sum, { amount }) => sum + amount, 0));
