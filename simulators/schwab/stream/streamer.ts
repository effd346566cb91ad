import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { SchwabBook } from '../book/book.js';
import type { Faults } from '../faults.js';
import { streamItems, type StreamItem } from './events.js';
import { ServerWebSocket } from './websocket.js';

export interface StreamerOptions {
  readonly book: SchwabBook;
  readonly faults: Faults;
  /** Account numbers of a good access token, null of any other. */
  readonly accountsOf: (accessToken: string) => readonly string[] | null;
}

interface Request {
  readonly requestid: string;
  readonly service: string;
  readonly command: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** One client; `accounts` is null until it has logged in. */
interface Client {
  readonly socket: ServerWebSocket;
  accounts: readonly string[] | null;
  subscribed: boolean;
  seq: number;
  /** Heartbeats since it came; one that never subscribes is thrown out. */
  beats: number;
}

// The guide has 26 to 29 in its table and 0 in its example of SUBS.
const DONE: ReadonlyMap<string, number> = new Map([
  ['SUBS', 0],
  ['UNSUBS', 27],
  ['ADD', 28],
  ['VIEW', 29],
]);

const BATCH_MS = 50;
const HEARTBEAT_MS = 10_000;
/** About 30 s, code 30. */
const BEATS_WITHOUT_SUBSCRIPTION = 4;
const CORREL_ID = '1dd1ad6d-0246-4f38-9c70-e5bfd2a5dff8';

/** The streamer: one connection for each user, and the account's activity on it. */
export class Streamer {
  readonly #options: StreamerOptions;
  readonly #clients = new Set<Client>();
  readonly #leave: () => void;
  readonly #heartbeat: NodeJS.Timeout;
  #batch: StreamItem[] = [];
  #batchTimer: NodeJS.Timeout | null = null;

  constructor(options: StreamerOptions) {
    this.#options = options;
    const { book } = options;
    this.#leave = book.subscribe((event) =>
      this.#later(streamItems(event, { at: book.now(), price: ({ instrument }) => book.price(instrument) })),
    );
    this.#heartbeat = setInterval(() => this.beat(), HEARTBEAT_MS).unref();
  }

  get connections(): number {
    return this.#clients.size;
  }

  upgrade(request: IncomingMessage, socket: Duplex): void {
    const client: Client = {
      socket: new ServerWebSocket(request, socket, {
        message: (text) => this.#hear(client, text),
        closed: () => void this.#clients.delete(client),
      }),
      accounts: null,
      subscribed: false,
      seq: 0,
      beats: 0,
    };
    this.#clients.add(client);
  }

  disconnectAll(): void {
    for (const { socket } of this.#clients) socket.destroy();
  }

  close(): void {
    this.#leave();
    clearInterval(this.#heartbeat);
    if (this.#batchTimer) clearTimeout(this.#batchTimer);
    this.disconnectAll();
  }

  #hear(client: Client, text: string): void {
    if (this.#options.faults.argumentOf('schwab-stream-silence') !== null) return;
    for (const request of requestsIn(text)) this.#answer(client, request);
  }

  #answer(client: Client, request: Request): void {
    const fault = this.#options.faults.argumentOf('schwab-stream-code');
    if (fault !== null) {
      this.#respond(client, request, { code: Number(fault), msg: 'As the fault has it.' });
      if (['3', '12', '30'].includes(fault)) client.socket.close();
      return;
    }
    if (request.command === 'LOGIN') return this.#logIn(client, request);
    if (client.accounts === null)
      return this.#respond(client, request, { code: 20, msg: 'Stream connection not found.' });
    if (request.command === 'LOGOUT') {
      this.#respond(client, request, { code: 0, msg: 'SUCCESS' });
      return client.socket.close();
    }
    if (request.service !== 'ACCT_ACTIVITY')
      return this.#respond(client, request, { code: 11, msg: `${request.service} is not available.` });
    this.#command(client, request);
  }

  #command(client: Client, request: Request): void {
    const { command, parameters } = request;
    const done = DONE.get(command);
    if (done === undefined)
      return this.#respond(client, request, { code: 21, msg: `Bad command formatting: ${command}` });
    if (command === 'SUBS' && textOf(parameters['keys']) === '')
      return this.#respond(client, request, { code: 22, msg: 'SUBS command failed: no keys' });
    this.#respond(client, request, { code: done, msg: `${command} command succeeded` });
    if (command === 'UNSUBS') client.subscribed = false;
    if (command !== 'SUBS' && command !== 'ADD') return;
    client.subscribed = true;
    this.#send(client, [{ account: client.accounts?.[0] ?? '', type: 'SUBSCRIBED', payload: {} }]);
  }

  #logIn(client: Client, request: Request): void {
    const accounts = this.#options.accountsOf(textOf(request.parameters['Authorization']));
    if (accounts === null) {
      this.#respond(client, request, { code: 3, msg: 'Login Denied.: token is invalid or has expired.' });
      return client.socket.close();
    }
    // One streamer connection for each user: the newest wins.
    for (const other of this.#clients) {
      if (other === client || other.accounts === null) continue;
      this.#respond(other, request, { code: 12, msg: 'limit of 1 Streamer connection from a given user' });
      other.socket.close();
    }
    client.accounts = accounts;
    this.#respond(client, request, { code: 0, msg: 'server=s0166bdv-1;status=NP' });
  }

  #respond(
    { socket }: Client,
    { command, requestid, service }: Request,
    content: { readonly code: number; readonly msg: string },
  ): void {
    const response = {
      service,
      command,
      requestid,
      SchwabClientCorrelId: CORREL_ID,
      timestamp: Date.now(),
      content,
    };
    socket.send(JSON.stringify({ response: [response] }));
  }

  #later(items: readonly StreamItem[]): void {
    this.#batch.push(...items);
    this.#batchTimer ??= setTimeout(() => {
      this.#batchTimer = null;
      const batch = this.#batch.splice(0);
      for (const client of this.#clients) {
        const { accounts, subscribed } = client;
        const own = batch.filter(({ account }) => accounts?.includes(account));
        if (subscribed && own.length > 0) this.#send(client, own);
      }
    }, BATCH_MS).unref();
  }

  #send(client: Client, items: readonly StreamItem[]): void {
    if (this.#options.faults.argumentOf('schwab-stream-silence') !== null) return;
    const isBad = this.#options.faults.argumentOf('schwab-stream-bad-json') !== null;
    const content = items.flatMap(({ account, payload, type }, index) => {
      client.seq += 1;
      const text = type === 'SUBSCRIBED' ? '' : JSON.stringify(payload);
      const item = {
        seq: client.seq,
        key: 'Account Activity',
        1: account,
        2: type,
        3: isBad ? text.slice(0, -3) : text,
      };
      // Duplicates happen.
      return index === 0 && items.length > 2 ? [item, item] : [item];
    });
    client.socket.send(
      JSON.stringify({
        data: [{ service: 'ACCT_ACTIVITY', timestamp: Date.now(), command: 'SUBS', content }],
      }),
    );
  }

  /** What the timer does every ten seconds. */
  beat(): void {
    if (this.#options.faults.argumentOf('schwab-stream-silence') !== null) return;
    for (const client of this.#clients) {
      client.beats += 1;
      if (!client.subscribed && client.beats >= BEATS_WITHOUT_SUBSCRIPTION) this.#throwOut(client);
      else if (client.accounts !== null)
        client.socket.send(JSON.stringify({ notify: [{ heartbeat: String(Date.now()) }] }));
    }
  }

  #throwOut(client: Client): void {
    const request = { requestid: '0', service: 'ADMIN', command: 'LOGIN', parameters: {} };
    this.#respond(client, request, { code: 30, msg: 'Stop streaming: no subscription' });
    client.socket.close();
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const requestsIn = (text: string): readonly Request[] => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [];
  }
  const list = isRecord(value) && Array.isArray(value['requests']) ? value['requests'] : [value];
  return list.filter(isRecord).map((request) => ({
    requestid: textOf(request['requestid']),
    service: textOf(request['service']),
    command: textOf(request['command']),
    parameters: isRecord(request['parameters']) ? request['parameters'] : {},
  }));
};
