import { createServer, type Server, type Socket } from 'node:net';

/** Another host, where nobody from here has any business. */
export class Stranger {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** What came, one text a connection. */
  readonly heard: string[] = [];

  private constructor() {
    this.#server = createServer((socket) => {
      const index = this.heard.push('') - 1;
      this.#sockets.add(socket);
      socket.on('data', (bytes) => (this.heard[index] += bytes.toString()));
      socket.on('error', () => socket.destroy());
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  static async listen(): Promise<Stranger> {
    const stranger = new Stranger();
    await new Promise<void>((resolve, reject) => {
      stranger.#server.once('error', reject);
      stranger.#server.listen(0, '127.0.0.1', resolve);
    });
    return stranger;
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}/`;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
