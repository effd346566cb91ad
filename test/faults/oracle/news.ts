import { z } from 'zod';
import { KINDS, type Kind } from '../../../src/domain/update.js';
import type { AccountChange } from '../../../src/runtime/subscription.js';
import type { AccountState } from '../../../src/sync/state.js';
import type { Told } from '../../support/differences.js';
import { Balances, Execution, Order, Position } from '../../support/messages.js';

/** As much of a change as the oracle looks at: what a reader is called with has it, and what a message carries. */
export type ToldChange = { readonly eventId: string } & (
  | {
      readonly of: 'positions';
      readonly change: 'opened' | 'changed' | 'closed';
      readonly before: { readonly key: string; readonly quantity: number } | null;
      readonly after: { readonly key: string; readonly quantity: number } | null;
    }
  | {
      readonly of: 'orders';
      readonly change: 'opened' | 'changed' | 'closed';
      readonly after: { readonly key: string };
    }
  | {
      readonly of: 'executions';
      readonly before: { readonly revision: number } | null;
      readonly after: { readonly executionId: string; readonly revision: number };
    }
  | { readonly of: 'activities'; readonly after: { readonly activityId: string } }
);

/** What was told of one kind of one account. */
export interface News {
  /** The account, as the oracle names it. */
  readonly key: string;
  readonly kind: Kind;
  readonly sequence: number;
  readonly isLive: boolean;
  readonly changes: readonly ToldChange[];
  /** The whole of it; messages name new executions only, and these are no whole. */
  readonly part: Partial<Told>;
  readonly newExecutions: Told['executions'];
}

/** What a reader of a connection is told. */
export function newsOf({ changes, freshness, kind, sequence, state }: AccountChange): News {
  return {
    key: state.account.key,
    kind,
    sequence,
    isLive: freshness.quality === 'live' && !freshness.stale,
    changes,
    part: partOf(kind, state),
    newExecutions: [],
  };
}

/** What a message of account-sync says; its label names the account. null = it is about the connection. @throws ZodError */
export function newsIn(message: unknown): News | null {
  const { account, changes, payload, sync } = Message.parse(message);
  const { kind, quality, sequence, stale } = sync;
  if (account === null || kind === 'status') return null;
  const isLive = quality === 'live' && !stale;
  const news = { key: account.label, kind, sequence, isLive, part: {}, changes: [], newExecutions: [] };
  switch (kind) {
    case 'balances':
      return { ...news, part: { balances: Balances.nullable().parse(payload) } };
    case 'positions':
      return {
        ...news,
        part: { positions: z.array(Position).parse(payload) },
        changes: z.array(PositionChange).parse(changes),
      };
    case 'orders':
      return {
        ...news,
        part: { orders: z.array(Order).parse(payload) },
        changes: z.array(OrderChange).parse(changes),
      };
    case 'executions':
      return {
        ...news,
        newExecutions: z.array(Execution).parse(payload),
        changes: z.array(ExecutionChange).parse(changes),
      };
    case 'activities':
      return { ...news, changes: z.array(ActivityChange).parse(changes) };
  }
}

const Message = z.object({
  account: z.object({ label: z.string() }).nullable(),
  payload: z.unknown(),
  changes: z.unknown(),
  sync: z.object({
    kind: z.enum([...KINDS, 'status']),
    sequence: z.int(),
    quality: z.string(),
    stale: z.boolean(),
  }),
});

const eventId = z.string();
const Held = z.object({ key: z.string(), quantity: z.number() }).nullable();
const change = z.enum(['opened', 'changed', 'closed']);
const PositionChange = z
  .object({ eventId, change, before: Held, after: Held })
  .transform((told) => ({ of: 'positions' as const, ...told }));
const OrderChange = z
  .object({ eventId, change, after: z.object({ key: z.string() }) })
  .transform((told) => ({ of: 'orders' as const, ...told }));
const ExecutionChange = z
  .object({
    eventId,
    before: z.object({ revision: z.number() }).nullable(),
    after: z.object({ executionId: z.string(), revision: z.number() }),
  })
  .transform((told) => ({ of: 'executions' as const, ...told }));
const ActivityChange = z
  .object({ eventId, after: z.object({ activityId: z.string() }) })
  .transform((told) => ({ of: 'activities' as const, ...told }));

function partOf(kind: Kind, state: AccountState): Partial<Told> {
  switch (kind) {
    case 'balances':
      return { balances: Balances.nullable().parse(state.balances?.value ?? null) };
    case 'positions':
      return { positions: values(state.positions?.value).map(({ value }) => Position.parse(value)) };
    case 'orders':
      return { orders: values(state.orders?.value).map(({ value }) => Order.parse(value)) };
    case 'executions':
      return { executions: values(state.executions?.value).map((value) => Execution.parse(value)) };
    case 'activities':
      return {};
  }
}

function values<T>(map: ReadonlyMap<string, T> | undefined): readonly T[] {
  return [...(map?.values() ?? [])];
}
