import type { Node, NodeAPI } from 'node-red';
import { z } from 'zod';
import type { Issue } from '../domain/issue.js';
import { BrokerageError, sentenceOf } from '../errors.js';
import { knownSecrets } from './known-secrets.js';

/** A sentence as it may leave: without a secret, with account numbers masked. */
export function said(sentence: string): string {
  return knownSecrets.clean(sentence);
}

/** The same where there may be nothing to say. */
export function saidIfAny(sentence: string | null): string | null {
  return sentence === null ? null : said(sentence);
}

export function saidIssues(issues: readonly Issue[]): readonly Issue[] {
  return issues.map((issue) => ({ ...issue, message: said(issue.message) }));
}

/** An error for Node-RED, which passes message, code and stack on to Catch nodes. Its cause stays behind: others wrote it. */
export function saidError(error: unknown): Error {
  const message = said(sentenceOf(error));
  if (!(error instanceof Error)) return new Error(message);
  const { name, stack } = error;
  const code = error instanceof BrokerageError ? { code: error.code } : {};
  return Object.assign(new Error(message), { name, ...code, stack: said(stack ?? message) });
}

/** A `Logger` whose parts can be handed on one by one. */
export interface Log {
  readonly info: Say;
  readonly warn: Say;
  readonly error: Say;
}
type Say = (message: string) => void;

/** Node-RED's log, for sentences that belong to no node. */
export function saidInLog({ log }: NodeAPI): Log {
  return {
    info: (message) => log.info(said(message)),
    warn: (message) => log.warn(said(message)),
    error: (message) => log.error(said(message)),
  };
}

/** The log under the name of a node. */
export function saidByNode(node: Node): Log {
  return {
    info: (message) => node.log(said(message)),
    warn: (message) => node.warn(said(message)),
    error: (message) => node.error(said(message)),
  };
}

const List = z.array(z.unknown());
const Named = z.record(z.string(), z.unknown());
/** Where an answer to the editor, an issue or an error has its sentence. */
const SENTENCES: ReadonlySet<string> = new Set(['message']);
/** What a broker, or the user at the broker's, has written into an order. */
const WORDS_OF_AN_ORDER: ReadonlySet<string> = new Set(['rawStatus', 'rejectReason', 'tag']);
const WORDS_OF_AN_ACTIVITY: ReadonlySet<string> = new Set(['rawType', 'description']);

/** An answer to the editor: only its sentences are touched, for an address to log in at holds the app key. */
export function saidAnswer(answer: object): unknown {
  return saidUnder(SENTENCES, answer);
}

/** Orders: figures and names stay as they are. */
export function saidOrders(orders: unknown): unknown {
  return saidUnder(WORDS_OF_AN_ORDER, orders);
}

export function saidActivities(activities: unknown): unknown {
  return saidUnder(WORDS_OF_AN_ACTIVITY, activities);
}

/** A copy in which the texts of these names are fit to be said. */
function saidUnder(names: ReadonlySet<string>, value: unknown): unknown {
  const list = List.safeParse(value);
  if (list.success) return list.data.map((inner) => saidUnder(names, inner));
  const named = Named.safeParse(value);
  if (!named.success) return value;
  const entries = Object.entries(named.data).map(([name, inner]) => [
    name,
    typeof inner === 'string' && names.has(name) ? said(inner) : saidUnder(names, inner),
  ]);
  return Object.fromEntries(entries);
}
