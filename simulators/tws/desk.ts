import type { MarketView } from '../market/types.js';
import type { Behaviour } from './behaviours/behaviour.js';
import type { Fields } from './fields.js';
import type { ApiSession } from './client.js';

/** One frame of a client; null = before it named its id. */
export interface RecordedRequest {
  readonly clientId: number | null;
  readonly fields: Fields;
}

/** A request that a read-only client must never send. */
export interface Violation {
  readonly clientId: number | null;
  readonly messageId: string;
  readonly fields: Fields;
}

/** What all clients of one TWS share. */
export interface Desk {
  readonly view: MarketView;
  readonly behaviours: readonly Behaviour[];
  readonly sessions: ReadonlySet<ApiSession>;
  readonly serverVersion: number;
  readonly connectionTime: string;
  readonly timeOncePerSecond: boolean;
  record(clientId: number | null, fields: Fields): void;
  violate(violation: Violation): void;
}
