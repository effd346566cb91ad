// Keeps each alert until the channel has taken it: one at a time, in order, tried again with growing waits.
// In: alerts, ticks, and what became of a try (Complete, Catch). Out: 1 a try, 2 what could not be delivered.
const TRIES = Number(env.get('TRIES')) || 5;
const FIRST_WAIT_MS = 1000 * (Number(env.get('RETRY_SECONDS')) || 30);
const ANSWER_WITHIN_MS = 1000 * (Number(env.get('ANSWER_SECONDS')) || 60);
const LONGEST_WAIT_MS = 15 * 60 * 1000;
const LONGEST_QUEUE = 200;

const now = Date.now();
const box = context.get('box') || { queue: [], failures: 0, why: '', attempt: 0, sentAt: null, nextAt: 0 };
let lost = [];

// Why a try did not arrive; null when it did. For the http request node a refusal is no error.
const troubleOf = ({ delivery, error, statusCode }) => {
  if (error) return String(error.message || 'an error without words');
  if (delivery.expects !== 'status') return null;
  return statusCode >= 200 && statusCode < 300 ? null : `it answered ${statusCode}`;
};
// A busy server says how long it wants to be left alone: in a header, Telegram in its answer; both in seconds.
const askedWaitMs = ({ headers, payload }) => {
  const asked =
    (payload && payload.parameters && payload.parameters.retry_after) || (headers && headers['retry-after']);
  const ms = Number(asked) * 1000;
  return ms > 0 ? Math.min(ms, LONGEST_WAIT_MS) : 0;
};
const giveUp = (alerts, why) => {
  const undelivered = alerts.map((alert) => ({
    ...alert,
    topic: `Not delivered: ${alert.topic}`,
    payload: `${why}\n\n${alert.payload}`,
  }));
  lost = [...lost, ...undelivered];
};
const failed = (why, waitMs) => {
  box.sentAt = null;
  box.failures += 1;
  box.why = why;
  box.nextAt = now + Math.max(waitMs, FIRST_WAIT_MS * 2 ** Math.min(box.failures - 1, 5));
  if (box.failures < TRIES) return;
  // What waited behind it would fail as well: all of it goes the second way now.
  giveUp(box.queue.splice(0), `${box.failures} tries in a row have failed, the last one because: ${why}`);
  box.nextAt = now + waitMs;
};

if (msg.delivery && (msg.error || msg.complete)) {
  // A second word about the same try, or a late one, says nothing new.
  if (box.sentAt !== null && msg.delivery.attempt === box.attempt) {
    const why = troubleOf(msg);
    if (why === null) {
      box.queue.shift();
      Object.assign(box, { sentAt: null, failures: 0, why: '', nextAt: 0 });
    } else failed(why, askedWaitMs(msg));
  }
} else if (
  msg.alert &&
  typeof msg.alert === 'object' &&
  typeof msg.payload === 'string' &&
  msg.payload !== ''
) {
  const { alert, payload, priority, title, topic } = msg;
  box.queue.push({ topic, payload, title, priority, alert });
}
if (box.sentAt !== null && now - box.sentAt > ANSWER_WITHIN_MS) failed('it gave no answer', 0);
if (box.queue.length > LONGEST_QUEUE) {
  // The first one may be under way, and stays.
  giveUp(box.queue.splice(1, box.queue.length - LONGEST_QUEUE), 'Too many alerts wait for this channel.');
}

let attempt = null;
if (box.sentAt === null && box.queue.length > 0 && now >= box.nextAt) {
  box.attempt += 1;
  box.sentAt = now;
  // Never the message that came back: it carries msg.error, by which Node-RED counts, and at the tenth it is dropped.
  attempt = { ...RED.util.cloneMessage(box.queue[0]), delivery: { attempt: box.attempt } };
}
context.set('box', box);

const waiting = box.queue.length;
node.status(
  box.failures > 0
    ? {
        fill: 'red',
        shape: 'ring',
        text: `${waiting} wait, failed ${box.failures} times: ${box.why}`.slice(0, 80),
      }
    : {
        fill: waiting > 0 ? 'blue' : 'green',
        shape: 'dot',
        text: waiting > 0 ? `sending, ${waiting} wait` : 'all delivered',
      },
);
return [attempt, lost];
