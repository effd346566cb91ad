import type { Fields } from './fields.js';

const HEADER_BYTES = 4;
// The limit of the official clients (0xffffff); TWS has no reason to accept more.
const LONGEST_FRAME = 16_777_215;

export const encodeFrame = (fields: Fields): Buffer => {
  const text = fields.map((field) => `${field}\0`).join('');
  const length = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(HEADER_BYTES + length);
  frame.writeUInt32BE(length, 0);
  frame.write(text, HEADER_BYTES);
  return frame;
};

/** Cuts what arrives into frames, whatever the chunks are. */
export class FrameReader {
  #pending: Buffer = Buffer.alloc(0);

  /** Whole payloads; null when the peer speaks something else. */
  push(chunk: Buffer): readonly Buffer[] | null {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const frames: Buffer[] = [];
    let offset = 0;
    while (this.#pending.length - offset >= HEADER_BYTES) {
      const length = this.#pending.readUInt32BE(offset);
      if (length > LONGEST_FRAME) return null;
      const end = offset + HEADER_BYTES + length;
      if (this.#pending.length < end) break;
      frames.push(this.#pending.subarray(offset + HEADER_BYTES, end));
      offset = end;
    }
    this.#pending = this.#pending.subarray(offset);
    return frames;
  }
}

/** The texts of a payload; a missing last NUL is forgiven. */
export const decodeFields = (payload: Buffer): Fields => {
  const fields = payload.toString('utf8').split('\0');
  return fields.at(-1) === '' ? fields.slice(0, -1) : fields;
};
