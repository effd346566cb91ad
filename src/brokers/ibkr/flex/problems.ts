import {
  ConfigError,
  ConnectionLost,
  ProtocolError,
  RateLimited,
  type BrokerageError,
} from '../../../errors.js';

/** IBKR's own pause is not documented; a minute is the window that it counts in. */
export const TOO_MANY_MS = 60_000;
export const LOCKED_MS = 4 * 60 * 60_000;

/** Retry. `message` is a whole sentence of ours; nothing that was received or sent belongs into it. */
export function lost(code: string, message: string): ConnectionLost {
  return new ConnectionLost(message, details(code));
}

/** Only the user can help, and asking again could lock the token. */
export function misconfigured(code: string, message: string): ConfigError {
  return new ConfigError(message, { ...details(code), retrySlowly: false });
}

export function limited(code: string, message: string, retryAfterMs: number): RateLimited {
  return new RateLimited(message, { ...details(code), retryAfterMs });
}

/** What came is not what the service's documents describe. */
export function unreadable(code: string, message: string): ProtocolError {
  return new ProtocolError(message, details(code));
}

/** Whether the session has no future: nothing but the user can bring the next statement. */
export function isFinal(error: unknown): error is BrokerageError {
  return error instanceof ConfigError;
}

function details(code: string) {
  return { broker: 'ibkr', code };
}
