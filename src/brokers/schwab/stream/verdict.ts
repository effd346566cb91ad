import { meaningOf } from './codes.js';
import type { Ending } from './next-step.js';
import type { Command } from './requests.js';
import type { Answer } from './wire.js';

/** The command that waits for its answer. */
export interface Awaited {
  readonly command: Command;
  readonly requestId: string;
}

export type Verdict =
  | { readonly kind: 'end'; readonly ending: Ending }
  | { readonly kind: 'succeeded' | 'once-more' | 'nothing' };

const NOTHING: Verdict = { kind: 'nothing' };

/** What an answer means for the stream. The streamer's own text stays out: nobody knows what it may quote. */
export function verdictOn(answer: Answer, awaited: Awaited | null): Verdict {
  const { code } = answer.content;
  const { name, reaction } = meaningOf(code);
  const said = `code ${code}, ${name}`;
  switch (reaction) {
    case 'login-again':
      return { kind: 'end', ending: { kind: 'refused' } };
    case 'reconnect':
      return lost(`Schwab’s streamer ended the stream (${said}).`);
    case 'stop-unavailable':
      return final(`Schwab’s streamer has no account activity for this login (${said}). Polling goes on.`);
    case 'stop-replaced':
      return final(
        `Another app took this one’s place at Schwab’s streamer, which allows one connection a user (${said}). Polling goes on; deploy again to take the place back.`,
      );
    case 'succeeded':
      return isTo(answer, awaited) ? { kind: 'succeeded' } : NOTHING;
    case 'once-more':
      if (!isTo(answer, awaited)) return NOTHING;
      return awaited?.command === 'SUBS'
        ? { kind: 'once-more' }
        : lost(`Schwab’s streamer refused a command (${said}).`);
    case 'unknown':
      return isTo(answer, awaited) ? lost(`Schwab’s streamer refused a command (${said}).`) : NOTHING;
  }
}

/** What the streamer leaves out is not held against it; what it says must fit. */
function isTo(answer: Answer, awaited: Awaited | null): boolean {
  return (
    awaited !== null &&
    (answer.command ?? awaited.command) === awaited.command &&
    (answer.requestid ?? awaited.requestId) === awaited.requestId
  );
}

function lost(reason: string): Verdict {
  return { kind: 'end', ending: { kind: 'lost', reason } };
}

function final(reason: string): Verdict {
  return { kind: 'end', ending: { kind: 'final', reason } };
}
