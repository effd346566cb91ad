import { z } from 'zod';

/** What a person asks of the alert node by a message. */
export type Command =
  | {
      readonly ask: 'silence';
      /** What is to be silent; null = everything of this node. */
      readonly target: Target | null;
      readonly forMs: number;
    }
  | { readonly ask: 'ack'; readonly target: Target; readonly forMs: number | null }
  | { readonly ask: 'list' };

/** An alert, or all alerts of a rule. */
export type Target = { readonly alert: string } | { readonly rule: string };

export type CommandOrWrong = { readonly command: Command } | { readonly wrong: string };

const HOUR_MS = 3_600_000;
const UNITS_MS = { s: 1_000, m: 60_000, h: HOUR_MS, d: 24 * HOUR_MS } as const;
const LONGEST_MS = 31 * UNITS_MS.d;
const Word = z.enum(['silence', 'ack', 'list']);

const Head = z.object({ topic: Word });
const id = z.string().trim().min(1).max(200).nullish();
const Wish = z.object({
  alert: id,
  rule: id,
  /** `30m`, `2h`, `1d`, or seconds. */
  duration: z.union([z.string(), z.number()]).nullish(),
});
/** The words of a command stand in the payload, or beside it where an inject node puts them. */
const Body = z.object({ payload: z.unknown().optional(), ...Wish.shape });

/** The command in a message, or what is wrong with it; null = it is none. */
export function commandIn(message: unknown): CommandOrWrong | null {
  const head = Head.safeParse(message);
  if (!head.success) return null;
  if (head.data.topic === 'list') return { command: { ask: 'list' } };
  const wish = wishIn(message);
  if (wish === null)
    return { wrong: `The message “${head.data.topic}” has an alert, a rule or a duration that is no text.` };
  const target = targetOf(wish);
  const given = wish.duration ?? null;
  const forMs = given === null ? null : milliseconds(given);
  if (given !== null && forMs === null)
    return { wrong: `The duration “${String(given).slice(0, 20)}” is none: say 30m, 2h, 1d, or seconds.` };
  if (head.data.topic === 'silence') return { command: { ask: 'silence', target, forMs: forMs ?? HOUR_MS } };
  if (target === null)
    return { wrong: 'Which alert? Put its id into msg.payload.alert, or a rule into msg.payload.rule.' };
  return { command: { ask: 'ack', target, forMs } };
}

function wishIn(message: unknown): z.infer<typeof Wish> | null {
  const body = Body.safeParse(message).data;
  if (body === undefined) return null;
  if (typeof body.payload === 'string' && body.payload.trim() !== '')
    return { ...body, alert: body.alert ?? body.payload.trim() };
  const inner = Wish.safeParse(body.payload ?? {});
  if (!inner.success) return typeof body.payload === 'object' ? null : body;
  return {
    alert: inner.data.alert ?? body.alert,
    rule: inner.data.rule ?? body.rule,
    duration: inner.data.duration ?? body.duration,
  };
}

function targetOf({ alert, rule }: z.infer<typeof Wish>): Target | null {
  if (alert !== undefined && alert !== null) return { alert };
  return rule === undefined || rule === null ? null : { rule };
}

function milliseconds(duration: string | number): number | null {
  const seconds = typeof duration === 'number' ? duration : Number(duration.trim() || Number.NaN);
  const match = /^(\d{1,6})\s*([smhd])$/.exec(String(duration).trim().toLowerCase());
  const [, amount = '', unit = ''] = match ?? [];
  const ms =
    match === null
      ? seconds * 1_000
      : Number(amount) *
        (unit === 's' || unit === 'm' || unit === 'h' || unit === 'd' ? UNITS_MS[unit] : Number.NaN);
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, LONGEST_MS) : null;
}
