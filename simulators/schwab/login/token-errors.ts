import { jsonAnswer, type Answer } from '../answer.js';

// The inner quotes are not escaped in what reaches the client: JSON in JSON, decoded once (Schwabdev #40).
const wrapped = (description: string, error: string): Answer =>
  jsonAnswer(
    {
      error: 'unsupported_token_type',
      error_description: `400 Bad Request: "{"error_description":"${description}","error":"${error}"}"`,
    },
    400,
  );

const DIGEST = 'R8QKLpffOFVUJuvqbJ0/1RNzqtrrnXrtTqQ6bCiRCMw=';

export const tokenErrors = {
  refreshTokenEnded: (): Answer =>
    wrapped(
      `Exception while authenticating refresh token [tokenDigest=${DIGEST}, Exception=Failed refresh token authentication [tokenDigest=${DIGEST}]]`,
      'refresh_token_authentication_error',
    ),
  refreshTokenInvalid: (): Answer =>
    jsonAnswer({ error: 'invalid_client', error_description: 'refresh_token_invalid' }, 400),
  refreshTokenMissing: (): Answer =>
    jsonAnswer({ error: 'invalid_grant', error_description: 'Invalid refresh token: null' }, 400),
  codeExpired: (expiration: number, now: number): Answer =>
    wrapped(
      `Bad authorization code: AuthorizationCode has expired,expiration=${expiration},now=${now} `,
      'invalid_request',
    ),
  codeGarbled: (code: string): Answer =>
    wrapped(`Bad authorization code: Invalid authorization code header: ${code}   `, 'invalid_request'),
  codeCut: (): Answer =>
    wrapped('Bad authorization code: String length must be a multiple of four. ', 'invalid_request'),
  wrongClient: (): Answer => jsonAnswer({ error: 'invalid_client', error_description: 'Unauthorized' }, 401),
  unsupportedGrant: (): Answer =>
    jsonAnswer({ error: 'unsupported_grant_type', error_description: 'Unsupported grant type.' }, 400),
} as const;
