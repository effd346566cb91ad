import type { Connection } from '../runtime/connection.js';
import type { Ways } from '../runtime/ways.js';
import { noticesFor } from '../sync/notices.js';
import type { AccountState, Part, SyncState } from '../sync/state.js';
import type { BrokerConnection } from './connections.js';

/** Times are ISO 8601 UTC, sentences stand under `message`: the route cleans those before they leave. */
export function diagnosisOf(offer: BrokerConnection | null) {
  if (offer === null) return { deployed: false, name: null, broker: null, message: NOT_DEPLOYED, ways: [] };
  const { broker, name } = offer;
  if (offer.kind === 'misconfigured')
    return { deployed: true, name, broker, message: offer.reason, ways: [] };
  return { deployed: true, name, broker, message: null, ways: waysIn(offer.ways) };
}

const NOT_DEPLOYED = 'This connection does not run: deploy it, with a node that uses it.';

function waysIn(ways: Ways) {
  const { active } = ways;
  const used = active.find(({ isServing }) => isServing) ?? ways.first;
  return active.map((way) => ({ ...wayIn(way), inUse: way === used }));
}

function wayIn(way: Connection) {
  const { chronicle, requestCounters: requests, status } = way;
  const { counters, history, lastError, startedAt } = chronicle;
  return {
    via: way.via,
    address: way.address,
    state: status.state,
    message: status.reason,
    since: iso(status.since),
    nextAttemptAt: iso(status.nextAttemptAt),
    loginExpiresAt: iso(status.loginExpiresAt),
    serving: way.isServing,
    startedAt: iso(startedAt),
    counters,
    requests: requests === null ? null : { ...requests, nextTrialAt: iso(requests.nextTrialAt) },
    lastError: lastError === null ? null : { at: iso(lastError.at), message: lastError.message },
    history: history.map((entry) => ({ ...entry, at: iso(entry.at) })),
    accounts: [...way.store.state.accounts.values()].map((account) => accountIn(way.store.state, account)),
  };
}

function accountIn(state: SyncState, { account, present, ...parts }: AccountState) {
  const { balances, executions, orders, positions } = parts;
  return {
    name: `…${account.lastFour}`,
    type: account.type,
    tradingMode: account.tradingMode,
    present,
    balances: partIn(balances, null),
    positions: partIn(positions, positions?.value.size ?? null),
    orders: partIn(orders, orders?.value.size ?? null),
    executions: partIn(executions, executions?.value.size ?? null),
    issues: noticesFor(state, account.key).map(({ issue }) => issue),
  };
}

/** When it came and how much of it there is, but no figure: a report is made to be passed on. */
function partIn(part: Part<unknown> | null, rows: number | null) {
  if (part === null) return null;
  const { asOf, partial, receivedAt } = part.from;
  return { rows, asOf: iso(asOf), completeAt: iso(receivedAt), newestAt: iso(part.receivedAt), partial };
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
