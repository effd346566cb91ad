import { LOGIN_LASTS_MS, type TokenSet } from '../../src/brokers/schwab/token-set.js';
import type { TokenEndpoint } from '../../src/brokers/schwab/token-endpoint.js';
import type { SecretStore } from '../../src/ports.js';
import { memorySecret } from '../../src/secrets/memory.js';
import type { FakeClock } from './clocks.js';

export const ACCESS_LASTS_MS = 30 * 60_000;

/** A login of this moment whose access token ends half an hour later. */
export function tokenSet(now: number, given: Partial<TokenSet> = {}): TokenSet {
  return {
    v: 1,
    accessToken: 'access-0',
    refreshToken: 'refresh-0',
    accessExpiresAt: now + ACCESS_LASTS_MS,
    issuedAt: now,
    ...given,
  };
}

/** A token endpoint in memory that counts, and that a test can make fail. */
export class MemoryEndpoint implements TokenEndpoint {
  readonly #clock: FakeClock;
  /** Refresh tokens it was given, in order. */
  readonly asked: string[] = [];
  /** What the next requests fail with. */
  failure: Error | null = null;
  /** Holds answers back until it is resolved. */
  gate: Promise<void> = Promise.resolve();
  lastsMs = ACCESS_LASTS_MS;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  async login(): Promise<TokenSet> {
    return tokenSet(this.#clock.now());
  }

  async refresh({ issuedAt, refreshToken }: TokenSet): Promise<TokenSet> {
    this.asked.push(refreshToken);
    await this.gate;
    if (this.failure !== null) throw this.failure;
    const count = this.asked.length;
    return {
      v: 1,
      accessToken: `access-${count}`,
      refreshToken: `refresh-${count}`,
      accessExpiresAt: this.#clock.now() + this.lastsMs,
      issuedAt,
    };
  }
}

/** A store in memory that counts its writes, and that a test can break. */
export class MemoryStore implements SecretStore {
  readonly #secret = memorySecret();
  readonly written: string[] = [];
  readFailure: Error | null = null;
  writeFailure: Error | null = null;

  async read(): Promise<string | null> {
    if (this.readFailure !== null) throw this.readFailure;
    return await this.#secret.read();
  }

  async write(text: string): Promise<void> {
    if (this.writeFailure !== null) throw this.writeFailure;
    this.written.push(text);
    await this.#secret.write(text);
  }

  async remove(): Promise<void> {
    await this.#secret.remove();
  }

  async exclusively<T>(work: () => Promise<T>): Promise<T> {
    return await this.#secret.exclusively(work);
  }
}

export { LOGIN_LASTS_MS };
