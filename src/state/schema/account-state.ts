import { z } from 'zod';
import type { Account } from '../../domain/account.js';
import type { Provenance } from '../../domain/update.js';
import type { AccountState } from '../../sync/state.js';
import { KeptActivity } from './activity.js';
import { KeptBalances } from './balances.js';
import { KeptExecution } from './execution.js';
import { KeptOrder } from './order.js';
import { KeptPosition } from './position.js';
import { word } from './words.js';

const KeptAccount = z.object({
  key: z.string().regex(/^[0-9a-f]{12}$/),
  broker: z.enum(['ibkr', 'schwab']),
  lastFour: z.string(),
  type: word,
  currency: word,
  tradingMode: z.enum(['paper', 'live', 'unknown']),
}) satisfies z.ZodType<Account>;

const From = z
  .object({
    via: z.enum(['tws', 'tws-backup', 'flex', 'schwab', 'cache']),
    asOf: z.number().nullable(),
    receivedAt: z.number(),
    partial: z.boolean(),
  })
  .transform((from): Provenance => ({ ...from, issues: [] }));

const partOf = <Value extends z.ZodType>(value: Value) =>
  z.object({ value, from: From, receivedAt: z.number() }).nullable();

const mapOf = <Value extends z.ZodType>(value: Value) =>
  z
    .array(z.tuple([z.string(), z.unknown()]))
    .transform((entries) => new Map(entries))
    .pipe(z.map(z.string(), value));

const trackedOf = <Value extends z.ZodType>(value: Value) =>
  z
    .object({
      value,
      version: z.number(),
      missing: z.number(),
      missingSince: z.number().optional(),
      endedAt: z.number().optional(),
    })
    .transform(({ endedAt, missingSince, ...rest }) => ({
      ...rest,
      ...(endedAt === undefined ? {} : { endedAt }),
      ...(missingSince === undefined ? {} : { missingSince }),
    }));

export const KeptAccountState = z.object({
  account: KeptAccount,
  present: z.boolean(),
  balances: partOf(KeptBalances),
  positions: partOf(mapOf(trackedOf(KeptPosition))),
  orders: partOf(mapOf(trackedOf(KeptOrder))),
  executions: partOf(mapOf(KeptExecution)),
  // Files of 0.1.0 know none.
  activities: partOf(mapOf(KeptActivity)).default(null),
  closedVersions: mapOf(z.number()),
}) satisfies z.ZodType<AccountState>;
