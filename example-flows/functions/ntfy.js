// An alert as ntfy's "publish as JSON" takes it.
// @include cut.js
const { alert, delivery, payload, priority, title, topic } = msg;
const bytes = (text) => Buffer.byteLength(text);
const tags = { critical: 'rotating_light', warning: 'warning', info: 'information_source' };
return {
  topic,
  alert,
  delivery: { ...delivery, expects: 'status' },
  requestTimeout: 20000,
  followRedirects: false, // a POST would arrive as a GET, and an answer of 200 would mean nothing
  payload: {
    topic: env.get('NTFY_TOPIC'),
    title: cut(title || topic, 250, bytes),
    // Above 4,096 bytes ntfy makes an attachment of a text.
    message: cut(payload, 4000, bytes),
    priority: { high: 5, normal: 3, low: 2 }[priority] || 3,
    tags: [alert.state === 'resolved' ? 'white_check_mark' : tags[alert.severity] || 'warning'],
  },
};
