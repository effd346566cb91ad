import type { Socket } from 'node:net';
import type { Client, Download } from '../client.js';
import type { Fields } from '../fields.js';

/** What a behaviour may do to the simulator as a whole. */
export interface Controls {
  readonly isFrozen: boolean;
  clients(): readonly Client[];
  disconnectAll(how?: 'fin' | 'reset'): void;
  /** No new connections; those that exist stay. */
  closeDoor(): void;
  /** Listens on the same port again. */
  openDoor(): void;
  notice(code: number, text?: string): void;
  /** Clients see the market as it is now until `thaw`. */
  freeze(): void;
  thaw(): void;
  forgetSubscriptions(): void;
}

/** A way to misbehave: every hook is optional, `true` means "this took care of it". */
export interface Behaviour {
  readonly onSwitchOn?: (controls: Controls) => void;
  readonly onClear?: (controls: Controls) => void;
  readonly onConnection?: (socket: Socket) => boolean;
  /** Named whatever the client can speak. */
  readonly serverVersion?: number;
  readonly accountsNotReady?: boolean;
  readonly onStart?: (client: Client) => boolean;
  readonly onReady?: (client: Client) => void;
  readonly onRequest?: (request: Fields, client: Client) => boolean;
  readonly onDownload?: (download: Download, client: Client) => Download;
  readonly onLive?: (frames: readonly Fields[], client: Client) => readonly Fields[];
  readonly onFrame?: (frame: Fields, client: Client) => readonly Fields[];
  /** null = not sent */
  readonly onBytes?: (bytes: Buffer, client: Client) => Buffer | null;
  readonly write?: (bytes: Buffer, client: Client, write: (bytes: Buffer) => void) => void;
}

/** Makes a behaviour from the text after `=`. */
export type BehaviourFactory = (argument: string | undefined) => Behaviour;

/** The text after `=` as a number of at least 0. */
export const numberOr = (argument: string | undefined, fallback: number): number => {
  if (argument === undefined) return fallback;
  const value = Number(argument);
  if (argument.trim() === '' || !(value >= 0))
    throw new RangeError(`"${argument}" is not a number of 0 or more`);
  return value;
};
