import type { Engine } from './engine-value.js';
import { METRICS } from './metrics.js';
import type { NumberRule } from './rule-book.js';
import type { About } from './schema/state.js';
import type { AccountView, Subject } from './views.js';

/** Everything that rules about `of` can look at, in one account or in all. */
export function* subjectsOf(engine: Engine, of: Subject['of'], only?: AccountView): Generator<Subject> {
  if (of === 'connection') {
    for (const connection of engine.connections.values())
      if (connection.status !== null) yield { of, connection };
    return;
  }
  for (const view of only === undefined ? engine.accounts.values() : [only]) {
    if (of === 'account') yield { of, view };
    else if (of === 'position') for (const [, position] of view.positions) yield { of, view, position };
    else for (const [, order] of view.orders) yield { of, view, order };
  }
}

/** What a key is about, as it is now; null = nothing is known of it, which is not to say that it is gone. */
export function subjectOf(engine: Engine, rule: NumberRule, about: About): Subject | null {
  const { of } = METRICS[rule.metric];
  if (of === 'connection') {
    const connection = about.connection === null ? undefined : engine.connections.get(about.connection);
    return connection === undefined || connection.status === null ? null : { of, connection };
  }
  const view = about.account === null ? undefined : engine.accounts.get(about.account);
  if (view === undefined) return null;
  if (of === 'account') return { of, view };
  const key = about.subject ?? '';
  if (of === 'position') {
    const position = view.positions.get(key);
    return position === undefined ? null : { of, view, position };
  }
  const order = view.orders.get(key);
  return order === undefined ? null : { of, view, order };
}
