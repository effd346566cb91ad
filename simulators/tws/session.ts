import type { Socket } from 'node:net';
import type { ApiSession, Download } from './client.js';
import { cut } from './cut.js';
import type { Desk } from './desk.js';
import { encodeFrame, decodeFields, FrameReader } from './framing.js';
import { errorFields, managedAccounts, nextValidId, type Notice } from './encode/messages.js';
import type { Fields } from './fields.js';
import { GREETING, negotiate, parseVersionRange } from './handshake.js';
import { FARM_NOTICES } from './notices.js';
import { answer } from './requests/answer.js';
import { Subscriptions } from './subscriptions.js';

/** One API connection from its first byte to its last. */
export class TwsSession implements ApiSession {
  readonly subscriptions = new Subscriptions();
  readonly #socket: Socket;
  readonly #desk: Desk;
  readonly #reader = new FrameReader();
  #greeting: Buffer | null = Buffer.alloc(0);
  #serverVersion = 0;
  #clientId: number | null = null;
  #isReady = false;
  lastTimeAnswer = 0;

  constructor(socket: Socket, desk: Desk) {
    this.#socket = socket;
    this.#desk = desk;
    socket.on('data', (chunk) => this.#receive(chunk));
  }

  get clientId(): number | null {
    return this.#clientId;
  }

  get serverVersion(): number {
    return this.#serverVersion;
  }

  get isReady(): boolean {
    return this.#isReady && !this.#socket.destroyed;
  }

  send(frames: readonly Fields[]): void {
    if (frames.length === 0) return;
    const { behaviours } = this.#desk;
    if (behaviours.length === 0) return this.sendRaw(Buffer.concat(frames.map(encodeFrame)));
    const shaped = behaviours.reduce<readonly Fields[]>(
      (now, { onFrame }) => (onFrame ? now.flatMap((frame) => onFrame(frame, this)) : now),
      frames,
    );
    for (const frame of shaped) this.#sendShaped(encodeFrame(frame));
  }

  /** A download, or what the behaviours in force make of it. */
  download(asked: Download): void {
    const { rows, end, isCut } = this.#desk.behaviours.reduce<Download>(
      (now, { onDownload }) => onDownload?.(now, this) ?? now,
      asked,
    );
    this.send(end ? [...rows, end] : rows);
    if (isCut === true) this.hangUp();
  }

  /** Frames that answer no request: pushes. */
  sendLive(frames: readonly Fields[]): void {
    this.send(this.#desk.behaviours.reduce((now, { onLive }) => onLive?.(now, this) ?? now, frames));
  }

  sendRaw(bytes: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  error(notice: Notice): void {
    this.send([errorFields(notice, this.#serverVersion)]);
  }

  hangUp(how: 'fin' | 'reset' = 'fin'): void {
    this.#isReady = false;
    this.subscriptions.clear();
    cut(this.#socket, how);
  }

  #sendShaped(encoded: Buffer): void {
    const { behaviours } = this.#desk;
    const bytes = behaviours.reduce<Buffer | null>(
      (now, { onBytes }) => (now && onBytes ? onBytes(now, this) : now),
      encoded,
    );
    if (!bytes) return;
    const writer = behaviours.findLast(({ write }) => write !== undefined)?.write;
    if (writer) writer(bytes, this, (part) => this.sendRaw(part));
    else this.sendRaw(bytes);
  }

  #receive(chunk: Buffer): void {
    const rest = this.#greeting === null ? chunk : this.#greet(Buffer.concat([this.#greeting, chunk]));
    if (!rest || this.#socket.writableEnded) return;
    const frames = this.#reader.push(rest);
    if (!frames) return this.hangUp();
    for (const frame of frames) {
      if (this.#socket.destroyed || this.#socket.writableEnded) return;
      if (this.#serverVersion === 0) this.#nameVersion(frame);
      else this.#take(decodeFields(frame));
    }
  }

  #greet(start: Buffer): Buffer | null {
    const seen = Math.min(start.length, GREETING.length);
    if (!start.subarray(0, seen).equals(GREETING.subarray(0, seen))) {
      this.hangUp();
      return null;
    }
    this.#greeting = seen < GREETING.length ? start : null;
    return this.#greeting === null ? start.subarray(seen) : null;
  }

  #nameVersion(payload: Buffer): void {
    const client = parseVersionRange(payload);
    const forced = this.#desk.behaviours.findLast(
      ({ serverVersion }) => serverVersion !== undefined,
    )?.serverVersion;
    const version = client && (forced ?? negotiate(client, this.#desk.serverVersion));
    if (!version) return this.hangUp();
    this.#serverVersion = version;
    this.send([[String(version), this.#desk.connectionTime]]);
  }

  #take(fields: Fields): void {
    this.#desk.record(fields[0] === '71' ? Number(fields[2] ?? '') || 0 : this.#clientId, fields);
    if (fields[0] === '71') return this.#startApi(fields);
    // TWS drops what comes before startApi has been answered.
    if (!this.#isReady) return;
    if (this.#desk.behaviours.some(({ onRequest }) => onRequest?.(fields, this) === true)) return;
    answer(fields, this, this.#desk);
  }

  #startApi(fields: Fields): void {
    if (this.#isReady) return;
    const clientId = Number(fields[2] ?? '') || 0;
    const { behaviours, sessions, view } = this.#desk;
    if (behaviours.some(({ onStart }) => onStart?.(this) === true)) return;
    if ([...sessions].some((other) => other !== this && other.isReady && other.clientId === clientId)) {
      this.error({
        id: -1,
        code: 326,
        text: 'Unable to connect as the client id is already in use. Retry with a unique client id.',
      });
      return this.hangUp();
    }
    this.#clientId = clientId;
    this.send([managedAccounts(view.accounts), nextValidId(1)]);
    this.#isReady = true;
    for (const notice of FARM_NOTICES) this.error(notice);
    for (const { onReady } of behaviours) onReady?.(this);
  }
}
