// Which way the figures take, and a message when that has changed.
// In: states and balances of account-sync, ticks: what belongs together comes in one turn, and no tick between it.
// @include told.js
/** vias: account key → the way of its balances; through: address of the way that stands in, null = the first serves */
const memory = context.get('memory') || { vias: {}, through: null, state: null, reason: null, way: null };
const about = told();
const names = {
  tws: 'the gateway',
  'tws-backup': 'the second gateway',
  flex: "IBKR's daily report, of another day",
  schwab: 'Schwab',
  cache: 'no way: the last figures are shown, and they are old',
};

if (about.kind === 'status') {
  const { reason, state } = objectOf(msg.payload);
  // A fallback is a gateway like any other, and told apart by its address.
  const through = /(?:^|\. )Reading through (\S+)\.(?: |$)/.exec(textOf(reason) || '');
  memory.through = through === null ? null : through[1];
  memory.state = textOf(state);
  memory.reason = textOf(reason);
} else if (
  about.kind === 'balances' &&
  about.account !== null &&
  about.via !== null &&
  Object.hasOwn(names, about.via)
) {
  memory.vias[about.account.key] = about.via;
}

const vias = Object.keys(names).filter((via) => Object.values(memory.vias).includes(via));
const isThere = (via) => via === 'tws' || via === 'tws-backup' || via === 'schwab';
const now =
  vias.length === 0
    ? null
    : vias
        .map((via) =>
          memory.through !== null && isThere(via) ? `${names[via]} at ${memory.through}` : names[via],
        )
        .join('; in part ');
const before = memory.way;
const isNews = msg.topic === 'tick' && about.kind === null && now !== null && now !== before;
if (isNews) memory.way = now;
context.set('memory', memory);
node.status({
  fill: vias.includes('cache') ? 'red' : memory.state === 'live' ? 'green' : 'yellow',
  shape: 'dot',
  text: (now || 'no figures yet').slice(0, 80),
});
// The first one is a beginning, and no change.
if (!isNews || before === null) return null;
return {
  topic: `Figures come through ${now}`,
  payload: [`Before: ${before}.`, `Now: ${now}.`, memory.reason].filter(Boolean).join('\n'),
  priority: vias.includes('cache') ? 'high' : 'normal',
  way: { now, before, vias, through: memory.through, state: memory.state, reason: memory.reason },
};
