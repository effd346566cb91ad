import { connect, type Socket } from 'node:net';

export type Fields = readonly string[];

const WAIT_MS = 5000;

const frameOf = (payload: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(payload.length);
  return Buffer.concat([length, payload]);
};

/** A TWS client of its own making: it shares no code with the simulator and shows bare frames. */
export class RawClient {
  readonly frames: Fields[] = [];
  /** Everything that came, as it came. */
  bytes: Buffer = Buffer.alloc(0);
  chunks = 0;
  ended: 'open' | 'fin' | 'reset' = 'open';
  readonly #socket: Socket;
  readonly #waiting = new Set<() => void>();
  #rest: Buffer = Buffer.alloc(0);

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (chunk) => this.#receive(chunk));
    this.#socket.on('end', () => this.#end('fin'));
    this.#socket.on('error', () => this.#end('reset'));
    this.#socket.on('close', () => this.#end('fin'));
  }

  /** Connected and ready, the farm notices read. */
  static async ready(port: number, { clientId = 1, versions = '100..193' } = {}): Promise<RawClient> {
    const client = new RawClient(port);
    client.hello(versions);
    await client.until(() => client.frames.length > 0);
    client.request('71', '2', String(clientId), '');
    await client.until(() => client.of('4').some((frame) => frame.includes('2158')));
    return client;
  }

  hello(versions = '100..193'): void {
    this.write(Buffer.concat([Buffer.from('API\0'), frameOf(Buffer.from(`v${versions}`))]));
  }

  request(...fields: Fields): void {
    this.write(frameOf(Buffer.from(fields.map((field) => `${field}\0`).join(''))));
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  of(id: string): readonly Fields[] {
    return this.frames.filter((frame) => frame[0] === id);
  }

  codes(): readonly string[] {
    return this.of('4').map((frame) => frame[3] ?? '');
  }

  /** Resolves when something that arrives makes it true. */
  async until(condition: () => boolean): Promise<void> {
    if (condition()) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`waited in vain; last frames ${JSON.stringify(this.frames.slice(-3))}`)),
        WAIT_MS,
      );
      const check = (): void => {
        if (!condition()) return;
        clearTimeout(timer);
        this.#waiting.delete(check);
        resolve();
      };
      this.#waiting.add(check);
    });
  }

  /** The frames of an answer, up to and with its end marker. */
  async download(end: string, ...request: Fields): Promise<readonly Fields[]> {
    const from = this.frames.length;
    this.request(...request);
    await this.until(() => this.frames.slice(from).some(([id]) => id === end));
    return this.frames.slice(from);
  }

  /** Waits until the simulator has worked off everything asked so far. */
  async roundTrip(): Promise<void> {
    const seen = this.of('49').length;
    this.request('49', '1');
    await this.until(() => this.of('49').length > seen);
  }

  async closed(): Promise<void> {
    await this.until(() => this.ended !== 'open');
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #end(how: 'fin' | 'reset'): void {
    if (this.ended === 'open') this.ended = how;
    this.#wake();
  }

  #wake(): void {
    for (const check of this.#waiting) check();
  }

  #receive(chunk: Buffer): void {
    this.chunks += 1;
    this.bytes = Buffer.concat([this.bytes, chunk]);
    this.#rest = Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= 4 && this.#rest.length >= 4 + this.#rest.readUInt32BE(0)) {
      const end = 4 + this.#rest.readUInt32BE(0);
      this.frames.push(this.#rest.subarray(4, end).toString('utf8').replace(/\0$/, '').split('\0'));
      this.#rest = this.#rest.subarray(end);
    }
    this.#wake();
  }
}
