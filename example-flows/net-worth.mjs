import { FIRST_STEPS_OF_ACCOUNTS, flow, variable } from './nodes.mjs';

const { accountSync, button, code, comment, debug, ibkr, schwab, tab, tick } = flow('net-worth');

const toTheSum = [['sum'], [], [], ['sum']];

export const nodes = [
  tab({
    label: 'Net worth of two brokers',
    info: 'Adds up what the accounts at Interactive Brokers and Schwab are worth, and says what it does not know.',
    env: [variable('BASE_CURRENCY', 'USD'), variable('ACCOUNTS', 0, 'num')],
  }),
  comment({
    name: 'One net worth of two brokers: double-click here for the four steps',
    info: `Core nodes only.

${FIRST_STEPS_OF_ACCOUNTS}
2. Open **accounts at Schwab** and its connection: app key, app secret, *Log in at Schwab*. More brokers or gateways? Copy an account node and wire its first and its last output into **net worth**.
3. Double-click the tab *Net worth of two brokers*, choose *Environment Variables*: the currency of the sum (\`BASE_CURRENCY\`), and how many accounts there are (\`ACCOUNTS\`; 0: as many as are told of). With a number no sum comes while one of them is missing.
4. Deploy. The sum stands under the debug node, and in its message.

\`msg.payload\` is \`{ total, currency, currencies, rates, accounts, missing, stale }\`. \`currencies\` is the sum of the accounts in each currency. \`total\` is \`null\` as long as anything is missing, and \`missing\` says what and why; it is never a sum without something. \`stale\` names the accounts whose figures are old, and since when: the sum holds them as they were.

Rates are those of the account at Interactive Brokers that holds both currencies; where there is none, the account is missing, by name. An account that two connections tell of is counted once, by \`msg.account.key\`.

An account that has been closed stays in the sum, as old: **forget what is old** takes it out. What speaks again comes back.`,
  }),
  ibkr('ibkr'),
  schwab('schwab'),
  accountSync('at-ibkr', {
    connection: 'ibkr',
    name: 'accounts at IBKR',
    drawn: 180,
    at: 'first',
    y: 140,
    wires: toTheSum,
  }),
  accountSync('at-schwab', {
    connection: 'schwab',
    name: 'accounts at Schwab',
    at: 'first',
    y: 220,
    wires: toTheSum,
  }),
  tick('tick', { name: 'every 5 s', seconds: 5, topic: 'tick', at: 'first', y: 300, wires: [['sum']] }),
  button('forget', { name: 'forget what is old', topic: 'forget', at: 'first', y: 360, wires: [['sum']] }),
  code('sum', {
    name: 'net worth',
    file: 'net-worth.js',
    start: 'net-worth-start.js',
    at: 'third',
    y: 180,
    wires: [['shown']],
  }),
  debug('shown', { name: 'one net worth', at: 'fourth', y: 180 }),
];
