import type { Draft } from './draft.js';
import type { Engine } from './engine-value.js';
import { due, takeAllButCritical } from './grouping.js';
import { digestMessage, messagesOf, type AlertMessage } from './text/message.js';

/** Sends what has waited long enough; at the end of the night all but the critical in one message. */
export function send(
  { at, engine, quiet, settings: { digest } }: Draft,
  isMorning: boolean,
): { readonly engine: Engine; readonly messages: readonly AlertMessage[] } {
  const { taken, waiting } = isMorning
    ? takeAllButCritical(engine.groups)
    : { taken: [], waiting: engine.groups };
  const overnight = digestMessage(taken, digest);
  const now = due(waiting, { at, quiet });
  const messages = now.sent.flatMap(({ items }) => messagesOf(items, digest));
  return {
    engine: { ...engine, groups: now.waiting },
    messages: overnight === null ? messages : [overnight, ...messages],
  };
}
