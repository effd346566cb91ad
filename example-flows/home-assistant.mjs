import { aboutTheOutbox, FIRST_STEPS, flow, fromOutside, variable } from './nodes.mjs';

const { accountsAndAlerts, code, comment, httpRequest, lost, outbox, tab } = flow('home-assistant');

export const nodes = [
  tab({
    label: 'Alerts: Home Assistant',
    info: "Sends alerts to phones through Home Assistant's notify action; critical ones ring through silence.",
    env: [
      variable('HOME_ASSISTANT_URL', 'http://homeassistant.local:8123'),
      variable('HOME_ASSISTANT_NOTIFY', 'mobile_app_my_phone'),
      fromOutside('HOME_ASSISTANT_TOKEN'),
      variable('NOTIFY_URL', '${HOME_ASSISTANT_URL}/api/services/notify/${HOME_ASSISTANT_NOTIFY}', 'env'),
      variable('AUTHORIZATION', 'Bearer ${HOME_ASSISTANT_TOKEN}', 'env'),
      variable('TRIES', 5, 'num'),
      variable('RETRY_SECONDS', 30, 'num'),
      variable('ANSWER_SECONDS', 60, 'num'),
    ],
  }),
  comment({
    name: 'Alerts through Home Assistant: double-click here for the five steps',
    info: `Core nodes only. Home Assistant needs the companion app on the phone.

${FIRST_STEPS}
3. Double-click the tab *Alerts: Home Assistant*, choose *Environment Variables*: the address of Home Assistant, and the name of the phone (in Home Assistant: Developer tools → Actions → \`notify.mobile_app_…\`, without \`notify.\`).
4. In Home Assistant: your profile → Security → *Long-lived access tokens* → Create. Give it to Node-RED as the environment variable \`HOME_ASSISTANT_TOKEN\`, or change the type of this row to *credential* and paste it there. Never paste it into a function.
5. Deploy, open **alerts**, choose *Send test alert*.

Only a critical alert that begins carries what lets the phone ring through silence and sleep (iOS: \`push.sound.critical\`; Android: \`channel: alarm_stream\`, \`priority: high\`, \`ttl: 0\`). \`tag\` lets the end of an alert replace its beginning.

For the *http request* node a refusal is no error; **outbox** looks at the status: 401 means a wrong token, 400 or 404 a wrong name of the phone.

${aboutTheOutbox()}`,
  }),
  ...accountsAndAlerts(['outbox']),
  ...outbox({ to: 'notify', lost: 'lost', answers: 'send', of: ['notify', 'send'] }),
  code('notify', {
    name: 'as a notification',
    file: 'home-assistant.js',
    at: 'fourth',
    y: 140,
    wires: [['send']],
  }),
  httpRequest('send', {
    name: 'to Home Assistant',
    url: '${NOTIFY_URL}',
    headers: [
      { keyType: 'other', keyValue: 'Authorization', valueType: 'other', valueValue: '${AUTHORIZATION}' },
    ],
    at: 'fifth',
    y: 140,
  }),
  lost(),
];
