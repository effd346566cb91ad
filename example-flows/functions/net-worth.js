// One net worth of all accounts at all brokers.
// In: balances and states of every account-sync, ticks, "forget". Out: the sum, at a tick after it has changed.
// @include told.js
// @include figures.js
const BASE = String(env.get('BASE_CURRENCY') || 'USD')
  .trim()
  .toUpperCase();
const EXPECTED = Number(env.get('ACCOUNTS')) || 0;

/** accounts: account key → connection key → what it told last; connections: key → how it is */
const memory = context.get('memory') || { accounts: {}, connections: {}, said: '' };
const about = told();

if (about.kind === 'status' && about.connection !== null) {
  memory.connections[about.connection] = {
    label: about.connectionLabel,
    isConnecting: objectOf(msg.payload).state === 'connecting',
  };
} else if (about.kind === 'balances' && about.connection !== null && about.account !== null) {
  const { ledger, netLiquidation } = objectOf(msg.payload);
  const rates = rowsOf(ledger).flatMap(({ currency, exchangeRate }) =>
    textOf(currency) && numberOf(exchangeRate) > 0 ? [[currency, exchangeRate]] : [],
  );
  memory.accounts[about.account.key] = {
    ...memory.accounts[about.account.key],
    [about.connection]: {
      label: about.account.label,
      currency: about.currency,
      // What the broker itself calls not ready is not known.
      isPartial: about.quality === 'partial',
      value: about.quality === 'partial' ? null : numberOf(netLiquidation),
      isCurrent: about.isCurrent,
      asOf: about.asOf,
      rates,
    },
  };
} else if (msg.topic === 'forget') {
  for (const [key, byConnection] of Object.entries(memory.accounts))
    if (!Object.values(byConnection).some(({ isCurrent }) => isCurrent)) delete memory.accounts[key];
  const speaks = (key) => Object.values(memory.accounts).some((byConnection) => key in byConnection);
  for (const key of Object.keys(memory.connections)) if (!speaks(key)) delete memory.connections[key];
}

// An account that two connections tell of counts once, as the one tells it that is current, or the newest of them.
const rank = ({ asOf, isCurrent }) => [isCurrent ? '1' : '0', asOf || ''].join();
const accounts = Object.values(memory.accounts).map((byConnection) =>
  Object.values(byConnection).reduce((best, one) => (rank(one) > rank(best) ? one : best)),
);
const currentFirst = [...accounts].sort((a, b) => Number(b.isCurrent) - Number(a.isCurrent));

/** How much of the base currency one unit is, by the ledger of an account that holds both; null = nobody says. */
const rateOf = (currency) => {
  if (currency === BASE) return 1;
  for (const one of currentFirst) {
    const here = new Map(one.rates);
    if (one.currency === BASE && here.has(currency)) return here.get(currency);
    if (one.currency === currency && here.has(BASE)) return 1 / here.get(BASE);
  }
  return null;
};

const missing = [];
const currencies = {};
const rates = {};
let total = 0;
const cents = (value) => Number(value.toFixed(2));
for (const { currency, isPartial, label, value } of accounts) {
  const why =
    value === null
      ? isPartial
        ? 'its figures are not complete'
        : 'its net liquidation is not known'
      : currency === null
        ? 'its currency is not known'
        : rateOf(currency) === null
          ? `no rate from ${currency} to ${BASE}`
          : null;
  if (why !== null) missing.push({ account: label, why });
  else total += value * rateOf(currency);
  if (currency === null) continue;
  rates[currency] = rateOf(currency);
  const before = currencies[currency] === undefined ? 0 : currencies[currency];
  currencies[currency] = value === null || before === null ? null : cents(before + value);
}
for (const [key, { isConnecting, label }] of Object.entries(memory.connections)) {
  const hasSpoken = Object.values(memory.accounts).some((byConnection) => key in byConnection);
  if (!hasSpoken) missing.push({ account: label, why: 'this connection has told of no account yet' });
  else if (isConnecting) missing.push({ account: label, why: 'this connection is being made' });
}
if (accounts.length < EXPECTED)
  missing.push({ account: `${EXPECTED - accounts.length} of ${EXPECTED}`, why: 'not heard of yet' });
if (accounts.length === 0 && missing.length === 0)
  missing.push({ account: 'all', why: 'nothing has come yet' });
const stale = accounts
  .filter(({ isCurrent }) => !isCurrent)
  .map(({ asOf, label }) => ({ account: label, since: asOf }));

const sum = missing.length === 0 ? cents(total) : null;
const payload = { total: sum, currency: BASE, currencies, rates, accounts: accounts.length, missing, stale };
const topic =
  sum === null
    ? `Net worth not known: ${missing.map(({ account, why }) => `${account} (${why})`).join(', ')}`
    : `Net worth of ${count(accounts.length, 'account')}: ${money(sum, BASE)}`;
const old = stale.map(({ account, since }) => `${account} of ${since || 'an unknown time'}`);
const line = old.length === 0 ? topic : `${topic}; old: ${old.join(', ')}`;
const isNews = msg.topic === 'tick' && about.kind === null && memory.said !== JSON.stringify(payload);
if (isNews) memory.said = JSON.stringify(payload);
context.set('memory', memory);
node.status({
  fill: sum === null ? 'red' : old.length > 0 ? 'yellow' : 'green',
  shape: 'dot',
  text: line.slice(0, 80),
});
return isNews ? { topic: line, payload } : null;
