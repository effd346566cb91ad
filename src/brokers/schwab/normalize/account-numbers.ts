import { z } from 'zod';
import type { NumberAndHash } from '../config.js';
import { SchwabAccountNumber } from '../schema/account.js';

const AccountNumbers = z.array(SchwabAccountNumber);

/** The accounts behind a login, null when the answer cannot be read: half a list would look like closed accounts. */
export function readAccountNumbers(answer: unknown): readonly NumberAndHash[] | null {
  const parsed = AccountNumbers.safeParse(answer);
  if (!parsed.success) return null;
  return parsed.data.map(({ accountNumber, hashValue }) => ({ number: accountNumber, hash: hashValue }));
}
