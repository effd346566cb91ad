import { z } from 'zod';
import { activityOf, type Activity } from './activity.js';

const Text = z.union([z.string(), z.number()]).transform(String);

/** The answer to a command, or a code that came by itself; `command` and `requestid` say to what. */
const Answer = z.looseObject({
  command: z.string().nullish(),
  requestid: Text.nullish(),
  content: z.looseObject({ code: z.int() }),
});
export type Answer = z.infer<typeof Answer>;

const Heartbeat = z.looseObject({ heartbeat: z.unknown().refine((value) => value !== undefined) });

const AccountActivity = z.looseObject({ service: z.literal('ACCT_ACTIVITY'), content: z.array(z.unknown()) });

const Envelope = z.looseObject({
  response: z.unknown().optional(),
  notify: z.unknown().optional(),
  data: z.unknown().optional(),
});
type Envelope = z.infer<typeof Envelope>;

/** One message from the streamer. */
export interface Frame {
  readonly answers: readonly Answer[];
  readonly activities: readonly Activity[];
  /** Parts that are nothing we know, the frame as a whole included. */
  readonly unreadable: number;
}

export const UNREADABLE: Frame = { answers: [], activities: [], unreadable: 1 };

/** Takes a message apart and never throws: what cannot be read is counted and spoils nothing beside it. */
export function readFrame(text: string): Frame {
  const envelope = Envelope.safeParse(parsed(text));
  if (!envelope.success) return UNREADABLE;
  const frames = partsOf(envelope.data).map(readPart);
  return {
    answers: frames.flatMap(({ answers }) => answers),
    activities: frames.flatMap(({ activities }) => activities),
    unreadable: frames.reduce((sum, { unreadable }) => sum + unreadable, 0),
  };
}

/** Some captures hold what is in `data`, and not `data` (CrowMother/TOS-Trading-API): then the whole is the part. */
function partsOf(envelope: Envelope): readonly unknown[] {
  const { data, notify, response } = envelope;
  const wrapped = [response, notify, data].filter((list) => list !== undefined && list !== null);
  return wrapped.length === 0 ? [envelope] : wrapped.flat();
}

function readPart(part: unknown): Frame {
  const answer = Answer.safeParse(part);
  if (answer.success) return { answers: [answer.data], activities: [], unreadable: 0 };
  const service = AccountActivity.safeParse(part);
  if (service.success)
    return { answers: [], activities: service.data.content.map(activityOf), unreadable: 0 };
  return { answers: [], activities: [], unreadable: Heartbeat.safeParse(part).success ? 0 : 1 };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
