import { readFileSync } from 'node:fs';
import { ABOUT_CONTEXT, FIRST_STEPS_OF_ACCOUNTS, flow, variable } from './nodes.mjs';

const { accountSync, alertNode, button, code, comment, debug, ibkr, tab, tick } = flow('option-expiry');

/** As the editor of the alert node offers them. */
const rules = JSON.parse(readFileSync(new URL('option-rules.json', import.meta.url), 'utf8'));

export const nodes = [
  tab({
    label: 'Options that expire',
    info: 'Lists once a day which options expire soon, and has the alert node watch them as well.',
    env: [variable('DAYS', 7, 'num'), variable('LIST_AT', '09:00')],
  }),
  comment({
    name: 'Options that expire: double-click here for the four steps',
    info: `Core nodes only.

${FIRST_STEPS_OF_ACCOUNTS} Another broker? Copy the account node and wire all its outputs as these.
2. Double-click the tab *Options that expire*, choose *Environment Variables*: how many days ahead (\`DAYS\`), and when the list comes (\`LIST_AT\`, in New York).
3. Open **expiry rules**: the alert node's own rules tell the same without a list, once for each option; switch off what is too much.
4. Deploy, press **list now**. Then put your channel in the place of the two debug nodes, from **outbox** to the right in the examples of alerts: both messages are what it takes.

Short options in the money come first, then short ones of which nobody knows, then all others by their day. The price of an underlying is known only where the same account holds it: otherwise the list says so, and guesses nothing. An option whose day is not known (some adjusted ones) is in the list, too.

Nothing comes on a day on which no option expires soon, as long as all positions are known and current. While they are not, a message says whose.

A list that was due while Node-RED was down comes later on the same day. ${ABOUT_CONTEXT} Without that, a Node-RED that was started after the hour leaves that day out.`,
  }),
  ibkr(),
  accountSync('accounts', {
    name: 'accounts',
    at: 'first',
    y: 160,
    wires: [['rules'], ['expiring', 'rules'], ['rules'], ['expiring', 'rules']],
  }),
  tick('tick', {
    name: 'every minute',
    seconds: 60,
    topic: 'tick',
    at: 'first',
    y: 240,
    wires: [['expiring']],
  }),
  button('now', { name: 'list now', drawn: 100, topic: 'now', at: 'first', y: 300, wires: [['expiring']] }),
  alertNode('rules', { name: 'expiry rules', rules, at: 'third', y: 140, wires: [['alert']] }),
  code('expiring', {
    name: 'what expires soon',
    file: 'option-expiry.js',
    start: 'option-expiry-start.js',
    at: 'third',
    y: 240,
    wires: [['list']],
  }),
  debug('alert', { name: 'an alert', at: 'fourth', y: 140 }),
  debug('list', { name: 'the list of the day', at: 'fourth', y: 240 }),
];
