import { RateLimited } from '../../../errors.js';
import type { Chance } from '../../../ports.js';
import { readAnswer } from './answer.js';
import { exchange, type FlexLine } from './exchange.js';
import { BEGINNING, nextQuestion, type Progress } from './next-question.js';
import { limited, lost } from './problems.js';
import type { FlexStatement } from './statement.js';
import { pause } from './waiting.js';

/** From the first question to the statement. IBKR may go on making one for a whole weekend (ibflex #28). */
const LONGEST_MS = 5 * 60_000;
/** Who asks again at once after that is only told the same. */
const AFTER_UNFINISHED_MS = 10 * 60_000;
/** Of a wait, so that many clients do not come back at once. */
const JITTER = 0.2;

export interface FlexSource extends FlexLine {
  readonly chance: Chance;
}

/**
 * One attempt at a whole statement: begun, waited for, fetched, read.
 * @throws ConnectionLost, RateLimited, ProtocolError, ConfigError
 */
export async function fetchStatements(
  source: FlexSource,
  signal: AbortSignal,
): Promise<readonly FlexStatement[]> {
  const { chance, clock } = source;
  const until = clock.monotonic() + LONGEST_MS;
  let progress = BEGINNING;
  for (;;) {
    const next = await step(progress, source, signal);
    if (next.kind === 'done') return next.statements;
    const delayMs = next.delayMs * (1 + JITTER * chance());
    if (clock.monotonic() + delayMs > until) throw unfinished(source);
    if (delayMs > 0) await pause(delayMs, clock, signal);
    progress = next.progress;
  }
}

/** One question and what follows from its answer. A refusal for too many questions holds for everyone with this token. */
async function step(progress: Progress, source: FlexSource, signal: AbortSignal) {
  const text = await exchange(progress.question, source, signal);
  const next = nextQuestion(progress, readAnswer(text, progress.question));
  if (next.kind !== 'failed') return next;
  if (next.error instanceof RateLimited) source.pace.pause(next.error);
  throw next.error;
}

function unfinished({ pace }: FlexSource): Error {
  const sentence =
    'IBKR has not finished the Flex statement within 5 minutes, as happens in the night and on weekends.';
  pace.pause(limited('1019', sentence, AFTER_UNFINISHED_MS));
  return lost('1019', `${sentence} Retrying.`);
}
