import type { SampledStatus } from './sample.js';
import type { ConnectionView } from './views.js';

/**
 * What a status makes of a connection. Its state does not say whether the broker can be reached: with figures from
 * before it is `degraded`, and `stale` later. An outage that began in maintenance has lasted since then once the
 * maintenance has ended.
 */
export function withStatus(before: ConnectionView, status: SampledStatus): ConnectionView {
  const view = { ...before, status };
  const { lostSince, quietUntil, since } = status;
  if (quietUntil !== null)
    return {
      ...view,
      downSince: null,
      quietSince: before.quietSince ?? before.downSince ?? lostSince ?? since,
    };
  if (lostSince === null) return { ...view, downSince: null, quietSince: null };
  return { ...view, downSince: before.downSince ?? before.quietSince ?? lostSince, quietSince: null };
}
