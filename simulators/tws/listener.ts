import { createServer, type Server, type Socket } from 'node:net';
import { cut } from './cut.js';

export const HOST = '127.0.0.1';

/** A port of this machine that can be closed and opened again, and the sockets that came through it. */
export class Listener {
  readonly sockets = new Set<Socket>();
  readonly #onConnection: (socket: Socket) => void;
  #server: Server | null = null;
  #port: number;

  constructor(port: number, onConnection: (socket: Socket) => void) {
    this.#port = port;
    this.#onConnection = onConnection;
  }

  get port(): number {
    return this.#port;
  }

  async open(): Promise<void> {
    if (this.#server) return;
    const server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => {
        this.#server = null;
        reject(error);
      });
      server.listen(this.#port, HOST, resolve);
    });
    const address = server.address();
    if (address !== null && typeof address === 'object') this.#port = address.port;
  }

  /** Nobody can connect from now on; the sockets that exist stay. */
  close(): void {
    this.#server?.close();
    this.#server = null;
  }

  disconnectAll(how: 'fin' | 'reset'): void {
    for (const socket of this.sockets) cut(socket, how);
  }

  async end(): Promise<void> {
    this.close();
    const closed = [...this.sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
    for (const socket of this.sockets) socket.destroy();
    await Promise.all(closed);
  }

  #accept(socket: Socket): void {
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    // A client may vanish at any moment; `close` follows every error.
    socket.on('error', () => socket.destroy());
    this.#onConnection(socket);
  }
}
