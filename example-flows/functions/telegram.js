// An alert as Telegram's sendMessage takes it: plain text, without parse_mode, so that nothing in it is markup.
// @include cut.js
const { alert, delivery, payload, priority, title, topic } = msg;
const codeUnits = (text) => text.length;
return {
  topic,
  alert,
  delivery: { ...delivery, expects: 'status' },
  requestTimeout: 20000,
  followRedirects: false, // a POST would arrive as a GET, and an answer of 200 would mean nothing
  payload: {
    chat_id: env.get('TELEGRAM_CHAT_ID'),
    text: cut(`${title || topic}\n\n${payload}`, 4096, codeUnits),
    disable_notification: priority === 'low',
    link_preview_options: { is_disabled: true },
  },
};
