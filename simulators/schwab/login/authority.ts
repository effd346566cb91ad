import { randomBytes, randomUUID } from 'node:crypto';

/** How long each thing is good for, ms. */
export interface Lifetimes {
  readonly codeMs: number;
  readonly accessMs: number;
  readonly refreshMs: number;
}

export const REAL_LIFETIMES: Lifetimes = {
  codeMs: 30_000,
  accessMs: 30 * 60_000,
  refreshMs: 7 * 24 * 60 * 60_000,
};

/**
 * Whether a refresh brings another refresh token. `grace`: the old one is accepted until the new one was used;
 * `strict`: it is dead at once. Public clients disagree on what Schwab does.
 */
export type Rotation = 'off' | 'grace' | 'strict';

interface Code {
  readonly redirectUri: string;
  readonly accounts: readonly string[];
  readonly expiresAt: number;
}

interface Grant {
  readonly id: string;
  readonly accounts: readonly string[];
  /** The login; a refresh does not move it. */
  readonly expiresAt: number;
  /** Good refresh tokens, the newest last. */
  refreshTokens: string[];
  revoked: boolean;
}

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresInSeconds: number;
}

/** base64 of the name of Schwab's token server, the middle of every code. */
const SERVER = Buffer.from('oauth2.bdc.schwab.com').toString('base64').replaceAll('=', '');

/** Hands out codes and tokens, and knows which are good. */
export class Authority {
  readonly #lifetimes: Lifetimes;
  readonly #rotation: Rotation;
  readonly #now: () => number;
  /** code → what it stands for */
  readonly #codes = new Map<string, Code>();
  /** access token → its grant and end */
  readonly #access = new Map<string, { readonly grant: Grant; readonly expiresAt: number }>();
  readonly #issued = new Set<string>();
  /** Codes and tokens, oldest first. */
  readonly handedOut: string[] = [];
  #grant: Grant | null = null;

  constructor({
    lifetimes,
    rotation,
    now,
  }: {
    readonly lifetimes: Lifetimes;
    readonly rotation: Rotation;
    readonly now: () => number;
  }) {
    this.#lifetimes = lifetimes;
    this.#rotation = rotation;
    this.#now = now;
  }

  /** The user has pressed Done: a code for these accounts. */
  issueCode(redirectUri: string, accounts: readonly string[]): string {
    const code = `C0.${SERVER}.${randomBytes(32).toString('base64url')}@`;
    this.handedOut.push(code);
    this.#codes.set(code, { redirectUri, accounts, expiresAt: this.#now() + this.#lifetimes.codeMs });
    return code;
  }

  /** What a code is worth; it is used up by looking. */
  redeem(code: string, redirectUri: string): Tokens | { readonly expiredAt: number } | null {
    const known = this.#codes.get(code);
    this.#codes.delete(code);
    if (!known || known.redirectUri !== redirectUri) return null;
    if (this.#now() > known.expiresAt) return { expiredAt: known.expiresAt };
    // A new login voids the older ones of the same app and user.
    if (this.#grant) this.#grant.revoked = true;
    this.#grant = {
      id: randomUUID(),
      accounts: known.accounts,
      expiresAt: this.#now() + this.#lifetimes.refreshMs,
      refreshTokens: [this.#token()],
      revoked: false,
    };
    return this.#tokensOf(this.#grant);
  }

  /** Whether this was ever a refresh token of ours. */
  hasIssued(refreshToken: string): boolean {
    return this.#issued.has(refreshToken);
  }

  /** An access token without a login behind it: it reads nothing. */
  accessOnly(): string {
    return `I0.${randomBytes(24).toString('base64url')}@`;
  }

  /** null = the refresh token has ended, was replaced or revoked. */
  refresh(refreshToken: string): Tokens | null {
    const grant = this.#grant;
    if (!grant || grant.revoked || this.#now() >= grant.expiresAt) return null;
    const index = grant.refreshTokens.indexOf(refreshToken);
    if (index < 0) return null;
    if (this.#rotation !== 'off') {
      const kept = this.#rotation === 'grace' ? [refreshToken] : [];
      grant.refreshTokens = [...kept, this.#token()];
    }
    return this.#tokensOf(grant);
  }

  /** Accounts that this access token may read; null = it is not good. */
  accountsOf(accessToken: string): readonly string[] | null {
    const known = this.#access.get(accessToken);
    if (!known || known.grant.revoked || this.#now() >= known.expiresAt) return null;
    return known.grant.accounts;
  }

  /** As after a change of the password: no token is good any more. */
  revoke(): void {
    if (this.#grant) this.#grant.revoked = true;
  }

  /** Access tokens die early after some changes at Schwab; the login goes on. */
  forgetAccessTokens(): void {
    this.#access.clear();
  }

  #tokensOf(grant: Grant): Tokens {
    const accessToken = `I0.${randomBytes(24).toString('base64url')}@`;
    this.handedOut.push(accessToken);
    const { accessMs } = this.#lifetimes;
    this.#access.set(accessToken, { grant, expiresAt: this.#now() + accessMs });
    return {
      accessToken,
      refreshToken: grant.refreshTokens.at(-1) ?? '',
      expiresInSeconds: Math.max(1, Math.floor(accessMs / 1000)),
    };
  }

  #token(): string {
    const token = `${randomBytes(48).toString('base64url')}@`;
    this.#issued.add(token);
    this.handedOut.push(token);
    return token;
  }
}
