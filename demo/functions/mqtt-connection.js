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
let status = context.get('status') || null;

if (msg.sync.kind === 'status') {
  status = { ...msg.payload, at: msg.sync.receivedAt };
  context.set('status', status);
} else {
  const { key, label, broker, currency } = msg.account;
  const known = accounts[key];
  accounts[key] = { slug: slugOf(label), broker, currency, stale: msg.sync.stale, at: msg.sync.receivedAt };
  context.set('accounts', accounts);
  if (known && known.stale === msg.sync.stale) return null;
}
if (!status) return null;

const now = Date.now();
return [
  Object.values(accounts).map(({ slug, broker, currency, stale, at }) => ({
    topic: `brokerage/${slug}/connection`,
    payload: {
      account: slug,
      source: broker,
      currency,
      connected: status.state === 'live',
      state: WORDS[status.state],
      reason: status.reason,
      stale: stale || status.state === 'stale',
      data_age_s: Math.max(0, Math.round((now - Date.parse(at)) / 1000)),
      ts: status.at,
      ts_ms: Date.parse(status.at),
    },
  })),
];
