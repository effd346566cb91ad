// Keeps lines until InfluxDB has taken them. In: lines, ticks, and how a try ended. Out: 1 a try, 2 what was refused.
const MOST_LINES = 20000;
const MOST_AT_ONCE = 5000;
const FIRST_WAIT_MS = 1000 * (Number(env.get('RETRY_SECONDS')) || 10);
const LONGEST_WAIT_MS = 5 * 60 * 1000;
const ANSWER_WITHIN_MS = 60 * 1000;

const now = Date.now();
const box = context.get('box') || {
  // Of each series the newest line since the last tick, so that a series has one point a tick.
  fresh: {},
  lines: [],
  sent: 0,
  sentAt: null,
  attempt: 0,
  failures: 0,
  nextAt: 0,
  dropped: 0,
  why: '',
};
let refused = null;

const failed = (why) => {
  box.sentAt = null;
  box.failures += 1;
  box.why = why;
  box.nextAt = now + Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(box.failures - 1, 5));
};
const taken = () => {
  box.lines.splice(0, box.sent);
  Object.assign(box, { sentAt: null, failures: 0, nextAt: 0, why: '' });
};

if (Array.isArray(msg.lines)) for (const { line, series } of msg.lines) box.fresh[series] = line;
else if (msg.delivery) {
  // A late word about an earlier try says nothing new.
  if (box.sentAt !== null && msg.delivery.attempt === box.attempt) {
    const { error, payload, statusCode } = msg;
    if (error) failed(String(error.message || 'an error without words'));
    else if (statusCode >= 200 && statusCode < 300) taken();
    else if (statusCode === 400) {
      // It has taken the other lines of this try, and would refuse these for ever.
      refused = { topic: 'InfluxDB refused lines', payload: String(payload) };
      taken();
    } else failed(`it answered ${statusCode} ${String(payload)}`);
  }
} else {
  box.lines.push(...Object.values(box.fresh));
  box.fresh = {};
}
if (box.sentAt !== null && now - box.sentAt > ANSWER_WITHIN_MS) failed('it gave no answer');
if (box.lines.length > MOST_LINES && box.sentAt === null)
  box.dropped += box.lines.splice(0, box.lines.length - MOST_LINES).length;

let attempt = null;
if (box.sentAt === null && box.lines.length > 0 && now >= box.nextAt) {
  box.attempt += 1;
  box.sentAt = now;
  box.sent = Math.min(box.lines.length, MOST_AT_ONCE);
  const token = env.get('INFLUXDB_TOKEN');
  attempt = {
    delivery: { attempt: box.attempt },
    url: `${env.get('INFLUXDB_URL')}/write?db=${encodeURIComponent(env.get('INFLUXDB_DATABASE'))}&precision=ms`,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      ...(token ? { authorization: `Token ${token}` } : {}),
    },
    requestTimeout: 30000,
    followRedirects: false,
    payload: box.lines.slice(0, box.sent).join('\n'),
  };
}
context.set('box', box);

const lost = box.dropped === 0 ? '' : `, ${box.dropped} lost`;
node.status(
  box.failures > 0
    ? { fill: 'red', shape: 'ring', text: `${box.lines.length} lines wait${lost}: ${box.why}`.slice(0, 80) }
    : { fill: 'green', shape: 'dot', text: `${box.lines.length} lines on their way${lost}` },
);
return [attempt, refused];
