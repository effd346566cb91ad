import { z } from 'zod';
import {
  ConfigError,
  ConnectionLost,
  LoginRequired,
  RateLimited,
  type BrokerageError,
} from '../../errors.js';
import type { SchwabAnswer } from './exchange.js';
import { problemOf } from './problem.js';
import { quote } from './redact.js';
import { parseJson } from './json.js';

const TokenError = z.object({ error: z.string(), error_description: z.string().optional() });

export const LOGIN_ENDED = 'The Schwab login has ended. Open the connection and log in again.';

/** Words in Schwab's answer → what they mean. The inner text is JSON with unescaped quotes, so it is never parsed. */
const MEANINGS: readonly {
  readonly words: readonly string[];
  readonly code: string;
  readonly sentence: string;
}[] = [
  {
    words: [
      'refresh_token_authentication_error',
      'refresh_token_invalid',
      'refresh token invalid',
      'Invalid refresh token',
    ],
    code: 'login-ended',
    sentence: LOGIN_ENDED,
  },
  {
    words: ['AuthorizationCode has expired'],
    code: 'too-slow',
    sentence:
      'Too slow: the address is valid for 30 seconds only. Press “Log in” again; Schwab remembers your sign-in.',
  },
  {
    words: ['Invalid authorization code header', 'multiple of four', 'Bad authorization code'],
    code: 'bad-code',
    sentence: 'This is not the complete address. Copy the whole address line and paste it again.',
  },
];

/**
 * What an answer of the token endpoint that brings no tokens means. A login that ended is `LoginRequired`; a key
 * that is wrong is `ConfigError`; all that passes by itself is `ConnectionLost` or `RateLimited`.
 */
export function tokenProblemOf(answer: SchwabAnswer, at: number): BrokerageError {
  const parsed = TokenError.safeParse(parseJson(answer.text));
  if (!parsed.success || answer.status === 429 || answer.status >= 500) return passing(answer, at);
  const { error, error_description: description = '' } = parsed.data;
  const meaning = MEANINGS.find(({ words }) => words.some((word) => description.includes(word)));
  if (meaning !== undefined)
    return new LoginRequired(meaning.sentence, { broker: 'schwab', code: meaning.code });
  if (answer.status === 401 || error === 'invalid_client') {
    return new ConfigError(
      'Schwab does not accept the app key and secret: one of them is wrong, or the app is not “Ready For Use” at developer.schwab.com yet.',
      { broker: 'schwab', code: 'invalid-client', retrySlowly: false },
    );
  }
  const said = quote([error, description].filter((word) => word !== '').join(': '));
  return new LoginRequired(`Schwab refused the login: ${said}. Check the callback URL and log in again.`, {
    broker: 'schwab',
    code: 'refused',
  });
}

/** Not a word of the token endpoint itself: a proxy, a block, an outage. The login is not touched by it. */
function passing(answer: SchwabAnswer, at: number): ConnectionLost | RateLimited {
  const problem = problemOf(answer, 'the login', at);
  if (problem.kind === 'failed' && problem.error instanceof RateLimited) return problem.error;
  return new ConnectionLost(`Schwab is not reachable at the moment (${answer.status}). Retrying.`, {
    broker: 'schwab',
    code: String(answer.status),
  });
}
