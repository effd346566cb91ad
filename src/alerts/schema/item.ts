import { z } from 'zod';

const time = z.number().nullable();

/** One thing to be told of one key, on its way into a message. Times in ms since the epoch. */
export const Item = z.object({
  /** 16 hex digits: the same for all that is told of one episode. */
  id: z.string(),
  ruleId: z.string(),
  /** Dedup key. */
  key: z.string(),
  state: z.enum(['firing', 'resolved']),
  severity: z.enum(['info', 'warning', 'critical']),
  name: z.string(),
  metric: z.string(),
  operator: z.string(),
  threshold: z.union([z.number(), z.array(z.string())]),
  unit: z.string(),
  value: z.number().nullable(),
  account: z.object({ key: z.string(), label: z.string(), currency: z.string().nullable() }).nullable(),
  instrument: z
    .object({
      key: z.string(),
      symbol: z.string(),
      assetClass: z.string(),
      currency: z.string().nullable(),
    })
    .nullable(),
  /** Label of the connection that it is about. */
  connection: z.string().nullable(),
  startedAt: z.number(),
  resolvedAt: time,
  asOf: time,
  stale: z.boolean(),
  /** Why it is told, where the figures alone do not say it. */
  reason: z.enum(['no-data', 'rule-changed', 'rule-removed', 'gone', 'repeat']).nullable(),
  /** What happened, of edges and events; '' else. */
  text: z.string(),
  template: z.string(),
  /** `lastNotifiedAt` of the key before this: given back when this is never sent. */
  before: time,
});
export type Item = Readonly<z.infer<typeof Item>>;

/** What waits for a moment so that one message tells it together. */
export const Group = z.object({ openedAt: z.number(), items: z.array(Item).readonly() });
export type Group = Readonly<z.infer<typeof Group>>;
