// Net liquidation over time, for each account in its own currency. A point at most every two seconds; when
// there are many, the older half loses every second one, so the curve reaches back to the start.
const EVERY_MS = 2000;
const MOST = 600;
const history = context.get('history') || [];
const at = Date.parse(msg.sync.receivedAt);
const value = msg.payload && msg.payload.netLiquidation;
if (typeof value !== 'number' || msg.sync.stale) return null;

const known = history.find(({ key }) => key === msg.account.key);
const points = known ? known.points : [];
const last = points[points.length - 1];
if (last && at - last[0] < EVERY_MS) return null;
points.push([at, value]);
const thinned =
  points.length > MOST ? points.filter((_, index) => index % 2 === 0 || index > MOST / 2) : points;
const next = [
  ...history.filter(({ key }) => key !== msg.account.key),
  { ...msg.account, points: thinned },
].sort((a, b) => a.label.localeCompare(b.label));
context.set('history', next);
return { payload: next };
