import type { NodeStatus } from 'node-red';
import type { ConnectionState } from '../runtime/status.js';
import { dayAndTime } from '../runtime/login-warning.js';
import type { NodeState } from './node-state.js';
import { statusLine } from './status-line.js';

const LOOKS: Readonly<Record<ConnectionState, Pick<NodeStatus, 'fill' | 'shape'>>> = {
  connecting: { fill: 'yellow', shape: 'ring' },
  live: { fill: 'green', shape: 'dot' },
  degraded: { fill: 'yellow', shape: 'dot' },
  stale: { fill: 'red', shape: 'dot' },
  'login-required': { fill: 'red', shape: 'ring' },
  misconfigured: { fill: 'red', shape: 'ring' },
  down: { fill: 'red', shape: 'ring' },
};

const MAINTENANCE = { fill: 'grey', shape: 'ring' } as const;

/** The line under the node. */
export function nodeStatus({
  accounts,
  dataOf,
  isMaintenance,
  logInBy,
  reason,
  state,
}: NodeState): NodeStatus {
  const age = dataOf === null ? '' : `, oldest data ${clockTime(dataOf)}`;
  const line = text(state, { accounts, age, reason });
  const care = logInBy === null ? firstSentence(reason) : `log in by ${dayAndTime(logInBy)}`;
  if (isMaintenance) return { ...MAINTENANCE, text: statusLine(line) };
  if (state !== 'live' || care === null) return { ...LOOKS[state], text: statusLine(line) };
  return { fill: 'yellow', shape: 'dot', text: statusLine(`${line}, ${care}`) };
}

function text(
  state: ConnectionState,
  about: { readonly accounts: number; readonly age: string; readonly reason: string | null },
): string {
  const sentence = firstSentence(about.reason);
  switch (state) {
    case 'connecting':
      return sentence ?? 'connecting';
    case 'live':
      return about.accounts === 1 ? 'live' : `live, ${about.accounts} accounts`;
    case 'degraded':
      return `${sentence ?? 'reconnecting'}${about.age}`;
    case 'stale':
      return `stale${about.age}`;
    case 'login-required':
      return sentence ?? 'log in again';
    case 'misconfigured':
      return sentence ?? 'check the connection';
    case 'down':
      return sentence ?? 'no connection';
  }
}

function firstSentence(reason: string | null): string | null {
  const [sentence] = reason?.split(/(?<=[.?!:;])\s/) ?? [];
  return sentence === undefined || sentence === '' ? null : sentence.replace(/[.:;]$/, '');
}

/** Hours and minutes of the host, as the person in front of the editor reads a clock. */
function clockTime(at: number): string {
  const time = new Date(at);
  return `${String(time.getHours()).padStart(2, '0')}:${String(time.getMinutes()).padStart(2, '0')}`;
}
