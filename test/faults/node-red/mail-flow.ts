import { createRequire } from 'node:module';
import type { NodeAPI } from 'node-red';
import { z } from 'zod';
import { changedExample, idInExample, type FlowNode } from '../../support/example-flow.js';
import { MAIL_EXAMPLE, mailNode } from '../../support/mail-example.js';
import type { MailServer } from '../../support/mail-server.js';
import { coreNode } from '../../support/nodes.js';
import type { FlowChange, Guests } from './red-stage.js';

/** The mail node waits 30 s for a greeting and ten minutes for any other word, which would outlast a run. */
const LIMITS = { connectionTimeout: 1_500, greetingTimeout: 1_200, socketTimeout: 1_500 } as const;
/** As in the example, the outbox waits less long for an answer than the mail node for a word. */
const SHORTER = { RETRY_SECONDS: '0.003', ANSWER_SECONDS: '1' } as const;
/** The ear that hears what the outbox is given. */
export const ALERTED = 'alerted';
/** The ear in the place of the second way. */
export const SECOND_WAY = idInExample(MAIL_EXAMPLE, 'second-way');
/** The stage has the others. */
const OF_THE_EXAMPLE: ReadonlySet<string> = new Set([
  'account-alert',
  'function',
  'inject',
  'e-mail',
  'mqtt out',
]);

const require = createRequire(import.meta.url);
const MAIL_NODE = require.resolve('node-red-node-email/61-email.js');
const NodeSet = z.custom<(RED: NodeAPI) => void>((value) => typeof value === 'function');
const Mailer = z.custom<{ createTransport: (options: object) => unknown }>(
  (value) => typeof value === 'object' && value !== null && 'createTransport' in value,
);
let nodes: Guests['nodes'] | null = null;

/** The nodes of others in `mailFlow`. */
export function mailGuests({ login }: MailServer): Guests {
  nodes ??= load();
  return { nodes, credentials: { [idInExample(MAIL_EXAMPLE, 'mail')]: login } };
}

function load(): NonNullable<Guests['nodes']> {
  const mailer = Mailer.parse(createRequire(MAIL_NODE)('nodemailer'));
  const { createTransport } = mailer;
  mailer.createTransport = (options) => createTransport({ ...options, ...LIMITS });
  const core = ['common/20-inject', 'function/10-function'].map(coreNode);
  return [NodeSet.parse(require(MAIL_NODE)), ...core];
}

interface MailFlow {
  readonly mail: MailServer;
  readonly rules: readonly object[];
  /** Failures in a row after which the outbox turns to the second way. */
  readonly tries: number;
}

/** The example behind the stage's account-sync. */
export function mailFlow({ mail, rules, tries }: MailFlow): FlowChange {
  const env = { ...SHORTER, TRIES: String(tries) };
  const example = changedExample({ file: MAIL_EXAMPLE, rules, env, nodes: { mail: mailNode(mail) } }, 0);
  const idOf = (short: string): string => idInExample(MAIL_EXAMPLE, short);
  const nodeOf = (short: string): FlowNode => {
    const found = example.find(({ id }) => id === idOf(short));
    if (found === undefined) throw new Error(`The example has no ${short}.`);
    return found;
  };
  const withEar = (short: string, ear: string): object => ({ wires: [[ear, ...nodeOf(short).wires.flat()]] });
  const toAlerts = ['balances', 'positions', 'orders', 'status'].map((output) => [output, idOf('alerts')]);
  return {
    over: {
      tab: { env: nodeOf('tab')['env'] },
      sync: { wires: toAlerts },
      catcher: { scope: nodeOf('failed')['scope'], ...withEar('failed', 'errors') },
      completer: { scope: nodeOf('arrived')['scope'], ...withEar('arrived', 'completed') },
      [idOf('alerts')]: withEar('alerts', ALERTED),
      [SECOND_WAY]: { type: 'ear' },
    },
    more: [
      { id: ALERTED, type: 'ear', ...ON_TAB },
      ...example.filter(({ type }) => OF_THE_EXAMPLE.has(type)).map((node) => ({ ...node, ...ON_TAB })),
    ],
  };
}

const ON_TAB = { z: 'tab' } as const;
