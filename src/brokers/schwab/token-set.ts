import { z } from 'zod';
import { parseJson } from './json.js';

/** A login at Schwab as it is kept. Times in ms since the epoch. */
export const TokenSet = z.object({
  v: z.literal(1),
  refreshToken: z.string().min(1),
  accessToken: z.string().min(1),
  accessExpiresAt: z.number(),
  /** When the user logged in: the seven days count from here, and no refresh moves it. */
  issuedAt: z.number(),
});
export type TokenSet = Readonly<z.infer<typeof TokenSet>>;

/** Schwab names no end of a login; it is seven days after the code was exchanged. */
export const LOGIN_LASTS_MS = 7 * 24 * 60 * 60 * 1000;

export function loginExpiresAt({ issuedAt }: TokenSet): number {
  return issuedAt + LOGIN_LASTS_MS;
}

/** The kept text as a login, null when it is none of ours. */
export function parseTokenSet(text: string): TokenSet | null {
  const parsed = TokenSet.safeParse(parseJson(text));
  return parsed.success ? parsed.data : null;
}
