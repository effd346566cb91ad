import { z } from 'zod';
import { EngineState } from '../alerts/schema/state.js';
import type { AlertMessage } from '../alerts/text/message.js';
import { opened, sealed } from './envelope.js';

const word = z.string().nullable();
const Alert = z.object({
  id: z.string(),
  ruleId: z.string(),
  state: z.enum(['firing', 'resolved']),
  severity: z.enum(['info', 'warning', 'critical']),
  metric: word,
  value: z.number().nullable(),
  threshold: z.union([z.number(), z.array(z.string())]).nullable(),
  unit: word,
  account: z.object({ key: z.string(), label: z.string() }).nullable(),
  instrument: z.object({ key: z.string(), symbol: z.string(), assetClass: z.string() }).nullable(),
  startedAt: z.string(),
  resolvedAt: word,
  asOf: word,
  stale: z.boolean(),
});
/** An alert, as it leaves its node. */
export const KeptAlertMessage = z.object({
  topic: z.string(),
  payload: z.string(),
  title: z.string(),
  priority: z.enum(['high', 'normal', 'low']),
  retain: z.literal(false),
  qos: z.literal(1),
  alert: Alert.extend({ count: z.number(), items: z.array(Alert).exactOptional() }),
}) satisfies z.ZodType<AlertMessage>;

/** What an alert node remembers: its engine, and the messages that it was about to send. */
export interface KeptAlerts {
  readonly engine: EngineState;
  /** Some of them may have been sent: they go out again after a crash, with the same ids. */
  readonly outbox: readonly AlertMessage[];
}

const VERSION = 1;
const Content = z.object({
  engine: EngineState,
  outbox: z.array(KeptAlertMessage),
}) satisfies z.ZodType<KeptAlerts>;

export function encodeAlerts(kept: KeptAlerts): string {
  return sealed(VERSION, JSON.stringify(kept));
}

/** null when the text is damaged, or of another version of this package. */
export function decodeAlerts(text: string): KeptAlerts | null {
  return Content.safeParse(opened(VERSION, text)).data ?? null;
}
