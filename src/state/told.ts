import { z } from 'zod';
import { opened, sealed } from './envelope.js';
import type { Part, AccountState } from '../sync/state.js';
import { KeptAccountState } from './schema/account-state.js';

/** What one reader has told, so that after a restart it tells exactly what is new. */
export interface Told {
  /** Id of the connection: another one's accounts are others. */
  readonly connection: string;
  /** Account states as told last. */
  readonly accounts: readonly AccountState[];
  /** Account states that were about to be told, null when nothing was; some of it may have been. */
  readonly next: readonly AccountState[] | null;
  /** `account|kind` → a sequence that none told so far has reached. */
  readonly sequences: Readonly<Record<string, number>>;
}

const VERSION = 1;
const Content = z.object({
  connection: z.string(),
  accounts: z.array(KeptAccountState),
  next: z.array(KeptAccountState).nullable(),
  sequences: z.record(z.string(), z.int().nonnegative()),
}) satisfies z.ZodType<Told>;

/** Takes out of a broker's words what is not for the disk, such as the number of an account. */
export type Clean = (words: string) => string;

/** The text to keep. */
export function encodeTold({ accounts, connection, next, sequences }: Told, clean: Clean): string {
  const kept = (state: AccountState) => keptAccount(state, clean);
  const content = JSON.stringify({
    connection,
    accounts: accounts.map(kept),
    next: next?.map(kept) ?? null,
    sequences,
  });
  return sealed(VERSION, content);
}

/** What was kept; null when the text is damaged, or of another version of this package. */
export function decodeTold(text: string): Told | null {
  return Content.safeParse(opened(VERSION, text)).data ?? null;
}

function keptAccount(state: AccountState, clean: Clean) {
  const { account, activities, balances, closedVersions, executions, orders, positions, present } = state;
  return {
    account,
    present,
    balances: balances === null ? null : { ...balances, from: withoutIssues(balances.from) },
    positions: entriesIn(positions),
    orders: entriesIn(cleanOrders(orders, clean)),
    executions: entriesIn(executions),
    activities: entriesIn(cleanActivities(activities, clean)),
    closedVersions: [...closedVersions],
  };
}

function cleanOrders(orders: AccountState['orders'], clean: Clean): AccountState['orders'] {
  if (orders === null) return null;
  const said = (words: string | null): string | null => (words === null ? null : clean(words));
  const value = [...orders.value].map(([key, tracked]) => {
    const { rawStatus, rejectReason, tag } = tracked.value;
    const words = { rawStatus: said(rawStatus), rejectReason: said(rejectReason), tag: said(tag) };
    return [key, { ...tracked, value: { ...tracked.value, ...words } }] as const;
  });
  return { ...orders, value: new Map(value) };
}

function cleanActivities(activities: AccountState['activities'], clean: Clean): AccountState['activities'] {
  if (activities === null) return null;
  const value = [...activities.value].map(([id, activity]) => {
    const { description } = activity;
    return [id, { ...activity, description: description === null ? null : clean(description) }] as const;
  });
  return { ...activities, value: new Map(value) };
}

function entriesIn<T>(part: Part<ReadonlyMap<string, T>> | null) {
  return part === null ? null : { ...part, from: withoutIssues(part.from), value: [...part.value] };
}

/** What was wrong then is not known to be wrong now; and a broker's words are not for the disk. */
function withoutIssues({ issues: _issues, ...from }: Part<unknown>['from']) {
  return from;
}
