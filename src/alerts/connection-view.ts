import type { SampledStatus } from './sample.js';
import type { ConnectionView } from './views.js';

const OUT_OF_REACH: ReadonlySet<SampledStatus['state']> = new Set([
  'connecting',
  'login-required',
  'misconfigured',
  'down',
]);

/**
 * What a status makes of a connection. `stale` says that figures are old and not whether the broker can be reached, so
 * that it changes neither. An outage that began in maintenance has lasted since then once the maintenance has ended.
 */
export function withStatus(before: ConnectionView, status: SampledStatus): ConnectionView {
  const view = { ...before, status };
  if (status.state === 'stale') return view;
  if (status.quietUntil !== null)
    return { ...view, downSince: null, quietSince: before.quietSince ?? before.downSince ?? status.since };
  if (!OUT_OF_REACH.has(status.state)) return { ...view, downSince: null, quietSince: null };
  return { ...view, downSince: before.downSince ?? before.quietSince ?? status.since, quietSince: null };
}
