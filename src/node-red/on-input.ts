import { z } from 'zod';
import type { Account } from '../domain/account.js';
import type { Kind } from '../domain/update.js';
import { Rejected } from '../errors.js';
import type { RefreshRequest } from '../ports.js';

const REFRESHABLE = z.enum(['balances', 'positions', 'orders']);
const AccountName = z.union([z.string(), z.object({ key: z.string() }).transform(({ key }) => key)]);
/** Only these two properties are read; whatever else a message holds, of any shape, asks for everything. */
const RefreshMessage = z.object({
  topic: REFRESHABLE.nullable().catch(null),
  account: AccountName.nullable().catch(null),
});

/** What a message asks for, in the words of the user. */
export interface Wish {
  readonly kind: Kind | null;
  /** Label or key; null = all accounts. */
  readonly accountName: string | null;
}

/** What a message asks for; a message of any other shape asks for everything. */
export function wishOf(message: unknown): Wish {
  const parsed = RefreshMessage.safeParse(message);
  if (!parsed.success) return { kind: null, accountName: null };
  return { kind: parsed.data.topic, accountName: parsed.data.account };
}

/**
 * The request for a wish.
 * @throws Rejected when no account of this node answers to the name
 */
export function requestFor(
  wish: Wish,
  accounts: Iterable<{ readonly account: Account; readonly label: string }>,
): RefreshRequest {
  if (wish.accountName === null) return { kind: wish.kind, account: null };
  const known = [...accounts];
  const found = known.find(
    ({ account, label }) => account.key === wish.accountName || label === wish.accountName,
  );
  if (found !== undefined) return { kind: wish.kind, account: found.account.key };
  const names = known.map(({ label }) => label).join(', ') || 'none yet';
  throw new Rejected(`There is no account “${wish.accountName}” here; the accounts are ${names}.`, {
    broker: 'brokerage',
    code: 'unknown-account',
  });
}
