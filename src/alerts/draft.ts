import type { Digest } from '../sync/delta.js';
import { withItem } from './grouping.js';
import { isAwake, type Engine } from './engine-value.js';
import type { Lookups } from './inhibition.js';
import type { LevelState } from './machine/level.js';
import type { NumberRule, RuleBook } from './rule-book.js';
import type { QuietHours } from './schema/quiet-hours.js';
import type { Item } from './schema/item.js';
import type { About, KeyState } from './schema/state.js';
import type { Rule } from './schema/rule.js';
import type { SampledAccount } from './sample.js';
import type { Subject } from './views.js';

/** What a node's rules say, in the form in which the engine uses it. */
export interface AlertSettings {
  readonly rules: RuleBook;
  readonly quietHours: QuietHours | null;
  /** Names episodes: 16 hex digits. */
  readonly digest: Digest;
}

/** An engine while one step of it is made: only that step sees it change. */
export interface Draft {
  engine: Engine;
  readonly settings: AlertSettings;
  /** ms since the epoch */
  readonly at: number;
  readonly quiet: boolean;
}

export const NO_STATE: Omit<KeyState, 'about'> = {
  facts: null,
  level: null,
  edge: null,
  events: null,
  noData: null,
};

export function keyOf({ account, connection, ruleId, subject }: About): string {
  return `${ruleId}|${account ?? ''}|${subject ?? ''}|${connection ?? ''}`;
}

/** What a rule's key of a subject is about. */
export function aboutOf({ id: ruleId }: Rule, subject: Subject): About {
  switch (subject.of) {
    case 'account':
      return { ruleId, account: subject.view.account.key, subject: null, connection: null };
    case 'position':
      return { ruleId, account: subject.view.account.key, subject: subject.position.key, connection: null };
    case 'order':
      return {
        ruleId,
        account: subject.view.account.key,
        subject: subject.order.order.key,
        connection: null,
      };
    case 'connection':
      return { ruleId, account: null, subject: null, connection: subject.connection.key };
  }
}

/** Keeps what is to be remembered of a key; null = nothing. */
export function keep(draft: Draft, key: string, state: KeyState | null): void {
  const { engine } = draft;
  const keys = state === null ? engine.keys.without(key) : engine.keys.with(key, state);
  const awake = state !== null && isAwake(state) ? engine.awake.with(key, true) : engine.awake.without(key);
  draft.engine = { ...engine, keys, awake };
}

/** Puts something to be told with what waits; answers with the firing that its end took back before it was sent. */
export function tell(draft: Draft, item: Item): Item | null {
  const { groups, takenBack } = withItem(draft.engine.groups, item, draft.at);
  draft.engine = { ...draft.engine, groups };
  return takenBack;
}

/** What a happening or a number is judged against besides its own rule. */
export function lookups(draft: Draft): Lookups {
  const { at, settings } = draft;
  return {
    at,
    book: settings.rules,
    levelOf: (rule: NumberRule, subject: Subject): LevelState | null =>
      draft.engine.keys.get(keyOf(aboutOf(rule, subject)))?.level ?? null,
    connectionsOf: (subject) =>
      subject.of === 'connection' ? [subject] : connectionsOf(draft.engine, subject.view.account),
  };
}

/** The connection of an account; where it is not named, the only one to its broker, and none where there are two. */
function connectionsOf(
  { connections }: Engine,
  { broker, connection }: SampledAccount,
): readonly Extract<Subject, { readonly of: 'connection' }>[] {
  const named = connection === null ? undefined : connections.get(connection);
  const all =
    named === undefined ? [...connections.values()].filter((one) => one.broker === broker) : [named];
  return all.length === 1 ? all.map((one) => ({ of: 'connection', connection: one })) : [];
}
