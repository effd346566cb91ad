import type { IBApi } from '@stoqey/ib';
import { Socket } from 'node:net';
import { z } from 'zod';
import { ProtocolError } from '../../errors.js';
import { fieldsOf, Framing } from './framing.js';

/**
 * Everything this package ever says to a gateway (ids of EClient.java). Not on the list, on purpose:
 * 3 placeOrder, 4 cancelOrder, 5 reqOpenOrders and 15 reqAutoOpenOrders (both can bind manual orders to us),
 * 14, 19 replaceFA, 21 exerciseOptions, 58 reqGlobalCancel.
 */
const ALLOWED_REQUESTS: ReadonlySet<number> = new Set([
  6, // account updates
  7, // executions
  16, // all open orders
  17, // managed accounts
  49, // current time
  61, // positions
  62, // account summary
  63, // cancel account summary
  64, // cancel positions
  71, // start API
  74, // positions multi
  75, // cancel positions multi
  76, // account updates multi
  77, // cancel account updates multi
  92, // P&L
  93, // cancel P&L
  94, // P&L of one position
  95, // cancel P&L of one position
  99, // completed orders
]);

const HANDSHAKE = 'API\0';

export interface Gates {
  /** The fields of each complete message, in order of arrival, the first one (the server version) too. */
  readonly onFields: (fields: readonly string[]) => void;
  /** The TCP connection stands. */
  readonly onConnect: () => void;
  /** The TCP connection is gone, or was never made; after `shut` nobody is told. */
  readonly onClose: () => void;
  /** The stream cannot be trusted any more, or something tried to write what is not allowed. */
  readonly onBroken: (error: ProtocolError) => void;
}

/** What stands behind both gates. */
export interface GatedSocket {
  connect(): void;
  /** For good: nothing is read, written or told any more, and no socket stays open. */
  shut(): void;
}

interface LibrarySocket {
  onData: (data: Buffer) => void;
  send: (tokens: unknown[]) => void;
  /** From `connect` on. */
  readonly client?: unknown;
}

/** The private fields the gates stand in front of: a release without them must fail at once, not run unguarded. */
const WithSocket = z.custom<{ readonly controller: { readonly socket: LibrarySocket } }>((ib) => {
  const Shape = z.object({
    controller: z.object({ socket: z.object({ onData: z.function(), send: z.function() }) }),
  });
  return Shape.safeParse(ib).success;
}, '@stoqey/ib has no controller.socket.onData/send: this version cannot be guarded');

/** The first nextValidId opens the library's queue; all other messages are decoded here, from their own text. */
const NEXT_VALID_ID = '9';

/**
 * Puts a gate before the decoder and one before the writer of a fresh `IBApi`.
 *
 * In: the library loops for ever on a negative length and throws out of its data handler on a reject text
 * that is not JSON, which ends Node-RED; and its number parsing turns "unset" into 0. So frames are cut and
 * decoded here, and the library sees only what its own handshake needs.
 * Out: what is not on the list of reading requests never reaches the socket.
 *
 * The library's rate limiter goes on sending after `disconnect`, and its `disconnect` does nothing once it
 * believes that it is disconnected, so the TCP socket is watched and destroyed here.
 */
export function installGates(ib: IBApi, gates: Gates): GatedSocket {
  const { socket } = WithSocket.parse(ib).controller;
  const decode = socket.onData.bind(socket);
  const write = socket.send.bind(socket);
  const framing = new Framing();
  let first = true;
  let isQueueOpen = false;
  let broken = false;

  const breakWith = (error: unknown): void => {
    broken = true;
    gates.onBroken(error instanceof ProtocolError ? error : unreadable(error));
  };

  socket.onData = (data: Buffer): void => {
    if (broken) return;
    try {
      for (const frame of framing.frames(data)) {
        const fields = fieldsOf(frame);
        const opensQueue = !first && !isQueueOpen && fields[0] === NEXT_VALID_ID;
        const forTheLibrary = first || opensQueue;
        first = false;
        isQueueOpen ||= opensQueue;
        gates.onFields(fields);
        if (forTheLibrary) decode(frame);
        if (broken) return;
      }
    } catch (error) {
      breakWith(error);
    }
  };

  socket.send = (tokens: unknown[]): void => {
    if (broken) return;
    const id = tokens.flat(2)[0];
    if (id === HANDSHAKE) gates.onConnect();
    if (id === HANDSHAKE || (typeof id === 'number' && ALLOWED_REQUESTS.has(id))) write(tokens);
    else
      breakWith(
        new ProtocolError(`request ${String(id)} is not a reading one and was not sent`, {
          broker: 'ibkr',
          code: 'read-only',
        }),
      );
  };

  const tcp = (): Socket | null => (socket.client instanceof Socket ? socket.client : null);
  return {
    connect(): void {
      ib.connect();
      tcp()?.once('close', () => {
        if (!broken) gates.onClose();
      });
    },
    shut(): void {
      broken = true;
      ib.removeAllListeners();
      ib.disconnect();
      tcp()?.destroy();
    },
  };
}

/** What a message did that could not be worked off. */
export function unreadable(cause: unknown): ProtocolError {
  const what = cause instanceof Error ? cause.message : String(cause);
  return new ProtocolError(`a message could not be read (${what})`, {
    broker: 'ibkr',
    code: 'decode',
    cause,
  });
}
