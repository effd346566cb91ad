import { withMoves } from './assignment.js';
import { withStatus } from './connection-view.js';
import { keep, keyOf, type Draft } from './draft.js';
import { viewOf } from './engine-value.js';
import { takeHappenings } from './events.js';
import { happeningsOf, type Happening } from './happenings.js';
import { judge, judgeGone, means } from './judge.js';
import { METRICS } from './metrics.js';
import { rulesForPosition } from './rule-book.js';
import type { Sample, SampledAccount } from './sample.js';
import { subjectsOf } from './subjects.js';
import { isTrusted, takeSample, type Taken } from './take-sample.js';
import type { AccountView, Subject } from './views.js';

type OfConnection = Extract<Sample, { readonly of: 'connection' }>;
type OfAccount = Exclude<Sample, OfConnection>;

/** Puts the status of a connection before the rules. */
export function takeConnection(draft: Draft, { connection, status }: OfConnection): void {
  const { connections } = draft.engine;
  const before = connections.get(connection.key) ?? { status: null, downSince: null, quietSince: null };
  const view = withStatus({ ...before, ...connection }, status);
  draft.engine = { ...draft.engine, connections: new Map(connections).set(connection.key, view) };
  for (const rule of draft.settings.rules.of.connection)
    judge(draft, rule, { of: 'connection', connection: view });
}

/** Puts what was told of an account before the rules. */
export function takeAccount(draft: Draft, sample: OfAccount): void {
  greet(draft, sample.account);
  if (sample.of !== 'activities') {
    const taken = takeSample(viewOf(draft.engine, sample.account), sample);
    remember(draft, taken.view);
    judgeTaken(draft, sample, taken);
    draft.engine = { ...draft.engine, ...withMoves(draft.engine, sample) };
  }
  takeHappenings(draft, sample.account, happeningsOf(sample, draft.settings.digest));
}

/** Accounts that come within a minute of the very first one were there before. */
const FIRST_ACCOUNTS_MS = 60_000;

function greet(draft: Draft, account: SampledAccount): void {
  const { at, engine, settings } = draft;
  const { known } = engine;
  const isNew = !known.has(account.key);
  if (isNew) draft.engine = { ...engine, known: new Map(known).set(account.key, { since: at, peak: null }) };
  listen(draft, account.key);
  const first = Math.min(...[...known.values()].map(({ since }) => since));
  if (!isNew || known.size === 0 || at - first < FIRST_ACCOUNTS_MS || !settings.rules.events.has('account'))
    return;
  takeHappenings(draft, account, [appeared(account, at)]);
}

function appeared({ key, label }: SampledAccount, at: number): Happening {
  return {
    metric: 'account',
    operator: 'appeared',
    words: [],
    eventId: `account|${key}`,
    happenedAt: at,
    instrument: null,
    text: `the account ${label} appeared`,
    value: null,
  };
}

/** From now on what happens to this account is told. */
function listen(draft: Draft, account: string): void {
  const { at, engine, settings } = draft;
  const rules = [...settings.rules.events.values()].flat();
  const fresh = rules.filter(({ id }) => !engine.since.has(`${id}|${account}`));
  if (fresh.length === 0) return;
  const since = new Map(engine.since);
  for (const { id } of fresh) since.set(`${id}|${account}`, at);
  draft.engine = { ...engine, since };
}

function remember(draft: Draft, view: AccountView): void {
  const { engine } = draft;
  const { key } = view.account;
  const before = engine.known.get(key);
  const known =
    before === undefined || before.peak === view.peak
      ? engine.known
      : new Map(engine.known).set(key, { ...before, peak: view.peak });
  draft.engine = { ...engine, known, accounts: new Map(engine.accounts).set(key, view) };
}

function judgeTaken(draft: Draft, sample: OfAccount, { changed, gone, trustChanged, view }: Taken): void {
  if (sample.of === 'balances')
    for (const rule of draft.settings.rules.of.account)
      if (means(rule, { of: 'account', view })) judge(draft, rule, { of: 'account', view });
  if (trustChanged) {
    // Figures that stay as they are become known, or unknown, all at once; positions need the balances too.
    if (sample.of !== 'orders') judgeAll(draft, subjectsOf(draft.engine, 'position', view));
    else judgeAll(draft, subjectsOf(draft.engine, 'order', view));
  } else judgeAll(draft, rowsOf(sample, view, changed));
  for (const key of gone) judgeAbsent(draft, key, view);
  const isWhole = (sample.of === 'positions' || sample.of === 'orders') && sample.complete;
  if (isWhole && isTrusted(sample.trust)) judgeForgotten(draft, sample.of, view);
}

function* rowsOf(sample: OfAccount, view: AccountView, keys: readonly string[]): Generator<Subject> {
  for (const key of keys) {
    const position = sample.of === 'positions' ? view.positions.get(key) : undefined;
    const order = sample.of === 'orders' ? view.orders.get(key) : undefined;
    if (position !== undefined) yield { of: 'position', view, position };
    if (order !== undefined) yield { of: 'order', view, order };
  }
}

/** Holds all rules about each subject against it. */
export function judgeAll(draft: Draft, subjects: Iterable<Subject>): void {
  const { rules } = draft.settings;
  for (const subject of subjects) {
    const own =
      subject.of === 'position' ? rulesForPosition(rules, subject.position.instrument) : rules.of[subject.of];
    for (const rule of own) if (means(rule, subject)) judge(draft, rule, subject);
  }
}

/** A position was closed, an order has ended: whatever fired about it has ended too. */
function judgeAbsent(draft: Draft, subject: string, view: AccountView): void {
  const account = view.account.key;
  for (const rule of draft.settings.rules.numbers) {
    const key = keyOf({ ruleId: rule.id, account, subject, connection: null });
    if (draft.engine.keys.get(key) === undefined) continue;
    if (rule.kind === 'level') judgeGone(draft, rule, key);
    else keep(draft, key, null);
  }
}

/** After a start the first whole list shows what was closed meanwhile. */
function judgeForgotten(draft: Draft, kind: 'positions' | 'orders', view: AccountView): void {
  const { awake, keys } = draft.engine;
  for (const [key] of awake) {
    const about = keys.get(key)?.about;
    const rule = draft.settings.rules.all.get(about?.ruleId ?? '');
    if (about === undefined || about.subject === null || about.account !== view.account.key) continue;
    if (rule?.kind !== 'level' || METRICS[rule.metric].of !== (kind === 'positions' ? 'position' : 'order'))
      continue;
    if (view[kind].get(about.subject) === undefined) judgeGone(draft, rule, key);
  }
}
