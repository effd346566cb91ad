import type { AlertMessage } from '../alerts/text/message.js';
import { eventTypeOf } from './event-types.js';
import type { Flat, Privacy } from './leaf.js';

/** Units whose numbers say nothing of how much somebody owns. */
const SHARES: ReadonlySet<string> = new Set([
  'fraction',
  'percent',
  'ratio',
  'seconds',
  'hours',
  'days',
  'flag',
]);

export interface EventOptions {
  /** Level of its account in the topics; null where it is about none or several. */
  readonly account: string | null;
  /** Which feed says so. */
  readonly instance: string;
  readonly privacy: Privacy;
}

/** An alert as a payload. */
export function alertEvent(
  { alert, payload, title, topic }: AlertMessage,
  { account, instance, privacy }: EventOptions,
): Flat {
  const isShown = privacy === 'amounts';
  const isShare = alert.unit !== null && SHARES.has(alert.unit);
  const where = [alert.account?.label, alert.instrument?.symbol].filter((word) => word !== undefined);
  const discreet = [...where, title].join(': ');
  const number = typeof alert.threshold === 'number' ? alert.threshold : null;
  return {
    event_type: eventTypeOf(alert),
    id: alert.id,
    alert_state: alert.state,
    severity: alert.severity,
    title,
    message: isShown ? topic : discreet,
    text: isShown ? payload : discreet,
    rule: alert.ruleId,
    metric: alert.metric,
    value: isShown || isShare ? alert.value : null,
    threshold: isShown || isShare ? number : null,
    unit: alert.unit,
    account,
    instance,
    label: alert.account?.label ?? null,
    symbol: alert.instrument?.symbol ?? null,
    sec_type: alert.instrument?.assetClass ?? null,
    count: alert.count,
    started_at: alert.startedAt,
    resolved_at: alert.resolvedAt,
    as_of: alert.asOf,
    stale: alert.stale,
  };
}
