import type { Book } from './book.js';
import type { Claims } from './claims.js';
import type { Feed } from './feed.js';
import type { Privacy } from './leaf.js';
import type { Topics } from './topics.js';
import { isGone } from './tree.js';

export interface Emptying {
  readonly topics: Topics;
  readonly book: Book;
  readonly feed: Feed;
  readonly homeAssistant: boolean;
  readonly privacy: Privacy;
  /** Whether Home Assistant has been told what an account holds now: what it still looks at must not be emptied. */
  readonly isAnnounced: (accountKey: string) => boolean;
  readonly claims: Claims;
}

/**
 * Whether a topic that stands on the MQTT broker, and that nothing is to stand in, holds what has ended. What was only not
 * heard of, such as an account whose broker cannot be reached since the start, has not.
 */
export function mayEmpty(topic: string, emptying: Emptying): boolean {
  const { book, claims, feed, homeAssistant, isAnnounced, privacy, topics } = emptying;
  const known = [...book.accounts.values()];
  const document = known.find(({ account }) => topics.discovery(topics.deviceOf(account.key)) === topic);
  if (document !== undefined)
    return !homeAssistant && !claims.hasDevice(topics.deviceOf(document.account.key), document.since);
  // The last alert of an earlier run may name amounts.
  const isLastAlert = topic === topics.bridge('last_alert');
  const parsed = topics.parse(topic);
  if (privacy === 'relative' && (isLastAlert || parsed?.kind === 'last_alert')) return true;
  // Documents of accounts that are gone, and the bridge's where Home Assistant is not wanted any more.
  if (parsed === null) {
    const device = topics.deviceIn(topic);
    return device !== null && !claims.hasDevice(device, null);
  }
  const owner = known.find(({ name }) => name === parsed.name)?.account;
  if (owner === undefined) return book.retired.includes(parsed.name) && !claims.has(parsed.name);
  if (!('row' in parsed)) return false;
  const told = feed.accounts.get(owner.key);
  if (told === undefined || !isGone(told, parsed.kind)) return false;
  return parsed.kind !== 'positions' || !homeAssistant || isAnnounced(owner.key);
}
