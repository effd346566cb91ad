import { jsonAnswer, type Answer } from '../answer.js';
import type { Authority, Tokens } from './authority.js';
import { tokenErrors } from './token-errors.js';

export interface App {
  readonly appKey: string;
  readonly appSecret: string;
  readonly callbackUrls: readonly string[];
}

export interface TokenQuestion {
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly body: string;
}

const CODE = /^C0\.[\w-]+\.[\w-]+@$/;

/** `POST /v1/oauth/token` */
export const answerToken = (
  { authorization, body, contentType }: TokenQuestion,
  { app, authority, now }: { readonly app: App; readonly authority: Authority; readonly now: () => number },
): Answer => {
  const basic = `Basic ${Buffer.from(`${app.appKey}:${app.appSecret}`).toString('base64')}`;
  if (authorization !== basic) return tokenErrors.wrongClient();
  const form = new URLSearchParams(contentType?.includes('x-www-form-urlencoded') ? body : '');
  const grant = form.get('grant_type');
  if (grant === 'authorization_code') return redeem(form, authority, now());
  if (grant === 'client_credentials') return withoutRefreshToken(authority.accessOnly());
  return grant === 'refresh_token'
    ? refresh(form.get('refresh_token') ?? '', authority)
    : tokenErrors.unsupportedGrant();
};

/** Works at Schwab too, and leads nowhere: no refresh token, and no account (schwab-py #224). */
const withoutRefreshToken = (accessToken: string): Answer =>
  jsonAnswer({ expires_in: 3600, token_type: 'Bearer', scope: 'api', access_token: accessToken });

const redeem = (form: URLSearchParams, authority: Authority, now: number): Answer => {
  const code = form.get('code') ?? '';
  // Not decoded: the @ is still %40, or it was cut off.
  if (!code.endsWith('@'))
    return code.startsWith('C0.') ? tokenErrors.codeCut() : tokenErrors.codeGarbled(code);
  if (!CODE.test(code)) return tokenErrors.codeGarbled(code);
  const tokens = authority.redeem(code, form.get('redirect_uri') ?? '');
  if (tokens === null) return tokenErrors.codeGarbled(code);
  if ('expiredAt' in tokens) return tokenErrors.codeExpired(tokens.expiredAt, now);
  return answerOf(tokens);
};

const refresh = (refreshToken: string, authority: Authority): Answer => {
  if (refreshToken === '') return tokenErrors.refreshTokenMissing();
  if (!authority.hasIssued(refreshToken)) return tokenErrors.refreshTokenInvalid();
  const tokens = authority.refresh(refreshToken);
  return tokens === null ? tokenErrors.refreshTokenEnded() : answerOf(tokens);
};

const answerOf = ({ accessToken, expiresInSeconds, refreshToken }: Tokens): Answer =>
  jsonAnswer({
    expires_in: expiresInSeconds,
    token_type: 'Bearer',
    scope: 'api',
    refresh_token: refreshToken,
    access_token: accessToken,
    id_token: 'eyJhbGciOiJub25lIn0.e30.',
  });
