import { flow } from './nodes.mjs';

const { accountSync, code, comment, debug, ibkr, tab, tick } = flow('failover');

export const nodes = [
  tab({
    label: 'When a gateway fails',
    info: 'Reads a second gateway and a fallback connection while the first gateway is away, and says which way is in use.',
  }),
  comment({
    name: 'Two gateways and a fallback: double-click here for the four steps',
    info: `Core nodes only.

1. Open **accounts** and its connection: host and port of your first gateway, and under *Second gateway* those of another one that is logged in to the same accounts (no account at hand? \`npx brokerage-simulator --tws-port 4002\` plays one).
2. Open the *Fallback* of **accounts**: a connection of its own, to a third gateway or TWS. It may be one of another login, as long as it shows the same accounts; what it shows of others is not passed on. You need only one of the two? Empty the other.
3. Deploy, and stop the first gateway. After 15 seconds the next way takes over.
4. Put your channel in the place of **a change of ways**: \`msg.topic\` is one line, \`msg.payload\` the text.

\`msg.sync.via\` says with each figure which way it came: \`tws\`, \`tws-backup\`, \`flex\` (the daily report, see the README), or \`cache\`: no way is open, the figures are the last ones, and \`msg.sync.stale\` is true. A fallback is a gateway like any other (\`tws\`); its address stands in the reason of the state.

Figures of two ways are never in one message, a better way is used when all its figures have come, and nothing is told twice. **which way** waits for nothing more: it says what account-sync has chosen.`,
  }),
  ibkr('connection', { name: 'first gateway', backupHost: '127.0.0.1', backupPort: '4012' }),
  ibkr('spare', { name: 'fallback', port: '4022' }),
  accountSync('accounts', {
    fallback: 'spare',
    name: 'accounts',
    at: 'first',
    y: 140,
    wires: [['which'], [], [], ['which', 'state']],
  }),
  tick('tick', { name: 'every 2 s', seconds: 2, topic: 'tick', at: 'first', y: 220, wires: [['which']] }),
  code('which', {
    name: 'which way',
    file: 'which-way.js',
    at: 'third',
    y: 140,
    wires: [['change']],
  }),
  debug('change', { name: 'a change of ways', at: 'fourth', y: 140 }),
  debug('state', {
    name: 'state of the connection',
    drawn: 200,
    statusVal: 'payload.state',
    at: 'fourth',
    y: 220,
  }),
];
