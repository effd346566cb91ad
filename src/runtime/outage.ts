import type { Broker } from '../ports.js';
import type { ConnectionState } from './status.js';

/** What is to be said of a connection. */
export interface Said {
  readonly state: ConnectionState;
  readonly reason: string | null;
}

export interface Outage {
  /** Since when the connection has not been live, ms since the epoch; null = it is. */
  readonly since: number | null;
  /** ms since the epoch */
  readonly at: number;
  readonly maintenance: Broker['maintenance'];
}

/** Where the user must act, or nothing has failed yet, maintenance changes nothing. */
const MENDS_ITSELF: ReadonlySet<ConnectionState> = new Set(['degraded', 'down']);

/**
 * An outage that began in a window of maintenance is told quietly until that window ends, and then as what it is. One
 * that began before is no maintenance, and the next window does not make it one: so none is muted for longer than a
 * window.
 */
export function duringOutage(
  said: Said,
  { at, maintenance, since }: Outage,
): Said & { readonly quietUntil: number | null } {
  const window = since === null || !MENDS_ITSELF.has(said.state) ? null : (maintenance?.(since) ?? null);
  if (window === null) return { ...said, quietUntil: null };
  const why = said.reason ?? '';
  if (at < window.until)
    return { state: 'degraded', reason: `${window.sentence} ${why}`.trim(), quietUntil: window.until };
  return {
    ...said,
    reason: `Maintenance has ended, yet the connection is not back: ${why}`.trim(),
    quietUntil: null,
  };
}
