// Net liquidation over time, for each account in its own currency. A point at most every two seconds; when
// there are many, the older half loses every second one, so the curve reaches back to the start. A point without
// a value ends a stretch: what happened while nothing was known is not to be drawn as a straight line.
const EVERY_MS = 2000;
const MOST = 600;
const history = context.get('history') || [];
const at = Date.parse(msg.sync.receivedAt);
const value = msg.payload && msg.payload.netLiquidation;
const isKnown = typeof value === 'number' && !msg.sync.stale;

const known = history.find(({ key }) => key === msg.account.key);
const points = known ? known.points : [];
const last = points[points.length - 1];
const isBroken = !last || last[1] === null;
if (isKnown ? !isBroken && at - last[0] < EVERY_MS : isBroken) return null;
points.push(isKnown ? [at, value] : [last[0], null]);
const isKept = ([, one], index) => one === null || index % 2 === 0 || index > MOST / 2;
const thinned = points.length > MOST ? points.filter(isKept) : points;
const next = [
  ...history.filter(({ key }) => key !== msg.account.key),
  { ...msg.account, points: thinned },
].sort((a, b) => a.label.localeCompare(b.label));
context.set('history', next);
return { payload: next };
