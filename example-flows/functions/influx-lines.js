// What account-sync and the alert node say, as lines for InfluxDB. Measurements, tags and fields are those that Telegraf
// makes of the topics of the mqtt feed, so that one dashboard fits both. In: their messages, and ticks. Out: { lines }.
const known = context.get('known') || { accounts: {}, states: {}, warned: '' };
const now = Date.now();
const points = [];
// So that no key is a name that every object has.
const of = (key) => `#${key}`;

const slug = (text) =>
  String(text)
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, 60)
    .replace(/^_+|_+$/g, '');
const clean = (number) => (Number.isFinite(number) ? Number(number.toPrecision(12)) : null);
const percentOf = (part, whole) =>
  part === null || whole === null || !(whole > 0) ? null : clean((part / whole) * 100);
const minus = (a, b) => (a === null || b === null ? null : a - b);
const size = (number) => (number === null ? null : Math.abs(number));

const complain = (sentence) => {
  if (known.warned !== sentence) node.error(sentence, {});
  known.warned = sentence;
};
// Once two accounts are called alike, neither is written: one would be drawn as the other.
const isAlone = (account) => {
  const isOther = (one) => one !== account && Object.keys(one.told).length > 0;
  const alike = Object.values(known.accounts).filter(
    (one) => isOther(one) && one.tags.account === account.tags.account,
  );
  if (alike.length > 0)
    complain(`Several accounts would be ${account.tags.account} in InfluxDB: give each a label of its own.`);
  return alike.length === 0;
};

const summary = ({ balances, openOrders, positions, tags, told }) => {
  if (!told.balances) return;
  const { cushion, dayPnl, netLiquidation, previousNetLiquidation, totalCash } = balances;
  points.push({
    name: 'brokerage_summary',
    tags,
    fields: {
      net_liquidation: netLiquidation,
      cash: totalCash,
      buying_power: balances.buyingPower,
      available_funds: balances.availableFunds,
      excess_liquidity: balances.excessLiquidity,
      initial_margin: balances.initialMargin,
      maintenance_margin: balances.maintenanceMargin,
      gross_position_value: balances.grossPositionValue,
      leverage: balances.leverage,
      margin_cushion_pct: cushion === null ? null : clean(cushion * 100),
      cash_pct: percentOf(totalCash, netLiquidation),
      day_pnl: dayPnl,
      day_pnl_pct: percentOf(
        dayPnl,
        previousNetLiquidation === null ? minus(netLiquidation, dayPnl) : previousNetLiquidation,
      ),
      unrealized_pnl: balances.unrealizedPnl,
      realized_pnl: balances.realizedPnl,
      positions,
      open_orders: openOrders,
      quality: told.balances.quality,
      stale: told.balances.stale,
    },
    at: told.balances.at,
  });
};

const wordsOf = ({ assetClass, currency, expiry, right, strike, symbol, underlying }) => {
  const words = [expiry !== null && underlying !== null ? underlying : symbol, assetClass, currency];
  return slug([...words, expiry, strike, right].filter((word) => word !== null).join(' '));
};
// A closed position gets a last point, or its last figures would be shown for ever.
const position = (account, { at, held, name, stale }) => {
  const { instrument } = held;
  const isHeld = held.quantity !== 0;
  const left = (value) => (isHeld ? value : 0);
  const whileHeld = (value) => (isHeld ? value : null);
  points.push({
    name: 'brokerage_positions',
    tags: {
      account: account.tags.account,
      position: name,
      label: account.tags.label,
      source: account.tags.source,
      currency: held.currency,
      symbol: instrument.symbol,
      sec_type: instrument.assetClass,
    },
    fields: {
      strike: instrument.strike,
      multiplier: instrument.multiplier,
      quantity: held.quantity,
      avg_cost: whileHeld(held.averageCost),
      avg_price: whileHeld(held.averagePrice),
      cost_basis: left(held.costBasis),
      price: whileHeld(held.marketPrice),
      market_value: left(held.marketValue),
      market_value_base: left(held.marketValueBase),
      portfolio_pct: left(held.portfolioPercent === null ? null : clean(held.portfolioPercent)),
      unrealized_pnl: left(held.unrealizedPnl),
      unrealized_pnl_pct: whileHeld(percentOf(held.unrealizedPnl, size(held.costBasis))),
      realized_pnl: whileHeld(held.realizedPnl),
      day_pnl: whileHeld(held.dayPnl),
      day_pnl_pct: whileHeld(percentOf(held.dayPnl, size(minus(held.marketValue, held.dayPnl)))),
      description: instrument.description,
      expiry: instrument.expiry,
      right: instrument.right,
      stale,
    },
    at,
  });
};
const positions = (account, rows, { at, changes, stale }) => {
  const slugs = rows.map(({ instrument }) => wordsOf(instrument));
  const named = rows.map((row, index) => {
    const isAlone = slugs.filter((other) => other === slugs[index]).length === 1;
    return [isAlone ? slugs[index] : `${slugs[index]}-${row.key}`, row];
  });
  const names = new Set(named.map(([name]) => name));
  const closed = changes.filter(({ change }) => change === 'closed').map(({ before }) => before);
  const gone = {
    ...Object.fromEntries(closed.map((before) => [wordsOf(before.instrument), before])),
    ...account.held,
  };
  for (const [name, before] of Object.entries(gone))
    if (!names.has(name)) position(account, { at, name, stale: false, held: { ...before, quantity: 0 } });
  for (const [name, held] of named) position(account, { at, held, name, stale });
  account.held = Object.fromEntries(
    named.map(([name, { currency, instrument }]) => [name, { currency, instrument }]),
  );
  account.positions = rows.length;
};

const WORDS = {
  live: 'connected',
  degraded: 'degraded',
  stale: 'degraded',
  connecting: 'reconnecting',
  'login-required': 'auth_required',
  misconfigured: 'disconnected',
  down: 'disconnected',
};
const connection = ({ connection: from, tags, told }) => {
  const all = Object.values(told);
  const status = known.states[of(from)];
  // What is not stale is as old as it was told to be; what is stale gets older.
  const ages = all.map(({ stale, staleSeconds, toldAt }) =>
    stale ? staleSeconds + Math.max(0, now - toldAt) / 1000 : staleSeconds,
  );
  points.push({
    name: 'brokerage_connection',
    tags,
    fields: {
      connected: status ? status.state === 'live' : null,
      state: status && Object.hasOwn(WORDS, status.state) ? WORDS[status.state] : null,
      reason: status ? status.reason : null,
      stale: all.some(({ stale }) => stale) || (status !== undefined && status.state === 'stale'),
      data_age_s: Math.round(Math.max(...ages)),
    },
    at: now,
  });
};

const alert = ({ alert: told, title, topic }) => {
  const owner = told.account === null ? undefined : known.accounts[of(told.account.key)];
  const about =
    told.metric === null ? 'several' : told.metric.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  points.push({
    name: 'brokerage_alerts',
    tags: {
      account: owner === undefined ? 'bridge' : owner.tags.account,
      severity: told.severity,
      event_type: told.state === 'resolved' ? `${about}_ended` : about,
      id: told.id,
    },
    fields: {
      value: told.value,
      threshold: typeof told.threshold === 'number' ? told.threshold : null,
      count: told.count,
      alert_state: told.state,
      title,
      message: topic,
      metric: told.metric,
      unit: told.unit,
      label: told.account === null ? null : told.account.label,
      symbol: told.instrument === null ? null : told.instrument.symbol,
      stale: told.stale,
    },
    at: now,
  });
};

const figures = ({ account: whose, changes = [], connection: from, payload, sync }) => {
  const { broker, currency, key, label } = whose;
  const account = known.accounts[of(key)] || { told: {}, held: {}, positions: null, openOrders: null };
  known.accounts[of(key)] = account;
  const name = slug(label) || `account_${key.slice(0, 4)}`;
  Object.assign(account, {
    connection: from ? from.key : '',
    heardAt: now,
    tags: { account: name, label, source: broker, currency },
  });
  const at = Date.parse(sync.asOf === null ? sync.receivedAt : sync.asOf);
  const { quality, stale, staleSeconds } = sync;
  if (sync.kind !== 'orders') account.told[sync.kind] = { at, quality, stale, staleSeconds, toldAt: now };
  if (sync.kind === 'balances') account.balances = payload;
  else if (!Array.isArray(payload)) return complain('In account-sync, choose "everything each time".');
  if (!isAlone(account)) return;
  if (sync.kind === 'orders') account.openOrders = payload.filter(({ isOpen }) => isOpen).length;
  if (sync.kind === 'positions') positions(account, payload, { at, changes, stale });
  summary(account);
  if (sync.kind !== 'orders') connection(account);
};

const alive = (isMeant) =>
  Object.values(known.accounts).filter(
    (account) => account.told.balances && isMeant(account) && isAlone(account),
  );
// account-sync tells news only; one that has said nothing for so long may have gone.
const LONGEST_SILENCE_MS = 4 * 24 * 3600 * 1000;
const hear = () => {
  if (msg.alert && typeof msg.alert === 'object') alert(msg);
  else if (msg.sync && msg.sync.kind === 'status') {
    const key = msg.connection ? msg.connection.key : '';
    known.states[of(key)] = msg.payload;
    alive((account) => account.connection === key).forEach(connection);
  } else if (msg.sync && ['balances', 'positions', 'orders'].includes(msg.sync.kind)) figures(msg);
  else if (msg.topic === 'tick')
    alive(({ heardAt }) => now - heardAt < LONGEST_SILENCE_MS).forEach(connection);
};

const tagText = (text) => String(text).replace(/\s+/g, ' ').replace(/\\+$/, '').replace(/[,= ]/g, '\\$&');
const valueText = (value) =>
  typeof value === 'string' ? `"${value.replace(/["\\]/g, '\\$&')}"` : String(value);
const lineOf = ({ at, fields, name, tags }) => {
  const tagged = Object.entries(tags).filter(([, value]) => value !== null && value !== '');
  const series = [name, ...tagged.map(([key, value]) => `${key}=${tagText(value)}`)].join(',');
  const filled = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
  if (filled.length === 0) return [];
  return { series, line: `${series} ${filled.map(([key, value]) => `${key}=${valueText(value)}`)} ${at}` };
};
try {
  hear();
  const lines = points.flatMap(lineOf);
  context.set('known', known);
  return lines.length === 0 ? null : { lines };
} catch (error) {
  // Half of a message may be noted by now: what is known is asked for anew rather than mixed with it.
  context.set('known', undefined);
  node.error(`Not written, since it is not as account-sync and the alert node send it: ${error.message}`, {});
  return null;
}
