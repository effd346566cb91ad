import type { Activity } from '../domain/activity.js';
import type { Instrument } from '../domain/instrument.js';
import type { Issue } from '../domain/issue.js';
import type { Digest } from '../sync/delta.js';
import type { EventMetric } from './metric-names.js';
import type { Sample } from './sample.js';

/** Something that happened, before any rule has looked at it. */
export interface Happening {
  readonly metric: EventMetric;
  readonly operator: 'changed' | 'appeared' | 'vanished' | 'event';
  /** Words a rule may name: `filled`, `dividend`. */
  readonly words: readonly string[];
  readonly eventId: string;
  /** ms since the epoch, by the broker's clock; null = it names no time. */
  readonly happenedAt: number | null;
  readonly instrument: Instrument | null;
  /** For people. */
  readonly text: string;
  readonly value: number | null;
}

type ChangesOf<Of extends Sample['of']> =
  Extract<Sample, { readonly of: Of }> extends {
    readonly changes: readonly (infer One)[];
  }
    ? One
    : never;

/** What a sample says has happened. */
export function happeningsOf(sample: Sample, digest: Digest): readonly Happening[] {
  switch (sample.of) {
    case 'connection':
      return [];
    case 'activities':
      return sample.activities.map(activityHappening);
    case 'balances':
      return unexplained(sample.trust.issues, sample.account.key, digest);
    case 'positions':
      return [
        ...sample.changes.filter(isMove).map(positionHappening),
        ...unexplained(sample.trust.issues, sample.account.key, digest),
      ];
    case 'orders':
      return sample.changes.flatMap(orderHappenings);
    case 'executions':
      return sample.changes.flatMap(executionHappening);
  }
}

/** A cost that is corrected later moves nothing. */
function isMove({ after, before }: ChangesOf<'positions'>): boolean {
  return after?.quantity !== before?.quantity;
}

function positionHappening({ after, before, change, eventId }: ChangesOf<'positions'>): Happening {
  const operator = change === 'opened' ? 'appeared' : change === 'closed' ? 'vanished' : 'changed';
  const { instrument } = after ?? before;
  const quantity = after?.quantity ?? 0;
  const text =
    change === 'opened'
      ? `opened: ${quantity} ${instrument.symbol}`
      : change === 'closed'
        ? `closed: ${before.quantity} ${instrument.symbol}`
        : `${instrument.symbol} from ${before.quantity} to ${after.quantity}`;
  return {
    metric: 'quantity',
    operator,
    words: [],
    eventId,
    happenedAt: null,
    instrument,
    text,
    value: quantity,
  };
}

function orderHappenings({ after, before, change, eventId }: ChangesOf<'orders'>): readonly Happening[] {
  const instrument = after.legs[0]?.instrument ?? null;
  const price = after.averageFillPrice === null ? '' : ` at ${after.averageFillPrice}`;
  const why = after.rejectReason === null ? '' : `: ${after.rejectReason}`;
  const filled =
    after.filledQuantity === null || after.filledQuantity === 0
      ? ''
      : ` (${after.filledQuantity} filled${price})`;
  const what = `${after.side.replaceAll('_', ' ')} ${after.quantity ?? ''} ${instrument?.symbol ?? 'order'}`;
  const common = {
    happenedAt: timeOf(after.updatedAt ?? after.closedAt),
    instrument,
    value: null,
  };
  const isNews = before === null || before.status !== after.status;
  const status: Happening = {
    ...common,
    metric: 'orderStatus',
    operator: change === 'opened' ? 'appeared' : change === 'closed' ? 'vanished' : 'changed',
    words: isNews ? [after.status] : [],
    eventId,
    text: `${what}: ${after.status.replaceAll('_', ' ')}${filled}${why}`,
  };
  if (before !== null || after.tag === null) return [status];
  const tag: Happening = {
    ...common,
    metric: 'orderTag',
    operator: 'appeared',
    words: [after.tag],
    eventId: `${eventId}|tag`,
    text: `${what}: entered with the tag ${after.tag}`,
  };
  return [status, tag];
}

/** A commission that comes late is no other fill; a correction is. */
function executionHappening({ after, before, eventId }: ChangesOf<'executions'>): readonly Happening[] {
  if (before !== null && before.revision === after.revision) return [];
  const { executedAt, instrument, price, quantity, revision, side } = after;
  const words = `${side.replaceAll('_', ' ')} ${quantity} ${instrument.symbol}`;
  const text = `${revision > 1 ? 'corrected: ' : ''}${words}${price === null ? '' : ` at ${price}`}`;
  return [
    {
      metric: 'execution',
      operator: 'event',
      words: [side],
      eventId,
      happenedAt: timeOf(executedAt),
      instrument,
      text,
      value: price,
    },
  ];
}

function activityHappening(activity: Activity): Happening {
  const { activityId, amount, description, instrument, rawType, time, type } = activity;
  const raw = rawType?.toLowerCase();
  return {
    metric: 'activity',
    operator: 'event',
    words: [type, `${type}_${directionOf(activity)}`, ...(raw === undefined ? [] : [raw])],
    eventId: `activity|${activityId}`,
    happenedAt: timeOf(time),
    instrument,
    text: [nameOf(activity), instrument?.symbol ?? description].filter((part) => part).join(': '),
    value: amount,
  };
}

/** What has no name of ours has the broker's. */
function nameOf({ rawType, type }: Activity): string {
  return (type === 'other' ? (rawType ?? type) : type).toLowerCase().replaceAll('_', ' ');
}

/** What does not say where it went counts as gone. */
function directionOf({ amount, quantity }: Activity): 'in' | 'out' {
  return (amount ?? quantity ?? 0) > 0 ? 'in' : 'out';
}

/** The checks tell one finding for an hour, with the same words. */
function unexplained(issues: readonly Issue[], account: string, digest: Digest): readonly Happening[] {
  return issues
    .filter(({ code }) => code === 'UNEXPLAINED_POSITION_CHANGE')
    .map(({ message, severity }) => ({
      metric: 'unexplainedChange',
      operator: 'event',
      words: [severity],
      eventId: digest(JSON.stringify(['unexplained', account, message])),
      happenedAt: null,
      instrument: null,
      text: message,
      value: null,
    }));
}

function timeOf(text: string | null): number | null {
  const at = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) ? null : at;
}
