import { oneLine, plainText } from '../../alerts/index.js';
import { said } from '../said.js';
import { nameOf, type Ongoing } from './ongoing.js';

const LONGEST_TEXT = 20_000;

/** The answer to `list`: what goes on, for people in the payload, for programs beside it. `at` in ms since the epoch. */
export function listMessage(ongoing: readonly Ongoing[], at: number) {
  const topic = ongoing.length === 0 ? 'No alert goes on' : `Alerts that go on: ${ongoing.length}`;
  return {
    topic,
    payload: said(plainText([topic, ...ongoing.map(lineOf)].join('\n'), LONGEST_TEXT)),
    alerts: ongoing.map(({ alertId, key: _key, since, ...one }) => ({
      id: alertId,
      ...one,
      account: inert(one.account),
      connection: inert(one.connection),
      instrument: inert(one.instrument),
      name: oneLine(one.name),
      since: iso(since),
    })),
    at: iso(at),
  };
}

function lineOf(one: Ongoing): string {
  const figure = one.value === null ? '' : `: ${one.value}`;
  const quiet = one.silenced ? ', silenced' : one.acknowledged ? ', acknowledged' : '';
  return `- ${one.severity}: ${nameOf(one)}${figure}, since ${iso(one.since) ?? '?'}${quiet}`;
}

function inert(text: string | null): string | null {
  return text === null ? null : oneLine(text);
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
