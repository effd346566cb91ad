import { aboutTheOutbox, FIRST_STEPS_OF_ACCOUNTS, flow, variable } from './nodes.mjs';

const { accountSync, button, code, comment, eMail, ibkr, lost, outbox, tab, tick } = flow('day-report');

export const nodes = [
  tab({
    label: 'Report of the day',
    info: 'Mails after the close of the US market what each account is worth and what happened. Needs node-red-node-email.',
    env: [
      variable('REPORT_AT', '16:10'),
      variable('MOVERS', 5, 'num'),
      variable('TRIES', 5, 'num'),
      variable('RETRY_SECONDS', 30, 'num'),
      variable('ANSWER_SECONDS', 180, 'num'),
    ],
  }),
  comment({
    name: 'A report after the close: double-click here for the four steps',
    info: `Needs **node-red-node-email** (menu → Manage palette → Install).

${FIRST_STEPS_OF_ACCOUNTS} Another broker? Copy the account node and wire all its outputs into **the day**.
2. Open **e-mail**: your address under *To*, your mail server, user and password.
3. Double-click the tab *Report of the day*, choose *Environment Variables*: when it comes (\`REPORT_AT\`, in New York) and how many movers it names (\`MOVERS\`).
4. Deploy, wait for the figures, press **report now**.

It comes at 16:10 in New York on days on which US exchanges trade, for each account: net liquidation, the result of the day, the biggest movers, the fills of the day and the open orders. What is not known is called so; what is old says of when it is.

**Why a tick and not the clock of the inject node:** that one knows the time zone of the server only, which may change to daylight saving time on another day than New York, and a moment that it misses is missed for good. **the day** asks once a minute what time it is in New York, and a report that was due while Node-RED was down comes later on the same day.

**Not twice:** the day of the last report is remembered. Where context is not kept in files (see below), a Node-RED that was started after 16:10 cannot know whether the report has gone, and leaves that day out; it says so under **the day**, and the button sends it. Fills are listed from the start on, and the report says since when.

${aboutTheOutbox()}`,
  }),
  ibkr(),
  accountSync('accounts', {
    name: 'accounts',
    at: 'first',
    y: 140,
    wires: [['the-day'], ['the-day'], ['the-day'], ['the-day']],
  }),
  code('the-day', {
    name: 'the day',
    file: 'day-report.js',
    start: 'day-report-start.js',
    at: 'third',
    y: 140,
    wires: [['outbox']],
  }),
  tick('minute', {
    name: 'every minute',
    seconds: 60,
    topic: 'tick',
    at: 'first',
    y: 220,
    wires: [['the-day']],
  }),
  button('now', { name: 'report now', topic: 'report', at: 'first', y: 280, wires: [['the-day']] }),
  ...outbox({ to: 'mail', lost: 'lost', answers: 'mail', of: ['mail'], at: 'fourth', top: 360 }),
  eMail('mail', { at: 'fifth', y: 140 }),
  lost({ at: 'fifth' }),
];
