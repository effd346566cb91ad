import type { Instrument } from '../domain/instrument.js';
import type { Issue, IssueCode } from '../domain/issue.js';
import type { Order } from '../domain/order.js';
import type { Position } from '../domain/position.js';
import { withPeak, type Peak } from './peak.js';
import { PersistentMap } from './persistent-map.js';
import type { Sample, Trust } from './sample.js';
import type { AccountView, OrderView, Told } from './views.js';

type OfAccount = Extract<Sample, { readonly of: 'balances' | 'positions' | 'orders' | 'executions' }>;

/** What a sample made of a view, and which of its rows are to be judged anew. */
export interface Taken {
  readonly view: AccountView;
  readonly changed: readonly string[];
  /** Keys that were there and are not any more. */
  readonly gone: readonly string[];
  /** Whether something that had been trusted is not any more, or the other way round. */
  readonly trustChanged: boolean;
}

/** Findings of the consistency checks: the figures contradict each other, or the broker's. */
const MISMATCHES: ReadonlySet<IssueCode> = new Set([
  'SUSPECT_EMPTY',
  'NAV_MISMATCH',
  'ORDER_MISMATCH',
  'FILL_MISSING',
  'SIGN_MISMATCH',
  'PRICE_MISMATCH',
  'DUPLICATE_KEY',
  'NLV_JUMP',
]);

export function emptyView(account: AccountView['account'], peak: Peak | null): AccountView {
  return {
    account,
    balances: null,
    trust: { balances: null, positions: null, orders: null },
    positions: PersistentMap.of<Position>(),
    prices: PersistentMap.of<number>(),
    orders: PersistentMap.of<OrderView>(),
    peak,
    mismatchSince: null,
  };
}

/** Puts a sample into what is known of its account; only rows that differ count as changed. */
export function takeSample(before: AccountView, sample: OfAccount): Taken {
  const named = { ...before, account: sample.account };
  const nothing = { view: named, changed: [], gone: [], trustChanged: false };
  if (sample.of === 'executions') return nothing;
  const trust = { ...named.trust, [sample.of]: { ...sample.trust, at: sample.at } };
  const view = { ...named, trust, mismatchSince: mismatchSince(named, trust, sample.at) };
  const trustChanged = isTrusted(before.trust[sample.of]) !== isTrusted(sample.trust);
  return { ...takeRows(view, sample), trustChanged };
}

/** Whether a value that came with this may fire or resolve an alert. */
export function isTrusted(trust: Pick<Trust, 'quality' | 'stale'> | null): boolean {
  return trust !== null && trust.quality === 'live' && !trust.stale;
}

function takeRows(view: AccountView, sample: OfAccount): Omit<Taken, 'trustChanged'> {
  switch (sample.of) {
    case 'balances': {
      const { balances } = sample;
      const peak = isTrusted(sample.trust) ? withPeak(view.peak, balances, sample.at) : view.peak;
      return { view: { ...view, balances, peak }, changed: [], gone: [] };
    }
    case 'positions':
      return takePositions(view, sample);
    case 'orders':
      return takeOrders(view, sample);
    case 'executions':
      return { view, changed: [], gone: [] };
  }
}

function takePositions(
  view: AccountView,
  { changes, complete, positions: rows, trust }: Extract<Sample, { readonly of: 'positions' }>,
): Omit<Taken, 'trustChanged'> {
  const closed = new Set(changes.flatMap(({ after, before }) => (after === null ? [before.key] : [])));
  let { positions, prices } = view;
  const changed: string[] = [];
  for (const row of rows) {
    if (closed.has(row.key)) continue;
    const old = positions.get(row.key);
    if (old !== undefined && sameFigures(old, row)) continue;
    changed.push(row.key);
    positions = positions.with(row.key, row);
    if (isDerivative(row.instrument)) continue;
    const { symbol } = row.instrument;
    prices = row.marketPrice === null ? prices.without(symbol) : prices.with(symbol, row.marketPrice);
  }
  // Only a list that can be trusted shows by its silence that something is gone.
  const missing = complete && isTrusted(trust) ? absent(positions, rows) : [];
  const gone = [...closed, ...missing].filter((key) => positions.has(key));
  for (const key of gone) {
    const symbol = positions.get(key)?.instrument.symbol;
    positions = positions.without(key);
    if (symbol !== undefined) prices = prices.without(symbol);
  }
  return { view: { ...view, positions, prices }, changed, gone };
}

function takeOrders(
  view: AccountView,
  { at, complete, orders: rows, trust }: Extract<Sample, { readonly of: 'orders' }>,
): Omit<Taken, 'trustChanged'> {
  let { orders } = view;
  const changed: string[] = [];
  const gone: string[] = [];
  for (const row of rows) {
    const old = orders.get(row.key);
    if (!row.isOpen) {
      if (old !== undefined) gone.push(row.key);
      continue;
    }
    changed.push(row.key);
    orders = orders.with(row.key, { order: row, statusSince: statusSince(old, row, at) });
  }
  if (complete && isTrusted(trust)) gone.push(...absent(orders, rows));
  for (const key of gone) orders = orders.without(key);
  return { view: { ...view, orders }, changed, gone };
}

/** The broker's own time counts when it names one that is earlier: the order may be older than this process. */
function statusSince(old: OrderView | undefined, { status, updatedAt }: Order, at: number): number {
  if (old !== undefined && old.order.status === status) return old.statusSince;
  const told = updatedAt === null ? Number.NaN : Date.parse(updatedAt);
  return Number.isNaN(told) ? at : Math.min(told, at);
}

function absent(known: PersistentMap<unknown>, rows: readonly { readonly key: string }[]): readonly string[] {
  if (known.size === rows.length) return [];
  const listed = new Set(rows.map(({ key }) => key));
  return [...known].map(([key]) => key).filter((key) => !listed.has(key));
}

function sameFigures(a: Position, b: Position): boolean {
  return (
    a.quantity === b.quantity &&
    a.marketPrice === b.marketPrice &&
    a.marketValue === b.marketValue &&
    a.marketValueBase === b.marketValueBase &&
    a.costBasis === b.costBasis &&
    a.unrealizedPnl === b.unrealizedPnl &&
    a.dayPnl === b.dayPnl
  );
}

const DERIVATIVES: ReadonlySet<Instrument['assetClass']> = new Set([
  'option',
  'future',
  'future_option',
  'warrant',
  'cfd',
]);

function isDerivative({ assetClass }: Instrument): boolean {
  return DERIVATIVES.has(assetClass);
}

/** What is only to be known, a position that waits for a second look for instance, contradicts nothing. */
function isMismatch({ code, severity }: Issue): boolean {
  return MISMATCHES.has(code) && severity !== 'info';
}

function mismatchSince(view: AccountView, trust: AccountView['trust'], at: number): number | null {
  const all: readonly (Told | null)[] = [trust.balances, trust.positions, trust.orders];
  const isWrong = all.some((told) => told?.issues.some(isMismatch) ?? false);
  return isWrong ? (view.mismatchSince ?? at) : null;
}
