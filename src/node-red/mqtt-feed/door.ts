import { z } from 'zod';
import type { Sample } from '../../alerts/sample.js';
import type { AlertMessage } from '../../alerts/text/message.js';
import { KeptAlertMessage } from '../../state/alerts.js';
import { sampleOf } from '../alert/door.js';

/** What comes in: a message of account-sync, one of an alert node, or one that says nothing to this node. */
export type Incoming =
  | { readonly kind: 'sample'; readonly sample: Sample; readonly type: string | null }
  | { readonly kind: 'alert'; readonly alert: AlertMessage }
  | { readonly kind: 'nothing' };

const Typed = z.object({ account: z.object({ type: z.string().nullish() }) });
/** The answer of an alert node to `list`. */
const Listing = z.object({ alerts: z.array(z.unknown()), at: z.string() });

/** null = it is none of these. `at` is when it came, ms since the epoch. */
export function incoming(message: unknown, at: number): Incoming | null {
  const alert = KeptAlertMessage.safeParse(message).data;
  if (alert !== undefined) return { kind: 'alert', alert };
  const sample = sampleOf(message, at);
  if (sample !== null)
    return { kind: 'sample', sample, type: Typed.safeParse(message).data?.account.type ?? null };
  return Listing.safeParse(message).success ? { kind: 'nothing' } : null;
}
