import type { Notice } from './encode/messages.js';
import type { Fields } from './fields.js';
import type { Subscriptions } from './subscriptions.js';

/** One connected API client, as a behaviour sees it. */
export interface Client {
  readonly clientId: number | null;
  readonly serverVersion: number;
  /** Has been told 15 and 9. */
  readonly isReady: boolean;
  send(frames: readonly Fields[]): void;
  error(notice: Notice): void;
  hangUp(how?: 'fin' | 'reset'): void;
}

/** An answer of many rows and its end marker, named by the id of that marker. */
export interface Download {
  readonly id: '53' | '54' | '55' | '62' | '64' | '72' | '74' | '102';
  readonly rows: readonly Fields[];
  readonly end: Fields | null;
  /** The connection drops after the rows. */
  readonly isCut?: boolean;
}

/** The same client as the answering side sees it. */
export interface ApiSession extends Client {
  readonly subscriptions: Subscriptions;
  /** Second of the last answer to reqCurrentTime. */
  lastTimeAnswer: number;
  /** A whole answer, or what the behaviours in force make of it. */
  download(download: Download): void;
  /** Frames that answer no request: pushes. */
  sendLive(frames: readonly Fields[]): void;
}
