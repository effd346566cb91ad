import { z } from 'zod';
import { LoginRequired, ProtocolError } from '../../errors.js';
import type { Clock } from '../../ports.js';
import { exchange, TOKEN_PATH, type SchwabAnswer } from './exchange.js';
import type { RateLimit } from './rate-limit.js';
import { retryAfterMs } from './retry-after.js';
import { tokenProblemOf } from './token-problem.js';
import type { TokenSet } from './token-set.js';
import { parseJson } from './json.js';

export interface SchwabApp {
  readonly apiUrl: string;
  readonly appKey: string;
  readonly appSecret: string;
}

export interface TokenEndpointOptions {
  readonly app: SchwabApp;
  readonly limit: RateLimit;
  readonly clock: Clock;
}

/** Asks for tokens; one attempt each. */
export interface TokenEndpoint {
  /** @throws LoginRequired, ConfigError, ConnectionLost, RateLimited, ProtocolError */
  login(code: string, callbackUrl: string): Promise<TokenSet>;
  /** A new access token for the same login. @throws as `login` */
  refresh(tokens: TokenSet): Promise<TokenSet>;
}

const TokenAnswer = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).optional(),
  expires_in: z.coerce.number().positive().default(1800),
});

/** A request for tokens is never called off half way: with rotation, an answer that nobody reads costs the login. */
const NEVER = new AbortController().signal;

export function tokenEndpoint({ app, limit, clock }: TokenEndpointOptions): TokenEndpoint {
  const basic = Buffer.from(`${app.appKey}:${app.appSecret}`).toString('base64');
  const ask = async (form: Readonly<Record<string, string>>, issuedAt: number | null): Promise<TokenSet> => {
    await limit.take(NEVER);
    const askedAt = clock.now();
    const answer = await exchange(
      app.apiUrl,
      { method: 'POST', path: TOKEN_PATH, basic, form: new URLSearchParams(form).toString() },
      { clock, signal: NEVER },
    );
    if (answer.status === 429) limit.block(retryAfterMs(answer.retryAfter, clock.now()));
    if (answer.status !== 200) throw tokenProblemOf(answer, clock.now());
    return tokensIn(answer, { askedAt, issuedAt: issuedAt ?? askedAt });
  };
  return {
    login: async (code, callbackUrl) =>
      await ask({ grant_type: 'authorization_code', code, redirect_uri: callbackUrl }, null),
    refresh: async ({ refreshToken, issuedAt }) =>
      await ask({ grant_type: 'refresh_token', refresh_token: refreshToken }, issuedAt),
  };
}

function tokensIn(
  answer: SchwabAnswer,
  { askedAt, issuedAt }: { readonly askedAt: number; readonly issuedAt: number },
): TokenSet {
  const parsed = TokenAnswer.safeParse(parseJson(answer.text));
  if (!parsed.success)
    throw new ProtocolError('Schwab answered the login with something that is no token. Retrying.', {
      broker: 'schwab',
      code: 'bad-response',
    });
  const { access_token: accessToken, expires_in: seconds, refresh_token: refreshToken } = parsed.data;
  if (refreshToken === undefined)
    throw new LoginRequired('Schwab gave no refresh token. Log in again.', {
      broker: 'schwab',
      code: 'no-refresh-token',
    });
  return { v: 1, accessToken, refreshToken, accessExpiresAt: askedAt + seconds * 1000, issuedAt };
}
