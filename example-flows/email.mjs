import { aboutTheOutbox, FIRST_STEPS, flow, variable } from './nodes.mjs';

const { accountsAndAlerts, comment, eMail, mqttBroker, mqttOut, outbox, tab } = flow('email');

export const nodes = [
  tab({
    label: 'Alerts: e-mail',
    info: 'Sends alerts by e-mail, tries again when the mail server does not answer, and says over MQTT when mail fails. Needs node-red-node-email.',
    env: [
      variable('TRIES', 5, 'num'),
      variable('RETRY_SECONDS', 30, 'num'),
      variable('ANSWER_SECONDS', 180, 'num'),
    ],
  }),
  comment({
    name: 'Alerts by e-mail: double-click here for the five steps',
    info: `Needs **node-red-node-email** (menu → Manage palette → Install).

${FIRST_STEPS}
3. Open **e-mail**: your address under *To*, your mail server, user and password. Many providers want an *app password*. The password is kept encrypted and leaves with no export of the flow.
4. Open **mail fails**: an MQTT broker, or put another channel in its place. It hears of alerts that no mail could bring, so it must not depend on the mail server.
5. Deploy, open **alerts**, choose *Send test alert*.

The subject is \`msg.topic\`, one line for people; the text is \`msg.payload\`. Critical alerts are marked as important.

${aboutTheOutbox()}`,
  }),
  ...accountsAndAlerts(['outbox']),
  ...outbox({ to: 'mail', lost: 'second-way', answers: 'mail', of: ['mail'] }),
  eMail('mail', { at: 'fourth', y: 140 }),
  mqttOut('second-way', {
    name: 'mail fails',
    topic: 'brokerage/alerts/undelivered',
    at: 'fourth',
    y: 240,
  }),
  mqttBroker(),
];
