/** What an error says besides its message. */
export interface ErrorDetails {
  readonly broker: string;
  /** The broker's own code, or a word of ours. */
  readonly code: string;
  readonly cause?: unknown;
}

/** One family; each class is one decision that the caller takes. */
export abstract class BrokerageError extends Error {
  readonly broker: string;
  readonly code: string;

  constructor(message: string, details: ErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.broker = details.broker;
    this.code = details.code;
  }
}

/** Retry. */
export class ConnectionLost extends BrokerageError {}

/** Wait `retryAfterMs`, then retry. */
export class RateLimited extends BrokerageError {
  readonly retryAfterMs: number;

  constructor(message: string, details: ErrorDetails & { readonly retryAfterMs: number }) {
    super(message, details);
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** Ask the user to log in; retrying alone does not help. */
export class LoginRequired extends BrokerageError {}

/** Report: this request failed, others may not. */
export class Rejected extends BrokerageError {}

/** Report and keep running: the other side sent what the protocol does not allow. */
export class ProtocolError extends BrokerageError {}

/** Only the user can help. `retrySlowly` = what is wrong may be mended at the broker's end, so look again. */
export class ConfigError extends BrokerageError {
  readonly retrySlowly: boolean;

  constructor(message: string, details: ErrorDetails & { readonly retrySlowly: boolean }) {
    super(message, details);
    this.retrySlowly = details.retrySlowly;
  }
}

/** The sentence for people in any thrown value. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
