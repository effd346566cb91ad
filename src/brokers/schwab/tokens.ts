import { LoginRequired, sentenceOf } from '../../errors.js';
import type { Clock, Logger, Login, SecretStore } from '../../ports.js';
import type { TokenEndpoint } from './token-endpoint.js';
import { loginExpiresAt, parseTokenSet, type TokenSet } from './token-set.js';

/** An access token that ends sooner is replaced before it is used. */
const LEEWAY_MS = 5 * 60_000;
/** Schwab refuses good tokens after some changes at its end; a token that is refused again so soon is not renewed. */
const RENEWED_JUST_NOW_MS = 5 * 60_000;

const NOT_LOGGED_IN = 'Not logged in at Schwab yet. Open the connection and press “Log in at Schwab”.';

export interface TokensOptions {
  readonly store: SecretStore;
  readonly endpoint: TokenEndpoint;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * The tokens of one login, shared by all that use it: fetched once for all who need a new one, written to the
 * store before anybody uses them, and never asked for again once Schwab has said that the login is over.
 */
export class Tokens implements Login {
  readonly #options: TokensOptions;
  readonly #listeners = new Set<() => void>();
  #tokens: TokenSet | null = null;
  #loaded = false;
  /** What the login ended with; null while it has not. */
  #ended: LoginRequired | null = null;
  #renewing: Promise<TokenSet> | null = null;
  #renewedAt: number | null = null;
  #loading: Promise<void> | null = null;
  /** Why the tokens could not be written yet; null = they are. */
  #unsaved: string | null = null;
  #saving: Promise<void> | null = null;
  /** What was last said of a store that cannot be read. */
  #unread: string | null = null;

  constructor(options: TokensOptions) {
    this.#options = options;
  }

  get expiresAt(): number | null {
    return this.#tokens === null || this.#ended !== null ? null : loginExpiresAt(this.#tokens);
  }

  /** Whether Schwab has said that the login is over. */
  get hasEnded(): boolean {
    return this.#ended !== null;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reads what is kept, so that `expiresAt` is known before the first request. */
  async load(): Promise<void> {
    if (this.#loaded) return;
    this.#loading ??= this.#load().finally(() => (this.#loading = null));
    await this.#loading;
  }

  /** Alone: a store that moves what it keeps holds nothing for a moment. */
  async #load(): Promise<void> {
    const kept = await this.#options.store.exclusively(async () => await this.#read());
    this.#loaded = true;
    if (kept !== null && this.#tokens === null) this.#take(kept);
  }

  /**
   * A token that Schwab should accept for some minutes.
   * @throws LoginRequired; what a refresh throws
   */
  async access(): Promise<string> {
    await this.load();
    if (this.#ended !== null) throw this.#ended;
    const tokens = this.#tokens;
    if (tokens === null) throw new LoginRequired(NOT_LOGGED_IN, { broker: 'schwab', code: 'not-logged-in' });
    if (this.#lasts(tokens)) {
      if (this.#unsaved !== null) await this.keep();
      return tokens.accessToken;
    }
    return (await this.#renew(null)).accessToken;
  }

  /**
   * Another token than the one that Schwab has just refused; the same when it was new, for then the token is not
   * what is wrong.
   * @throws as `access`
   */
  async accessInsteadOf(refused: string): Promise<string> {
    const current = await this.access();
    if (current !== refused) return current;
    const now = this.#options.clock.monotonic();
    if (this.#renewedAt !== null && now - this.#renewedAt < RENEWED_JUST_NOW_MS) return current;
    return (await this.#renew(refused)).accessToken;
  }

  /** Takes a new login, kept before anybody uses it. @throws when it cannot be kept */
  async adopt(tokens: TokenSet): Promise<void> {
    const { store } = this.#options;
    await store.exclusively(async () => {
      await store.write(JSON.stringify(tokens));
      this.#unsaved = null;
      this.#ended = null;
      this.#renewedAt = null;
      this.#take(tokens);
    });
  }

  /** Sees to it that the store holds what is known: it may be another place now, or have lost it. Never throws. */
  async keep(): Promise<void> {
    if (this.#tokens === null || this.#ended !== null) return;
    this.#saving ??= this.#options.store
      .exclusively(async () => await this.#keep())
      .finally(() => (this.#saving = null));
    await this.#saving;
  }

  async #keep(): Promise<void> {
    const kept = await this.#read();
    if (this.#tokens !== null && (kept === null || this.#unsaved !== null)) await this.#save(this.#tokens);
  }

  #lasts({ accessExpiresAt }: TokenSet): boolean {
    return accessExpiresAt - this.#options.clock.now() > LEEWAY_MS;
  }

  /** One refresh for all callers: nothing is awaited between the look and the assignment. */
  async #renew(refused: string | null): Promise<TokenSet> {
    this.#renewing ??= this.#options.store
      .exclusively(async () => await this.#refresh(refused))
      .finally(() => (this.#renewing = null));
    return await this.#renewing;
  }

  async #refresh(refused: string | null): Promise<TokenSet> {
    const { clock, endpoint } = this.#options;
    const kept = await this.#read();
    // Another process, or a login in the editor, has been here since.
    if (kept !== null && this.#isNews(kept) && this.#lasts(kept) && kept.accessToken !== refused) {
      this.#take(kept);
      return kept;
    }
    const known = kept !== null && this.#unsaved === null ? kept : (this.#tokens ?? kept);
    if (known === null) throw this.#end(new LoginRequired(NOT_LOGGED_IN, { broker: 'schwab', code: 'gone' }));
    let renewed: TokenSet;
    try {
      renewed = await endpoint.refresh(known);
    } catch (error) {
      throw error instanceof LoginRequired ? this.#end(error) : error;
    }
    this.#renewedAt = clock.monotonic();
    await this.#save(renewed);
    this.#take(renewed);
    return renewed;
  }

  #isNews({ accessToken, issuedAt }: TokenSet): boolean {
    const known = this.#tokens;
    return known === null || (issuedAt >= known.issuedAt && accessToken !== known.accessToken);
  }

  /** A disk that is full must not cost the login while Node-RED runs: the tokens are used, and saved when it can be. */
  async #save(tokens: TokenSet): Promise<void> {
    try {
      await this.#options.store.write(JSON.stringify(tokens));
      this.#unsaved = null;
    } catch (error) {
      const why = sentenceOf(error);
      // Tried at every request: the same sentence each time would fill the log.
      if (why !== this.#unsaved)
        this.#options.logger.error(
          `The Schwab login cannot be saved (${why}); it will be lost when Node-RED stops.`,
        );
      this.#unsaved = why;
    }
  }

  async #read(): Promise<TokenSet | null> {
    try {
      const text = await this.#options.store.read();
      this.#unread = null;
      return text === null ? null : parseTokenSet(text);
    } catch (error) {
      if (this.#tokens === null) throw error;
      const why = sentenceOf(error);
      if (why !== this.#unread) this.#options.logger.warn(`The kept Schwab login cannot be read: ${why}`);
      this.#unread = why;
      return null;
    }
  }

  #end(error: LoginRequired): LoginRequired {
    this.#ended = error;
    this.#tell();
    return error;
  }

  #take(tokens: TokenSet): void {
    const before = this.expiresAt;
    this.#tokens = tokens;
    if (this.expiresAt !== before) this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
