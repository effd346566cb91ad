// brokerage/<account>/connection: the state of the connection, told for each account that came through it.
const WORDS = {
  live: 'connected',
  degraded: 'degraded',
  stale: 'degraded',
  connecting: 'reconnecting',
  down: 'disconnected',
  misconfigured: 'disconnected',
  'login-required': 'auth_required',
};
// @include slug.js
const accounts = context.get('accounts') || {};
/** broker → state of the connection to it */
const statuses = context.get('statuses') || {};

if (msg.sync.kind === 'status') {
  statuses[msg.topic.split('/')[0]] = { ...msg.payload, at: msg.sync.receivedAt };
  context.set('statuses', statuses);
} else {
  const { key, label, broker, currency } = msg.account;
  const known = accounts[key];
  accounts[key] = { slug: slugOf(label), broker, currency, stale: msg.sync.stale, at: msg.sync.receivedAt };
  context.set('accounts', accounts);
  if (known && known.stale === msg.sync.stale) return null;
}

const now = Date.now();
const published = context.get('published') || {};
const messages = [];
for (const { slug, broker, currency, stale, at } of Object.values(accounts)) {
  const status = statuses[broker];
  if (!status) continue;
  const figures = {
    account: slug,
    source: broker,
    currency,
    connected: status.state === 'live',
    state: WORDS[status.state],
    reason: status.reason,
    stale: stale || status.state === 'stale',
  };
  // Age and time alone are no news.
  const news = JSON.stringify(figures);
  if (published[slug] === news) continue;
  published[slug] = news;
  const data_age_s = Math.max(0, Math.round((now - Date.parse(at)) / 1000));
  const payload = { ...figures, data_age_s, ts: status.at, ts_ms: Date.parse(status.at) };
  messages.push({ topic: `brokerage/${slug}/connection`, payload });
}
context.set('published', published);
return [messages];
