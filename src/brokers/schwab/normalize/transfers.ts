import type { Activity } from '../../../domain/activity.js';
import { cleanMoney } from '../../../domain/clean-number.js';

/**
 * What was brought in minus what was taken out, dollars: no profit and no loss. null when securities moved whose
 * value Schwab does not say: the change of net liquidation says nothing of the day's result then.
 */
export function netTransfers(activities: readonly Activity[]): number | null {
  let total = 0;
  for (const activity of activities) {
    const value = transferred(activity);
    if (value === null) return null;
    total += value;
  }
  return cleanMoney(total);
}

/** What Schwab calls so brings nothing in and takes nothing out. */
const INTERNAL: ReadonlySet<string> = new Set([
  'MEMORANDUM',
  'MARGIN_CALL',
  'MONEY_MARKET',
  'SMA_ADJUSTMENT',
  'DIVIDEND_OR_INTEREST',
]);

function transferred({ amount, cost, instrument, quantity, rawType, type }: Activity): number | null {
  switch (type) {
    case 'deposit':
    case 'withdrawal':
      return amount;
    case 'transfer':
      if (instrument === null) return amount;
      // Which way the cost is signed is not known; the quantity is signed by its way.
      return cost === null || cost === 0 || quantity === null ? null : Math.abs(cost) * Math.sign(quantity);
    // A delivery without a word may be a transfer in kind, and a row of an unknown kind anything.
    case 'other':
      return instrument === null && rawType !== null && INTERNAL.has(rawType) ? 0 : null;
    case 'trade':
    case 'dividend':
    case 'interest':
    case 'fee':
    case 'assignment':
    case 'exercise':
    case 'expiration':
    case 'corporate_action':
      return 0;
  }
}
