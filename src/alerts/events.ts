import { keep, keyOf, NO_STATE, tell, type Draft } from './draft.js';
import type { Happening } from './happenings.js';
import { accountOf, itemOf, namedInstrument, saidOf } from './items.js';
import { stepQueue, queued, type Queue } from './machine/occurrence.js';
import { meansAccount, meansInstrument } from './rule-book.js';
import type { SampledAccount } from './sample.js';
import type { EventRule } from './schema/rule.js';
import type { About, Facts, Happened } from './schema/state.js';
import { isSilenced } from './silences.js';

/** What comes so soon after the first word of an account, and has no time of its own, was there before. */
const BASELINE_MS = 10_000;

/** Puts what happened before the rules about happenings; an event id is told once, whoever repeats it. */
export function takeHappenings(
  draft: Draft,
  account: SampledAccount,
  happenings: readonly Happening[],
): void {
  for (const happening of happenings) {
    if (draft.engine.seen.has(`${account.key}|${happening.eventId}`)) continue;
    const seen = draft.engine.seen.with(`${account.key}|${happening.eventId}`, draft.at);
    draft.engine = { ...draft.engine, seen };
    for (const rule of draft.settings.rules.events.get(happening.metric) ?? [])
      if (isMeant(rule, account, happening) && !isOld(draft, rule, { account, happening }))
        take(draft, rule, { account, happening });
  }
}

/** Tells what waits for a key, when it may be told now. */
export function judgeQueue(draft: Draft, rule: EventRule, key: string): void {
  const state = draft.engine.keys.get(key);
  if (state?.events !== null && state !== undefined)
    step(draft, rule, { about: state.about, queue: state.events });
}

interface Met {
  readonly account: SampledAccount;
  readonly happening: Happening;
}

function isMeant(
  rule: EventRule,
  account: SampledAccount,
  { instrument, metric, operator, words }: Happening,
): boolean {
  if (!meansAccount(rule, account)) return false;
  if (rule.operator !== 'event' && rule.operator !== operator) return false;
  const { assetClass, symbol } = rule.scope;
  if (instrument === null ? assetClass !== '' || symbol !== '' : !meansInstrument(rule, instrument))
    return false;
  if (metric === 'orderTag') return !rule.threshold.some((own) => words.some((word) => word.startsWith(own)));
  return rule.threshold.length === 0 || rule.threshold.some((meant) => words.includes(meant));
}

/** With nothing remembered, what is there at the first look is the beginning and no news. */
function isOld(draft: Draft, { id }: EventRule, { account, happening: { happenedAt } }: Met): boolean {
  const since = draft.engine.since.get(`${id}|${account.key}`) ?? draft.at;
  return happenedAt === null ? draft.at - since < BASELINE_MS : happenedAt < since;
}

function take(draft: Draft, rule: EventRule, { account, happening }: Met): void {
  const { eventId, instrument, text, value } = happening;
  const about = { ruleId: rule.id, account: account.key, subject: instrument?.key ?? null, connection: null };
  const facts: Facts = {
    value,
    account: accountOf({ account }),
    instrument: instrument === null ? null : namedInstrument(instrument),
    connection: null,
    asOf: happening.happenedAt,
    stale: false,
  };
  const known = draft.engine.keys.get(keyOf(about))?.events ?? { waiting: [], lastNotifiedAt: null };
  const one = { eventId, at: draft.at, text, value, before: null, facts };
  step(draft, rule, { about, queue: queued(known, [one]) });
}

function step(
  draft: Draft,
  rule: EventRule,
  { about, queue }: { readonly about: About; readonly queue: Queue<Happened> },
): void {
  const key = keyOf(about);
  const { at, quiet } = draft;
  const episode = { ruleId: rule.id, key, firedAt: null, alertId: null };
  const inhibited = isSilenced(draft.engine.silences, episode, at);
  const reading = { at, value: null, fresh: true, quiet, inhibited, acknowledged: false };
  const [events, told] = stepQueue(rule, queue, reading);
  for (const { at: startedAt, before, eventId, facts, text } of told)
    tell(
      draft,
      itemOf(draft, saidOf(draft, rule), {
        facts,
        telling: { key, state: 'firing', startedAt, reason: null, before, text, episode: eventId },
      }),
    );
  const { lastNotifiedAt, waiting } = events;
  const isPast = lastNotifiedAt === null || at - lastNotifiedAt >= rule.cooldownSeconds * 1000;
  keep(draft, key, waiting.length === 0 && isPast ? null : { ...NO_STATE, about, events });
}
