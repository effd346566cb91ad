import { said } from '../said.js';
import type { Ongoing } from './listing.js';

/** The answer to `list`: what goes on, for people in the payload, for programs beside it. */
export function listMessage(ongoing: readonly Ongoing[], at: number) {
  const lines = ongoing.map(lineOf);
  const topic = ongoing.length === 0 ? 'No alert goes on' : `Alerts that go on: ${ongoing.length}`;
  return {
    topic,
    payload: said([topic, ...lines].join('\n')),
    alerts: ongoing.map((one) => ({ ...one, since: new Date(one.since).toISOString() })),
    at: new Date(at).toISOString(),
  };
}

function lineOf({ account, rule, severity, since, symbol, value }: Ongoing): string {
  const what = [rule, symbol, account].filter((part) => part !== null).join(', ');
  const figure = value === null ? '' : `: ${value}`;
  return `- ${severity}: ${what}${figure}, since ${new Date(since).toISOString()}`;
}
