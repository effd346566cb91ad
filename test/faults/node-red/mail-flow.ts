import { createRequire } from 'node:module';
import type { NodeAPI } from 'node-red';
import { z } from 'zod';
import { idInExample, mailExample, type ExampleNode } from '../../support/mail-example.js';
import type { MailServer } from '../../support/mail-server.js';
import type { FlowChange, Guests } from './red-stage.js';

/** The mail node waits 30 s for a greeting and ten minutes for any other word, which would outlast a run. */
const LIMITS = { connectionTimeout: 1_500, greetingTimeout: 1_200, socketTimeout: 1_500 } as const;
const TRIES_AGAIN_AFTER_MS = 100;
/** The stage has others of these. */
const NOT_OF_THE_EXAMPLE: ReadonlySet<string> = new Set([
  'tab',
  'comment',
  'ibkr-config',
  'account-sync',
  'catch',
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
  return { nodes, credentials: { [idInExample('e-mail')]: login } };
}

function load(): NonNullable<Guests['nodes']> {
  const mailer = Mailer.parse(createRequire(MAIL_NODE)('nodemailer'));
  const { createTransport } = mailer;
  mailer.createTransport = (options) => createTransport({ ...options, ...LIMITS });
  const core = ['15-change.js', '89-delay.js'].map((name) => `@node-red/nodes/core/function/${name}`);
  return [MAIL_NODE, ...core].map((path) => NodeSet.parse(require(path)));
}

/** The example behind the stage's account-sync; the ear `alerted` hears what the mail node is given first. */
export function mailFlow(rules: readonly object[], mail: MailServer): FlowChange {
  const example = mailExample({ mail, rules, triesAgainAfterMs: TRIES_AGAIN_AFTER_MS });
  const [failed] = example.filter(({ type }) => type === 'catch');
  const outputs = ['balances', 'positions', 'orders', 'status'];
  return {
    wires: outputs.map((output) => [output, idInExample('account-alert')]),
    catcher: { scope: failed?.['scope'], wires: [['errors', ...(failed?.wires.flat() ?? [])]] },
    more: [
      { id: 'alerted', type: 'ear', ...ON_TAB },
      ...example.filter(({ type }) => !NOT_OF_THE_EXAMPLE.has(type)).map(onTab),
    ],
  };
}

const ON_TAB = { z: 'tab' } as const;

function onTab({ credentials: _credentials, ...node }: ExampleNode): ExampleNode {
  const wires = node.type === 'account-alert' ? [[...node.wires.flat(), 'alerted']] : node.wires;
  return { ...node, ...ON_TAB, wires };
}
