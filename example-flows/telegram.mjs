import { aboutTheOutbox, FIRST_STEPS, flow, fromOutside, variable } from './nodes.mjs';

const { accountsAndAlerts, code, comment, httpRequest, lost, outbox, tab } = flow('telegram');

export const nodes = [
  tab({
    label: 'Alerts: Telegram',
    info: 'Sends alerts to a Telegram chat through the Bot API.',
    env: [
      variable('TELEGRAM_CHAT_ID', ''),
      fromOutside('TELEGRAM_BOT_TOKEN'),
      variable('TELEGRAM_API', 'https://api.telegram.org'),
      variable('SEND_MESSAGE_URL', '${TELEGRAM_API}/bot${TELEGRAM_BOT_TOKEN}/sendMessage', 'env'),
      variable('TRIES', 5, 'num'),
      variable('RETRY_SECONDS', 30, 'num'),
      variable('ANSWER_SECONDS', 60, 'num'),
    ],
  }),
  comment({
    name: 'Alerts to Telegram: double-click here for the five steps',
    info: `Core nodes only.

${FIRST_STEPS}
3. In Telegram write to *@BotFather*: \`/newbot\`. Give the token to Node-RED as the environment variable \`TELEGRAM_BOT_TOKEN\`, or double-click the tab *Alerts: Telegram*, choose *Environment Variables*, change the type of this row to *credential* and paste it there. It stands in the address of the request, so wire no debug node behind **to Telegram**.
4. Write something to your bot, open \`https://api.telegram.org/bot<token>/getUpdates\` and enter the number behind \`"chat":{"id":\` as \`TELEGRAM_CHAT_ID\`.
5. Deploy, open **alerts**, choose *Send test alert*.

The text is plain (no \`parse_mode\`), so that nothing in it is taken for markup, and is cut at the 4,096 characters that Telegram takes. What is only of interest comes without a sound. When Telegram says how long to wait (\`retry_after\`), **outbox** does.

For the *http request* node a refusal is no error; **outbox** looks at the status: 401 or 404 mean a wrong token, 400 or 403 a wrong chat.

${aboutTheOutbox()}`,
  }),
  ...accountsAndAlerts(['outbox']),
  ...outbox({ to: 'message', lost: 'lost', answers: 'send', of: ['message', 'send'] }),
  code('message', { name: 'as a message', file: 'telegram.js', at: 'fourth', y: 140, wires: [['send']] }),
  httpRequest('send', { name: 'to Telegram', url: '${SEND_MESSAGE_URL}', at: 'fifth', y: 140 }),
  lost(),
];
