import type { Execution } from '../domain/execution.js';
import { emptyAccount, type AccountState } from './state.js';

/**
 * The account as a delayed image shows it. Its orders stay as they were, for such an image has none; of its executions
 * those are taken that nobody has told of yet, since what is known of a fill is never unlearnt.
 */
export function withDelayed(base: AccountState | null, image: AccountState): AccountState {
  const known = base ?? emptyAccount(image.account);
  return {
    ...known,
    account: {
      ...known.account,
      type: known.account.type ?? image.account.type,
      currency: known.account.currency ?? image.account.currency,
    },
    present: image.present,
    balances: image.balances ?? known.balances,
    positions: image.positions ?? known.positions,
    executions: joined(known.executions, image.executions),
  };
}

type Executions = AccountState['executions'];

function joined(known: Executions, image: Executions): Executions {
  if (image === null) return known;
  const news: (readonly [string, Execution])[] = [...image.value].filter(
    ([id]) => known?.value.has(id) !== true,
  );
  if (known === null) return image;
  return news.length === 0 ? known : { ...image, value: new Map([...known.value, ...news]) };
}
