import { isQuiet } from './quiet-hours.js';
import type { AlertSettings, Draft } from './draft.js';
import type { Engine } from './engine-value.js';
import { renewRules } from './renew-rules.js';
import type { Sample } from './sample.js';
import type { Silence } from './schema/state.js';
import { takeAccount, takeConnection } from './take.js';
import type { AlertMessage } from './text/message.js';
import { send } from './send.js';
import { atTime } from './time.js';
import { judgeByClock } from './clock.js';

/** The engine after a step, and what is to be sent because of it, in order. */
export interface Stepped {
  readonly engine: Engine;
  readonly messages: readonly AlertMessage[];
}

/** Takes one message of an account-sync node. What is to be told of it waits for the next tick. */
export function withSample(engine: Engine, settings: AlertSettings, sample: Sample): Stepped {
  const draft = begin(engine, settings, sample.at);
  const now = { ...sample, at: draft.at };
  if (now.of === 'connection') takeConnection(draft, now);
  else takeAccount(draft, now);
  return { engine: draft.engine, messages: [] };
}

/** Lets time pass, and sends what is due: to be called at least every 5 s. `at` in ms since the epoch. */
export function withTick(engine: Engine, settings: AlertSettings, at: number): Stepped {
  const draft = begin(engine, settings, at);
  const quiet = isQuiet(settings.quietHours, draft.at);
  const now = { ...draft, quiet, engine: { ...draft.engine, wasQuiet: quiet } };
  judgeByClock(now);
  return send(now, engine.wasQuiet && !quiet);
}

/**
 * Takes the rules of `settings`: after a start, and after each edit. A rule that means something else than before
 * begins anew, and what it had told ends; the others go on.
 */
export function withRules(engine: Engine, settings: AlertSettings, at: number): Stepped {
  const draft = begin(engine, settings, at);
  renewRules(draft);
  return { engine: draft.engine, messages: [] };
}

/** What a silence or an acknowledgement is of: one episode, one key, or all of a rule. */
export type Meant = { readonly alertId: string } | { readonly key: string } | { readonly ruleId: string };

/** From `at` until `until` (ms since the epoch) nothing is told of it; what still holds then is told then. */
export function withSilence(
  engine: Engine,
  meant: Meant,
  span: { readonly at: number; readonly until: number },
): Engine {
  return withOne(engine, 'silence', { ...span, meant });
}

/** What fires now is not repeated before `until`; its end is told. What begins later is told as ever. */
export function withAck(
  engine: Engine,
  meant: Meant,
  span: { readonly at: number; readonly until: number },
): Engine {
  return withOne(engine, 'acknowledge', { ...span, meant });
}

/** Takes back all silences and acknowledgements of this. */
export function withoutSilence(engine: Engine, meant: Meant): Engine {
  const same = wordsOf(meant);
  const silences = engine.silences.filter(
    ({ alertId, key, ruleId }) => alertId !== same.alertId || key !== same.key || ruleId !== same.ruleId,
  );
  return { ...engine, silences };
}

function withOne(
  engine: Engine,
  kind: Silence['kind'],
  { at, meant, until }: { readonly at: number; readonly until: number; readonly meant: Meant },
): Engine {
  const silences = [...engine.silences, { kind, ...wordsOf(meant), from: at, until }];
  return { ...engine, silences };
}

function wordsOf(meant: Meant): Pick<Silence, 'alertId' | 'key' | 'ruleId'> {
  return { alertId: null, key: null, ruleId: null, ...meant };
}

/** At night samples wait like everything else: only a tick ends it, so that all that waited is told at once. */
function begin(engine: Engine, settings: AlertSettings, at: number): Draft {
  const now = atTime(engine, at);
  return {
    engine: now.engine,
    settings,
    at: now.at,
    quiet: engine.wasQuiet || isQuiet(settings.quietHours, now.at),
  };
}
