import { z } from 'zod';
import type { Sample } from '../../alerts/sample.js';
import { ISSUE_CODES, type Issue } from '../../domain/issue.js';
import { KeptActivity } from '../../state/schema/activity.js';
import { KeptBalances } from '../../state/schema/balances.js';
import { KeptExecution } from '../../state/schema/execution.js';
import { KeptOrder } from '../../state/schema/order.js';
import { KeptPosition } from '../../state/schema/position.js';

/** ISO 8601 → ms since the epoch. */
const time = z.iso.datetime().transform((text) => Date.parse(text));

const AnIssue = z.object({
  code: z.enum(ISSUE_CODES),
  severity: z.enum(['info', 'warning', 'error']),
  message: z.string(),
});
/** An issue that a later version names is no reason to miss the figures. */
const Issues = z.array(z.unknown()).transform((all): readonly Issue[] =>
  all.flatMap((one) => {
    const parsed = AnIssue.safeParse(one);
    return parsed.success ? [parsed.data] : [];
  }),
);
const Trust = {
  quality: z.enum(['live', 'delayed', 'cached', 'partial']),
  stale: z.boolean(),
  staleSeconds: z.number(),
  asOf: time.nullable(),
  receivedAt: time,
  issues: Issues,
};
const syncOf = <Kind extends string>(kind: Kind) => z.object({ kind: z.literal(kind), ...Trust });

const Connection = z.object({ key: z.string(), label: z.string() });
const Account = z.object({
  key: z.string(),
  label: z.string(),
  broker: z.string(),
  currency: z.string().nullable(),
});
const ofAccount = { account: Account, connection: Connection.nullish() };
const head = { eventId: z.string() };

const PositionChange = z.discriminatedUnion('change', [
  z.object({ ...head, change: z.literal('opened'), before: z.null(), after: KeptPosition }),
  z.object({ ...head, change: z.literal('changed'), before: KeptPosition, after: KeptPosition }),
  z.object({ ...head, change: z.literal('closed'), before: KeptPosition, after: z.null() }),
]);
const OrderChange = z.discriminatedUnion('change', [
  z.object({ ...head, change: z.literal('opened'), before: z.null(), after: KeptOrder }),
  z.object({
    ...head,
    change: z.enum(['changed', 'closed']),
    before: KeptOrder.nullable(),
    after: KeptOrder,
  }),
]);
const ExecutionChange = z.object({
  ...head,
  change: z.literal('reported'),
  before: KeptExecution.nullable(),
  after: KeptExecution,
});

const ActivityChange = z.object({
  ...head,
  change: z.literal('reported'),
  before: z.null(),
  after: KeptActivity,
});

/** All of an account (`emit: snapshots`), or the one that changed. */
const listOf = <Row extends z.ZodType>(row: Row) =>
  z.union([
    z.array(row).transform((rows) => ({ rows, complete: true })),
    row.transform((one) => ({ rows: [one], complete: false })),
  ]);

interface OfAccount {
  readonly account: z.infer<typeof Account>;
  readonly connection?: z.infer<typeof Connection> | null | undefined;
  readonly sync: { readonly [Name in keyof typeof Trust]: z.infer<(typeof Trust)[Name]> };
}

function about({ account, connection, sync }: OfAccount) {
  const { asOf, issues, quality, receivedAt, stale, staleSeconds } = sync;
  return {
    account: { ...account, connection: connection?.key ?? null },
    trust: { quality, stale, staleSeconds, asOf: asOf ?? receivedAt, issues },
  };
}

/** Messages that a flow has stored, or that another node has made, may say less of their connection than ours do. */
function namedBy(topic: string): z.infer<typeof Connection> {
  return { key: topic, label: topic.split('/')[1] ?? topic };
}

function lostBy({ since, state }: { readonly since: number; readonly state: string }): number | null {
  return LOST.has(state) ? since : null;
}

const LOST: ReadonlySet<string> = new Set(['connecting', 'down', 'login-required', 'misconfigured']);

const Message = z.union([
  z.object({ ...ofAccount, sync: syncOf('balances'), payload: KeptBalances }).transform((message) => ({
    ...about(message),
    of: 'balances' as const,
    balances: message.payload,
  })),
  z
    .object({
      ...ofAccount,
      sync: syncOf('positions'),
      payload: listOf(KeptPosition),
      changes: z.array(PositionChange),
    })
    .transform((message) => ({
      ...about(message),
      of: 'positions' as const,
      positions: message.payload.rows,
      complete: message.payload.complete,
      changes: message.changes.map((change) => ({ of: 'positions' as const, ...change })),
    })),
  z
    .object({
      ...ofAccount,
      sync: syncOf('orders'),
      payload: listOf(KeptOrder),
      changes: z.array(OrderChange),
    })
    .transform((message) => ({
      ...about(message),
      of: 'orders' as const,
      orders: message.payload.rows,
      complete: message.payload.complete,
      changes: message.changes.map((change) => ({ of: 'orders' as const, ...change })),
    })),
  z
    .object({ ...ofAccount, sync: syncOf('executions'), changes: z.array(ExecutionChange) })
    .transform((message) => ({
      ...about(message),
      of: 'executions' as const,
      changes: message.changes.map((change) => ({ of: 'executions' as const, ...change })),
    })),
  z
    .object({ ...ofAccount, sync: syncOf('activities'), changes: z.array(ActivityChange) })
    .transform((message) => ({
      of: 'activities' as const,
      account: about(message).account,
      activities: message.changes.map(({ after }) => after),
    })),
  z
    .object({
      topic: z.string(),
      connection: Connection.nullish(),
      sync: syncOf('status'),
      payload: z.object({
        state: z.enum(['connecting', 'live', 'degraded', 'stale', 'login-required', 'misconfigured', 'down']),
        reason: z.string().nullable(),
        since: time,
        lostSince: time.nullish(),
        loginExpiresAt: time.nullable(),
        quietUntil: time.nullish(),
      }),
    })
    .transform(({ connection, payload, sync, topic }) => ({
      of: 'connection' as const,
      connection: { ...(connection ?? namedBy(topic)), broker: topic.split('/')[0] ?? '' },
      status: {
        ...payload,
        lostSince: payload.lostSince === undefined ? lostBy(payload) : payload.lostSince,
        quietUntil: payload.quietUntil ?? null,
        issues: sync.issues,
        apiErrorPercent: null,
      },
    })),
]);

/** What a message of account-sync says, for the rules; null = it is none. `at` is when it came, ms since the epoch. */
export function sampleOf(message: unknown, at: number): Sample | null {
  const parsed = Message.safeParse(message);
  return parsed.success ? { at, ...parsed.data } : null;
}
