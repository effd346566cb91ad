import { z } from 'zod';

const Text = z.union([z.string(), z.number()]).transform(String);

/** The fields of ACCT_ACTIVITY have numbers for names: 1 account, 2 type, 3 the event as JSON in a string. */
const Item = z.looseObject({ '1': Text.nullish(), '2': z.string(), '3': z.string().nullish() });

const Event = z.looseObject({ SchwabOrderID: Text, BaseEvent: z.record(z.string(), z.unknown()).nullish() });
type Event = z.infer<typeof Event>;

const WithExecution = z.looseObject({ ExecutionInfo: z.looseObject({ ExecutionId: Text }) });
const IsExecution = z.looseObject({ ExecutionId: Text });

/** Seen in 149 recorded events; the last four are only named in others' code. */
const TYPES: ReadonlySet<string> = new Set([
  'OrderCreated',
  'OrderAccepted',
  'ExecutionRequested',
  'ExecutionRequestCreated',
  'ExecutionRequestCompleted',
  'ExecutionCreated',
  'OrderFillCompleted',
  'CancelAccepted',
  'OrderUROutCompleted',
  'ChangeCreated',
  'ChangeAccepted',
  'OrderMonitorCreated',
  'OrderMonitorCompleted',
  'OrderMonitorUpdated',
  'OrderExpired',
]);

/**
 * That something happened, and nothing of what: fills, prices and quantities come from REST alone. A partial
 * fill was never recorded, times have no zone, and the event says less than the order it belongs to.
 */
export type Activity =
  | { readonly kind: 'subscribed' | 'error' }
  | {
      readonly kind: 'event';
      /** The same event told twice has the same identity; null = not to be compared. */
      readonly identity: string | null;
      readonly understood: boolean;
    };

/** Never throws: an item that cannot be read is an event as well, for something did happen. */
export function activityOf(raw: unknown): Activity {
  const item = Item.safeParse(raw);
  if (!item.success) return { kind: 'event', identity: null, understood: false };
  const { '1': account, '2': type, '3': text } = item.data;
  if (type === 'SUBSCRIBED') return { kind: 'subscribed' };
  if (type === 'ERROR') return { kind: 'error' };
  const event = eventIn(text ?? '');
  if (event === null) return { kind: 'event', identity: null, understood: false };
  const identity = JSON.stringify([account ?? null, event.SchwabOrderID, type, executionIdIn(event)]);
  return { kind: 'event', identity, understood: TYPES.has(type) };
}

function eventIn(text: string): Event | null {
  try {
    return Event.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** `BaseEvent` holds the event under a name that differs by type; some have the id one level deeper. */
function executionIdIn({ BaseEvent }: Event): string | null {
  for (const body of Object.values(BaseEvent ?? {})) {
    const execution = WithExecution.safeParse(body).data?.ExecutionInfo ?? IsExecution.safeParse(body).data;
    if (execution !== undefined) return execution.ExecutionId;
  }
  return null;
}
