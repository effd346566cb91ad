import { ProtocolError } from '../../errors.js';

/** The largest message the official Java client accepts. */
const LARGEST_MESSAGE_BYTES = 0xffffff;
const LENGTH_BYTES = 4;
const NUL = 0;

/**
 * Cuts the bytes of a TWS socket into frames. A length that no gateway sends means that the other end is no
 * gateway, or that the stream is out of step: it throws, and nothing after that can be trusted.
 */
export class Framing {
  #pending: Buffer = Buffer.alloc(0);

  /** @throws ProtocolError */
  *frames(chunk: Buffer): Generator<Buffer, void, undefined> {
    let bytes = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    this.#pending = Buffer.alloc(0);
    while (bytes.length >= LENGTH_BYTES) {
      const length = bytes.readUInt32BE(0);
      if (length < 2 || length > LARGEST_MESSAGE_BYTES) throw notAFrame(bytes, length);
      if (bytes.length < LENGTH_BYTES + length) break;
      const frame = bytes.subarray(0, LENGTH_BYTES + length);
      if (frame[frame.length - 1] !== NUL) throw protocolError('a message did not end in NUL');
      bytes = bytes.subarray(LENGTH_BYTES + length);
      yield frame;
    }
    // A copy: the chunk belongs to a larger buffer of the socket, which must not be kept for a few bytes.
    this.#pending = bytes.length === 0 ? bytes : Buffer.from(bytes);
  }
}

/** The fields of a frame. */
export function fieldsOf(frame: Buffer): readonly string[] {
  return frame.toString('utf8', LENGTH_BYTES, frame.length - 1).split('\0');
}

function notAFrame(bytes: Buffer, length: number): ProtocolError {
  const start = bytes.toString('latin1', 0, 5);
  if (start.startsWith('HTTP')) return protocolError('it answers HTTP, so this is the port of a web server');
  // TLS alert (21) or handshake (22) record, version 3.x.
  if ((bytes[0] === 21 || bytes[0] === 22) && bytes[1] === 3) {
    return protocolError('it answers TLS, and the TWS socket API has none');
  }
  return protocolError(`a message claims ${length} bytes`);
}

function protocolError(what: string): ProtocolError {
  return new ProtocolError(what, { broker: 'ibkr', code: 'frame' });
}
