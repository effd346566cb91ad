import type { Change } from '../domain/change.js';
import type { Execution } from '../domain/execution.js';
import type { Order } from '../domain/order.js';
import { canonical } from './canonical.js';
import {
  executionChanged,
  executionSubstance,
  orderChanged,
  orderSubstance,
  positionChanged,
} from './material.js';
import type { AccountState } from './state.js';

/** Text → short, stable digest of it. */
export type Digest = (text: string) => string;

/**
 * What changed between two states of one account. No state before is a baseline: nothing was opened or booked, since
 * nobody knows when; only executions are reported, for none may be lost.
 *
 * An event id is made of the thing, its version before and what became of it, so that the same change told
 * twice has one id, and 10 → 20 → 10 → 20 has three.
 */
export function delta(before: AccountState | null, after: AccountState, digest: Digest): readonly Change[] {
  return [
    ...positionChanges(before, after, digest),
    ...orderChanges(before, after, digest),
    ...executionChanges(before, after, digest),
    ...activityChanges(before, after, digest),
  ];
}

function positionChanges(
  before: AccountState | null,
  after: AccountState,
  digest: Digest,
): readonly Change[] {
  const was = before?.positions?.value;
  const is = after.positions?.value;
  if (was === undefined || is === undefined || was === is) return [];
  const changes: Change[] = [];
  const id = (key: string, version: number, what: unknown): string =>
    digest(canonical([after.account.key, 'position', key, version, what]));
  for (const [key, { value }] of is) {
    const old = was.get(key);
    if (old === undefined) {
      const version = before?.closedVersions.get(key) ?? 0;
      changes.push({
        of: 'positions',
        change: 'opened',
        before: null,
        after: value,
        eventId: id(key, version, ['opened', value.quantity, value.averageCost]),
      });
    } else if (old.value !== value && positionChanged(old.value, value)) {
      changes.push({
        of: 'positions',
        change: 'changed',
        before: old.value,
        after: value,
        eventId: id(key, old.version, ['changed', value.quantity, value.averageCost]),
      });
    }
  }
  for (const [key, old] of was) {
    if (!is.has(key))
      changes.push({
        of: 'positions',
        change: 'closed',
        before: old.value,
        after: null,
        eventId: id(key, old.version, ['closed']),
      });
  }
  return changes;
}

function orderChanges(before: AccountState | null, after: AccountState, digest: Digest): readonly Change[] {
  const was = before?.orders?.value;
  const is = after.orders?.value;
  if (was === undefined || is === undefined || was === is) return [];
  const changes: Change[] = [];
  for (const [key, { value }] of is) {
    const old = was.get(key);
    if (old !== undefined && (old.value === value || !orderChanged(old.value, value))) continue;
    const eventId = digest(
      canonical([after.account.key, 'order', key, old?.version ?? 0, orderSubstance(value)]),
    );
    changes.push(orderChange(old?.value ?? null, value, eventId));
  }
  return changes;
}

/** An order first seen when it had ended already was opened and closed in between: it is told as closed. */
function orderChange(before: Order | null, after: Order, eventId: string): Change {
  if (!after.isOpen && before?.isOpen !== false)
    return { of: 'orders', change: 'closed', before, after, eventId };
  if (before === null) return { of: 'orders', change: 'opened', before, after, eventId };
  return { of: 'orders', change: 'changed', before, after, eventId };
}

function executionChanges(
  before: AccountState | null,
  after: AccountState,
  digest: Digest,
): readonly Change[] {
  const was = before?.executions?.value;
  const is = after.executions?.value;
  if (is === undefined || was === is) return [];
  const changes: Change[] = [];
  for (const [key, value] of is) {
    const old = was?.get(key) ?? null;
    if (old !== null && (old === value || !executionChanged(old, value))) continue;
    changes.push({
      of: 'executions',
      change: 'reported',
      before: old,
      after: value,
      eventId: digest(canonical(executionIdentity(after, old, value))),
    });
  }
  return changes;
}

function activityChanges(
  before: AccountState | null,
  after: AccountState,
  digest: Digest,
): readonly Change[] {
  const was = before?.activities?.value;
  const is = after.activities?.value;
  if (was === undefined || is === undefined || was === is) return [];
  return [...is.values()]
    .filter(({ activityId }) => !was.has(activityId))
    .map((activity) => ({
      of: 'activities',
      change: 'reported',
      before: null,
      after: activity,
      eventId: digest(canonical([after.account.key, 'activity', activity.activityId])),
    }));
}

/** The same revision with a commission that came late is another event; a new revision has its own id anyway. */
function executionIdentity(
  { account }: AccountState,
  before: Execution | null,
  after: Execution,
): readonly unknown[] {
  const identity = [account.key, 'execution', after.executionId, after.revision];
  return before === null || before.revision < after.revision
    ? identity
    : [...identity, executionSubstance(after)];
}
