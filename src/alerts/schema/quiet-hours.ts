import { z } from 'zod';
import { isTimeZone } from '../local-time.js';

const clock = z
  .string()
  .trim()
  .regex(/^([01]?\d|2[0-3]):[0-5]\d$/, { error: 'must be a time of day such as 22:00' })
  .transform((text) => {
    const [hours, minutes] = text.split(':').map(Number);
    return (hours ?? 0) * 60 + (minutes ?? 0);
  });

/** `{from: "22:00", to: "07:00", timeZone: "Europe/Zurich"}` as saved; minutes of the local day once parsed. */
export const QuietHours = z.object({
  from: clock,
  to: clock,
  timeZone: z.string().refine(isTimeZone, { error: 'must be the name of a time zone such as Europe/Zurich' }),
});
export type QuietHours = Readonly<z.infer<typeof QuietHours>>;

/** null = there are none; `problem` says why those that were entered are not used. */
export function parseQuietHours(raw: unknown): {
  readonly quietHours: QuietHours | null;
  readonly problem: string | null;
} {
  if (raw === null || raw === undefined || raw === '') return { quietHours: null, problem: null };
  const parsed = QuietHours.safeParse(raw);
  if (parsed.success) return { quietHours: parsed.data, problem: null };
  const why = parsed.error.issues.map(({ message, path }) => `${path.join('.')} ${message}`).join('; ');
  return { quietHours: null, problem: `The quiet hours are not used, alerts come at any time: ${why}.` };
}
