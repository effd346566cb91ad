import { ageOf } from '../alerts/figures.js';
import type { SampledStatus } from '../alerts/sample.js';
import type { AccountFeed, ConnectionFeed } from './feed.js';
import type { Flat } from './leaf.js';
import type { Heading } from './payloads.js';

/** The words of the topic; Home Assistant is told that there are no others. */
export const CONNECTION_STATES = [
  'connected',
  'degraded',
  'reconnecting',
  'auth_required',
  'disconnected',
] as const;
type ConnectionState = (typeof CONNECTION_STATES)[number];

const WORDS: Readonly<Record<SampledStatus['state'], ConnectionState>> = {
  live: 'connected',
  degraded: 'degraded',
  stale: 'degraded',
  connecting: 'reconnecting',
  'login-required': 'auth_required',
  misconfigured: 'disconnected',
  down: 'disconnected',
};

const UNHEARD = 'No account-sync tells of this account now: what stands here is from before.';

/** How the figures of an account come, and how far to trust them; `at` is now. What is not known is null, and never "fine". */
export function connectionOf(
  heading: Heading,
  feed: AccountFeed,
  {
    at,
    connection,
    device,
    since,
  }: {
    readonly at: number;
    readonly connection: ConnectionFeed | null;
    /** What Home Assistant knows the account by. */
    readonly device: string;
    /** Since when the account has its level of the topics. */
    readonly since: number | null;
  },
): Flat {
  const status = connection?.status ?? null;
  const told = [feed.balances, feed.positions].flatMap((one) => one ?? []);
  const isHeard = told.length > 0;
  const ages = told.map((one) => ageOf({ ...one.trust, at: one.at }, at));
  return {
    ...heading,
    device,
    name_since: iso(since),
    currency: feed.account.currency,
    connection: connection?.label ?? null,
    connected: status === null ? null : status.state === 'live',
    state: status === null ? null : WORDS[status.state],
    reason: status?.reason ?? (isHeard ? null : UNHEARD),
    stale: !isHeard || told.some(({ trust }) => trust.stale) || status?.state === 'stale',
    data_age_s: isHeard ? Math.round(Math.max(...ages)) : null,
    login_expires_at: iso(status?.loginExpiresAt ?? null),
    maintenance_until: iso(status?.quietUntil ?? null),
  };
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
