import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** RFC 6455, 1.3: what proves that the server has read the question. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const OPCODES = { continuation: 0, text: 1, close: 8, ping: 9, pong: 10 } as const;

export interface WebSocketEvents {
  message(text: string): void;
  closed(): void;
}

/** The server's end of one WebSocket: text only, no extensions. */
export class ServerWebSocket {
  readonly #socket: Duplex;
  readonly #events: WebSocketEvents;
  #pending: Buffer = Buffer.alloc(0);
  #fragments: Buffer[] = [];
  #closing = false;
  #closed = false;

  constructor(request: IncomingMessage, socket: Duplex, events: WebSocketEvents) {
    this.#socket = socket;
    this.#events = events;
    const key = request.headers['sec-websocket-key'] ?? '';
    const accept = createHash('sha1').update(`${key}${GUID}`).digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', () => this.#end());
    socket.on('close', () => this.#end());
    socket.on('end', () => socket.end());
  }

  send(text: string): void {
    if (!this.#closed && !this.#closing) this.#socket.write(frame(OPCODES.text, Buffer.from(text)));
  }

  close(code = 1000): void {
    if (this.#closed || this.#closing) return;
    this.#closing = true;
    const body = Buffer.alloc(2);
    body.writeUInt16BE(code);
    this.#socket.end(frame(OPCODES.close, body));
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    for (let next = unframe(this.#pending); next !== null; next = unframe(this.#pending)) {
      // RFC 6455, 5.1: a client masks every frame.
      if (!next.masked) return this.close(1002);
      this.#pending = this.#pending.subarray(next.length);
      this.#take(next);
    }
  }

  #take({ fin, opcode, payload }: Frame): void {
    if (opcode === OPCODES.ping && !this.#closing)
      return void this.#socket.write(frame(OPCODES.pong, payload));
    if (opcode === OPCODES.close) return this.#leave(payload);
    if (opcode === OPCODES.pong || this.#closing) return;
    this.#fragments.push(payload);
    if (!fin) return;
    const text = Buffer.concat(this.#fragments).toString();
    this.#fragments = [];
    this.#events.message(text);
  }

  /** The client says goodbye first, or answers ours. */
  #leave(payload: Buffer): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#socket.end(frame(OPCODES.close, payload));
  }

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#events.closed();
  }
}

interface Frame {
  readonly fin: boolean;
  readonly opcode: number;
  readonly masked: boolean;
  readonly payload: Buffer;
  /** Of the whole frame, bytes. */
  readonly length: number;
}

/** The first whole frame in the bytes; clients mask theirs. */
const unframe = (bytes: Buffer): Frame | null => {
  const first = bytes[0];
  const second = bytes[1];
  if (first === undefined || second === undefined) return null;
  const masked = (second & 0x80) !== 0;
  const short = second & 0x7f;
  const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
  const header = 2 + extra + (masked ? 4 : 0);
  if (bytes.length < header) return null;
  const size = extra === 0 ? short : extra === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (bytes.length < header + size) return null;
  const mask = bytes.subarray(2 + extra, header);
  const payload = Buffer.from(bytes.subarray(header, header + size));
  for (let index = 0; index < payload.length; index += 1)
    payload[index] = (payload[index] ?? 0) ^ (mask[index % 4] ?? 0);
  return { fin: (first & 0x80) !== 0, opcode: first & 0x0f, masked, payload, length: header + size };
};

const frame = (opcode: number, payload: Buffer): Buffer => {
  const size = payload.length;
  const header =
    size < 126
      ? Buffer.from([0x80 | opcode, size])
      : size < 65_536
        ? Buffer.from([0x80 | opcode, 126, size >> 8, size & 0xff])
        : Buffer.concat([Buffer.from([0x80 | opcode, 127]), bigSize(size)]);
  return Buffer.concat([header, payload]);
};

const bigSize = (size: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(size));
  return bytes;
};
