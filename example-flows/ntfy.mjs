import { aboutTheOutbox, FIRST_STEPS, flow, variable } from './nodes.mjs';

const { accountsAndAlerts, code, comment, httpRequest, lost, outbox, tab } = flow('ntfy');

export const nodes = [
  tab({
    label: 'Alerts: ntfy',
    info: 'Sends alerts to phones through ntfy, with a priority by severity.',
    env: [
      variable('NTFY_URL', 'https://ntfy.sh'),
      variable('NTFY_TOPIC', ''),
      variable('NTFY_AUTHORIZATION', ''),
      variable('TRIES', 5, 'num'),
      variable('RETRY_SECONDS', 30, 'num'),
      variable('ANSWER_SECONDS', 60, 'num'),
    ],
  }),
  comment({
    name: 'Alerts through ntfy: double-click here for the five steps',
    info: `Core nodes only. The phone needs the ntfy app.

${FIRST_STEPS}
3. Double-click the tab *Alerts: ntfy*, choose *Environment Variables*: \`NTFY_TOPIC\` is a name that nobody guesses, since whoever knows it can read along on ntfy.sh. \`NTFY_URL\` is the server, without the topic: your own one keeps the words of your alerts at home.
4. A protected topic needs \`NTFY_AUTHORIZATION\`: change the type of this row to *credential* and enter \`Bearer tk_…\`.
5. Subscribe to the topic in the app. Deploy, open **alerts**, choose *Send test alert*.

A critical alert has priority 5, a warning or the end of an alert 3, the rest 2. Texts above 4,000 bytes are cut.

For the *http request* node a refusal is no error; **outbox** looks at the status: 401 and 403 mean that the topic is protected, 429 that too much was sent.

${aboutTheOutbox()}`,
  }),
  ...accountsAndAlerts(['outbox']),
  ...outbox({ to: 'notification', lost: 'lost', answers: 'send', of: ['notification', 'send'] }),
  code('notification', {
    name: 'as a notification',
    file: 'ntfy.js',
    at: 'fourth',
    y: 140,
    wires: [['send']],
  }),
  httpRequest('send', {
    name: 'to ntfy',
    // The address of the server itself: with JSON the topic stands in the body.
    url: '${NTFY_URL}',
    headers: [
      {
        keyType: 'other',
        keyValue: 'Authorization',
        valueType: 'other',
        valueValue: '${NTFY_AUTHORIZATION}',
      },
    ],
    at: 'fifth',
    y: 140,
  }),
  lost(),
];
