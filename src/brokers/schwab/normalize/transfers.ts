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

function transferred(activity: Activity): number | null {
  const { amount, instrument, rawType, type } = activity;
  switch (type) {
    case 'deposit':
    case 'withdrawal':
      return amount;
    case 'transfer':
      if (instrument === null) return amount;
      return worth(activity);
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

/** What securities were worth that came in (> 0) or went out; what their cost means in such a row is not written anywhere. */
function worth({ instrument, price, quantity }: Activity): number | null {
  const multiplier = instrument?.multiplier ?? null;
  if (price === null || price <= 0 || quantity === null || multiplier === null) return null;
  return cleanMoney(price * quantity * multiplier);
}
