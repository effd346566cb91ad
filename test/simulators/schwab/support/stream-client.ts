import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { SchwabSimulator } from '../../../../simulators/index.js';
import { eventually } from '../../support/simulator.js';

export interface StreamContent {
  readonly seq: number;
  readonly key: string;
  readonly 1: string;
  readonly 2: string;
  readonly 3: string;
}

export interface StreamFrame {
  readonly response?: readonly {
    readonly command: string;
    readonly requestid: string;
    readonly content: { readonly code: number; readonly msg: string };
  }[];
  readonly notify?: readonly { readonly heartbeat: string }[];
  readonly data?: readonly { readonly service: string; readonly content: readonly StreamContent[] }[];
}

/** An independent client of the streamer. */
export class StreamClient {
  readonly frames: StreamFrame[] = [];
  readonly #socket: WebSocket;
  closed = false;
  pongs = 0;
  #requests = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (bytes: Buffer) => {
      const frame: StreamFrame = JSON.parse(bytes.toString());
      this.frames.push(frame);
    });
    socket.on('pong', () => (this.pongs += 1));
    socket.on('close', () => (this.closed = true));
  }

  static async open(schwab: SchwabSimulator): Promise<StreamClient> {
    const socket = new WebSocket(`${schwab.url.replace('http', 'ws')}/ws`);
    const client = new StreamClient(socket);
    await once(socket, 'open');
    return client;
  }

  static async subscribed(schwab: SchwabSimulator, accessToken: string): Promise<StreamClient> {
    const client = await StreamClient.open(schwab);
    await client.ask('LOGIN', { Authorization: accessToken });
    await client.subscribe();
    await eventually(() => client.contents.length > 0);
    return client;
  }

  /** The code of the answer. */
  async ask(command: string, parameters: object, service = 'ADMIN'): Promise<number | undefined> {
    this.#requests += 1;
    const requestid = String(this.#requests);
    this.sendText(JSON.stringify({ requests: [{ requestid, service, command, parameters }] }));
    await eventually(() => this.closed || this.#answer(requestid) !== undefined);
    return this.#answer(requestid);
  }

  subscribe(keys = 'Account Activity'): Promise<number | undefined> {
    return this.ask('SUBS', { keys, fields: '0,1,2,3' }, 'ACCT_ACTIVITY');
  }

  get contents(): readonly StreamContent[] {
    return this.frames.flatMap(({ data = [] }) => data.flatMap(({ content }) => content));
  }

  /** Without what was said twice. */
  get types(): readonly string[] {
    const seen = new Map(this.contents.map((content) => [content.seq, content[2]]));
    return [...seen.values()];
  }

  get codes(): readonly number[] {
    return this.frames.flatMap(({ response = [] }) => response.map(({ content }) => content.code));
  }

  sendText(text: string): void {
    this.#socket.send(text);
  }

  sendInPieces(...pieces: readonly string[]): void {
    for (const [index, piece] of pieces.entries())
      this.#socket.send(piece, { fin: index === pieces.length - 1 });
  }

  ping(): void {
    this.#socket.ping('are you there');
  }

  close(): void {
    this.#socket.close();
  }

  terminate(): void {
    this.#socket.terminate();
  }

  #answer(requestid: string): number | undefined {
    return this.frames
      .flatMap(({ response = [] }) => response)
      .find((response) => response.requestid === requestid)?.content.code;
  }
}
