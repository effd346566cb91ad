// Once a day: the options that expire soon, short ones in the money first.
// In: positions and states of account-sync, a tick a minute, "now". Out: the list, where there is anything to say.
// @include told.js
// @include figures.js
// @include new-york.js
// @include once-a-day.js
// @include instrument-name.js
const DAYS = Number(env.get('DAYS')) >= 0 ? Math.floor(Number(env.get('DAYS'))) : 7;
const LIST_AT = minuteOf(env.get('LIST_AT'), 9 * 60);
/** After a start the figures need a moment to come. */
const SETTLE_MS = 2 * 60000;
const underlyingKey = (symbol, currency) => `${textOf(symbol)} ${textOf(currency)}`;
const OPTIONS = ['option', 'future_option', 'warrant'];

const now = Date.now();
// Contracts expire by the calendar of their exchange.
const today = newYork(now);
/** accounts: key → its positions as told last; connections: key → its label */
const memory = context.get('memory') || { accounts: {}, connections: {} };
const about = told();

if (about.kind === 'status' && about.connection !== null) {
  memory.connections[about.connection] = about.connectionLabel;
} else if (about.account !== null && about.kind === 'positions' && Array.isArray(msg.payload)) {
  const { account, asOf, connection, doubt, isCurrent } = about;
  const held = rowsOf(msg.payload).map((row) => ({ ...row, instrument: objectOf(row.instrument) }));
  // The price of an underlying is known where the same account holds it, in the same currency.
  const prices = new Map(
    held
      .filter(
        ({ instrument, marketPrice }) =>
          !OPTIONS.includes(instrument.assetClass) && numberOf(marketPrice) > 0,
      )
      .filter(({ instrument }) => instrument.assetClass !== 'future')
      .map(({ instrument, marketPrice }) => [
        underlyingKey(instrument.symbol, instrument.currency),
        marketPrice,
      ]),
  );
  const options = held
    .filter(
      ({ instrument, quantity }) => OPTIONS.includes(instrument.assetClass) && numberOf(quantity) !== null,
    )
    .map(({ instrument, marketValue, quantity }) => {
      const { currency, multiplier, right, strike, underlying } = instrument;
      const known = textOf(underlying) === null ? undefined : prices.get(underlyingKey(underlying, currency));
      const underlyingPrice = known === undefined ? null : known;
      const inTheMoney =
        underlyingPrice === null || numberOf(strike) === null || !['call', 'put'].includes(right)
          ? null
          : right === 'call'
            ? underlyingPrice > strike
            : underlyingPrice < strike;
      return {
        account: account.label,
        name: nameOf(instrument),
        quantity,
        expiry: /^\d{4}-\d{2}-\d{2}$/.test(textOf(instrument.expiry)) ? instrument.expiry : null,
        strike: numberOf(strike),
        right: textOf(right),
        multiplier: numberOf(multiplier),
        underlying: textOf(underlying),
        underlyingPrice,
        inTheMoney,
        marketValue: numberOf(marketValue),
        currency: textOf(currency),
      };
    });
  memory.accounts[account.key] = { label: account.label, connection, asOf, doubt, isCurrent, options };
}

const daysTo = (expiry) => (Date.parse(expiry) - Date.parse(today.date)) / 86400000;
/** Short and in the money, then short where nobody knows, then the rest. */
const rank = ({ inTheMoney, quantity }) =>
  quantity >= 0 || inTheMoney === false ? 2 : inTheMoney === null ? 1 : 0;
const accounts = Object.values(memory.accounts);
const all = accounts.flatMap(({ options }) =>
  options.map((one) => ({ ...one, daysLeft: one.expiry === null ? null : daysTo(one.expiry) })),
);
const due = all
  // One that is past its day and still there may be settled tonight.
  .filter(({ daysLeft }) => daysLeft === null || daysLeft <= DAYS)
  .sort((a, b) => rank(a) - rank(b) || (a.daysLeft ?? Infinity) - (b.daysLeft ?? Infinity));

const isAsked = msg.topic === 'now' && about.kind === null;
const isTick = msg.topic === 'tick' && about.kind === null;
const startedAt = context.get('startedAt') || 0;
// A clock that was set back says nothing.
const hasSettled = now < startedAt || now - startedAt >= SETTLE_MS;
const isDue = isTick && (hasSettled || memory.doneOn === undefined) && onceADay(memory, today, LIST_AT);
context.set('memory', memory);
node.status({
  fill: accounts.length === 0 ? 'grey' : due.length > 0 ? 'yellow' : 'green',
  shape: 'dot',
  text:
    accounts.length === 0
      ? 'no positions yet'
      : `${due.length} of ${count(all.length, 'option')} within ${DAYS} days`,
});
if (!isAsked && !isDue) return null;

const old = accounts.filter(({ isCurrent }) => !isCurrent);
const silent = Object.entries(memory.connections)
  .filter(([key]) => !accounts.some(({ connection }) => connection === key))
  .map(([, label]) => label);
const doubts = [
  ...old.map(
    ({ asOf, doubt, label }) => `${label}: positions are ${doubt}, as of ${asOf || 'an unknown time'}`,
  ),
  ...silent.map((label) => `${label}: positions are not known`),
  ...(accounts.length === 0 && silent.length === 0 ? ['Positions are not known: nothing has come yet'] : []),
];
if (isDue && due.length === 0 && doubts.length === 0) return null;

const dayWords = ({ daysLeft, expiry }) =>
  daysLeft === null
    ? 'day of expiry not known'
    : daysLeft < 0
      ? `expired on ${expiry}, and still there`
      : daysLeft === 0
        ? 'expires today'
        : `expires in ${count(daysLeft, 'day')}`;
const moneyWords = ({ currency, inTheMoney, underlying, underlyingPrice }) =>
  underlyingPrice === null
    ? `price of ${underlying || 'its underlying'} not known`
    : inTheMoney === null
      ? 'whether it is in the money is not known'
      : `${inTheMoney ? 'IN' : 'out of'} the money (${underlying} at ${price(underlyingPrice, currency)})`;
const lines = due.map(
  (one) =>
    `${one.account}: ${one.quantity < 0 ? 'SHORT' : 'long'} ${exact(Math.abs(one.quantity))} ${one.name}: ${dayWords(one)}, ${moneyWords(one)}`,
);
const undated = due.filter(({ daysLeft }) => daysLeft === null).length;
const atRisk = due.filter((one) => rank(one) === 0).length;
return {
  topic: [
    `${count(due.length - undated, 'option expires', 'options expire')} within ${count(DAYS, 'day')}`,
    ...(undated > 0 ? [`${undated} on a day that is not known`] : []),
    ...(atRisk > 0 ? [`${atRisk} short and in the money`] : []),
    ...(doubts.length > 0 ? ['not all is known'] : []),
  ].join(', '),
  payload: [...doubts, ...(due.length === 0 ? ['No option is known to expire.'] : lines)].join('\n'),
  priority: atRisk > 0 ? 'high' : 'normal',
  options: due,
  alert: {
    id: `option-expiry-${today.date}`,
    state: 'report',
    severity: atRisk > 0 ? 'warning' : 'info',
  },
};
