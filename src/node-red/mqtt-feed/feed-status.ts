import type { NodeStatus } from 'node-red';
import type { Standing } from '../../mqtt/publisher.js';
import { said } from '../said.js';

export interface FeedStanding {
  readonly standing: Standing;
  /** For people: `host:1883`. */
  readonly address: string;
  /** How many accounts were heard of since the start. */
  readonly accounts: number;
  /** Topics that the MQTT broker does not take. */
  readonly refused: number;
  /** Accounts whose plain name another feed has. */
  readonly displaced: number;
  /** Alerts that wait for it. */
  readonly waiting: number;
  /** Alerts that were given up because there were too many. */
  readonly dropped: number;
}

const LONGEST_TEXT = 70;

/** What is wrong with the way to the MQTT broker, in a word or two, by the code of its error. */
const WORDS: Readonly<Record<string, string>> = {
  password: 'wrong user or password',
  certificate: 'certificate not trusted',
  tls: 'no TLS on this port',
  protocol: 'version of MQTT not spoken',
  'client-id': 'client id not accepted',
  address: 'no such address',
  'taken-over': 'another client took our place',
};

/** The line under the node. */
export function feedStatus(feed: FeedStanding): NodeStatus {
  const { accounts, address, displaced, dropped, refused, standing } = feed;
  switch (standing.kind) {
    case 'connecting':
      return line('yellow', 'ring', `connecting to ${address}`);
    case 'down': {
      const word = WORDS[standing.error.code];
      return word === undefined
        ? line('red', 'ring', `down: ${address}${waitingIn(feed)}`)
        : line('red', 'ring', `${word}: ${address}${waitingIn(feed)}`);
    }
    case 'connected': {
      const who = accounts === 1 ? '1 account' : `${accounts} accounts`;
      if (dropped > 0) return line('red', 'dot', `connected, ${who}, ${dropped} alerts were given up`);
      if (refused > 0) return line('yellow', 'dot', `connected, ${who}, ${refused} topics refused`);
      if (displaced > 0)
        return line('yellow', 'dot', `connected, ${who}, ${labelsOf(displaced)} also used by another feed`);
      return accounts === 0
        ? line('green', 'ring', 'connected, nothing heard yet')
        : line('green', 'dot', `connected, ${who}`);
    }
  }
}

function labelsOf(count: number): string {
  return count === 1 ? '1 label' : `${count} labels`;
}

function waitingIn({ dropped, waiting }: FeedStanding): string {
  if (dropped > 0) return `, outbox full, ${dropped} alerts given up`;
  return waiting === 0 ? '' : `, ${waiting === 1 ? '1 alert waits' : `${waiting} alerts wait`}`;
}

function line(fill: 'green' | 'red' | 'yellow', shape: 'dot' | 'ring', text: string): NodeStatus {
  const clean = said(text);
  return { fill, shape, text: clean.length <= LONGEST_TEXT ? clean : `${clean.slice(0, LONGEST_TEXT - 1)}…` };
}
