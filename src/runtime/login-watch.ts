import type { Clock, Login, Timer } from '../ports.js';
import { loginWarning, nextWarningAt } from './login-warning.js';

export interface LoginWatchOptions {
  readonly login: Login;
  readonly clock: Clock;
  /** Something is to be told: another end of the login, or the next warning. */
  readonly onNews: () => void;
  /** There is a login that lasts longer than the one before. */
  readonly onRenewed: () => void;
}

/** Watches a login that ends by itself, and speaks up when a warning is due. */
export class LoginWatch {
  readonly #options: LoginWatchOptions;
  readonly #leave: () => void;
  #expiresAt: number | null;
  #timer: Timer | null = null;

  constructor(options: LoginWatchOptions) {
    this.#options = options;
    this.#expiresAt = options.login.expiresAt;
    this.#leave = options.login.onChange(() => this.#changed());
    this.#schedule();
  }

  get expiresAt(): number | null {
    return this.#expiresAt;
  }

  /** What is to be said of its end now; null while there is time. */
  get warning(): string | null {
    if (this.#expiresAt === null) return null;
    return loginWarning(this.#expiresAt, this.#options.clock.now())?.sentence ?? null;
  }

  /** Idempotent. */
  close(): void {
    this.#leave();
    this.#timer?.cancel();
    this.#timer = null;
  }

  #changed(): void {
    const before = this.#expiresAt;
    this.#expiresAt = this.#options.login.expiresAt;
    this.#schedule();
    this.#options.onNews();
    if (this.#expiresAt !== null && this.#expiresAt > (before ?? 0)) this.#options.onRenewed();
  }

  #schedule(): void {
    const { clock, onNews } = this.#options;
    this.#timer?.cancel();
    this.#timer = null;
    const due = this.#expiresAt === null ? null : nextWarningAt(this.#expiresAt, clock.now());
    if (due === null) return;
    this.#timer = clock.after(Math.max(0, due - clock.now()), () => {
      this.#schedule();
      onNews();
    });
  }
}
