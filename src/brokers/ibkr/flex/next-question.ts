import type { BrokerageError } from '../../../errors.js';
import type { FlexAnswer } from './answer.js';
import { flexCode } from './codes.js';
import type { FlexQuestion } from './exchange.js';
import { limited, LOCKED_MS, lost, misconfigured, TOO_MANY_MS } from './problems.js';
import type { FlexStatement } from './statement.js';

/** How far one attempt at a statement has come. */
export interface Progress {
  readonly question: FlexQuestion;
  /** How often in a row the statement was still being made. */
  readonly polls: number;
  /** How often IBKR had no statement. */
  readonly withoutStatement: number;
  /** Whether a reference was already given up for another. */
  readonly hasNewReference: boolean;
}

export type Next =
  | { readonly kind: 'ask'; readonly progress: Progress; readonly delayMs: number }
  | { readonly kind: 'done'; readonly statements: readonly FlexStatement[] }
  | { readonly kind: 'failed'; readonly error: BrokerageError };

export const BEGINNING: Progress = {
  question: { ask: 'SendRequest' },
  polls: 0,
  withoutStatement: 0,
  hasNewReference: false,
};

const FIRST_POLL_MS = 5_000;
const LONGEST_POLL_MS = 30_000;
const POLL_GROWTH = 1.5;
const WITHOUT_STATEMENT_MS = 30_000;
const MOST_WITHOUT_STATEMENT = 3;

/** What follows an answer. The pace has its own say in when a question goes out. */
export function nextQuestion(progress: Progress, answer: FlexAnswer): Next {
  switch (answer.kind) {
    case 'statements':
      return { kind: 'done', statements: answer.statements };
    case 'reference':
      return { kind: 'ask', progress: withReference(progress, answer.reference), delayMs: FIRST_POLL_MS };
    case 'code':
      return afterCode(progress, answer.code);
  }
}

function afterCode(progress: Progress, code: string): Next {
  const known = flexCode(code);
  if (known === null)
    return failed(lost(code, `IBKR's Flex Web Service answered with the unknown code ${code}. Retrying.`));
  const sentence = `${known.sentence} (IBKR's code ${code}.)`;
  switch (known.reaction) {
    case 'retry':
      return failed(lost(code, sentence));
    case 'configuration':
      return failed(misconfigured(code, sentence));
    case 'too-many':
      return failed(limited(code, sentence, TOO_MANY_MS));
    case 'locked':
      return failed(limited(code, sentence, LOCKED_MS));
    case 'in-progress':
      return {
        kind: 'ask',
        progress: { ...progress, polls: progress.polls + 1 },
        delayMs: pollDelayMs(progress.polls + 1),
      };
    case 'retry-a-few-times': {
      const withoutStatement = progress.withoutStatement + 1;
      if (withoutStatement >= MOST_WITHOUT_STATEMENT) return failed(misconfigured(code, sentence));
      return {
        kind: 'ask',
        progress: { ...BEGINNING, withoutStatement, hasNewReference: progress.hasNewReference },
        delayMs: WITHOUT_STATEMENT_MS,
      };
    }
    case 'new-reference':
      if (progress.hasNewReference) return failed(misconfigured(code, sentence));
      return {
        kind: 'ask',
        progress: { ...BEGINNING, withoutStatement: progress.withoutStatement, hasNewReference: true },
        delayMs: 0,
      };
  }
}

function withReference(progress: Progress, reference: string): Progress {
  return { ...progress, question: { ask: 'GetStatement', reference }, polls: 0 };
}

/** From 5 s to 30 s. */
function pollDelayMs(polls: number): number {
  return Math.min(LONGEST_POLL_MS, FIRST_POLL_MS * POLL_GROWTH ** Math.min(polls, 30));
}

function failed(error: BrokerageError): Next {
  return { kind: 'failed', error };
}
