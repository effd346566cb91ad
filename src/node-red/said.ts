import type { Node, NodeAPI } from 'node-red';
import { z } from 'zod';
import { bareLine, bareLines } from '../domain/bare-text.js';
import type { Issue } from '../domain/issue.js';
import { BrokerageError, sentenceOf } from '../errors.js';
import { knownSecrets } from './known-secrets.js';

/** A sentence as it may leave: without a secret, with account numbers masked. */
export function said(sentence: string): string {
  return knownSecrets.clean(sentence);
}

/** The same as one line without controls: what others wrote must not begin a line of a log, nor speak to a terminal. */
export function saidLine(sentence: string): string {
  return said(bareLine(sentence));
}

/** As `saidLine`, where there may be nothing to say. */
export function saidIfAny(sentence: string | null): string | null {
  return sentence === null ? null : saidLine(sentence);
}

export function saidIssues(issues: readonly Issue[]): readonly Issue[] {
  return issues.map((issue) => ({ ...issue, message: saidLine(issue.message) }));
}

/** An error for Node-RED, which passes message, code and stack on to Catch nodes. Its cause stays behind: others wrote it. */
export function saidError(error: unknown): Error {
  const message = saidLine(sentenceOf(error));
  if (!(error instanceof Error)) return new Error(message);
  const { name } = error;
  // The stack begins with the message, and a verbose log prints it.
  const stack = bareLines(error.stack ?? '').replace(bareLines(error.message), () => message);
  const code = error instanceof BrokerageError ? { code: error.code } : {};
  return Object.assign(new Error(message), { name, ...code, stack: said(stack === '' ? message : stack) });
}

/** A `Logger` whose parts can be handed on one by one. */
export interface Log {
  readonly info: Say;
  readonly warn: Say;
  readonly error: Say;
}
type Say = (message: string) => void;

/** Node-RED's log, for sentences that belong to no node. */
export function saidInLog({ log }: { readonly log: Pick<NodeAPI['log'], keyof Log> }): Log {
  return {
    info: (message) => log.info(saidLine(message)),
    warn: (message) => log.warn(saidLine(message)),
    error: (message) => log.error(saidLine(message)),
  };
}

/** The log under the name of a node. */
export function saidByNode(node: Node): Log {
  return {
    info: (message) => node.log(saidLine(message)),
    warn: (message) => node.warn(saidLine(message)),
    error: (message) => node.error(saidLine(message)),
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
