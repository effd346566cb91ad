import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Market } from '../market/types.js';
import { jsonAnswer, textAnswer, traderError, type Answer } from './answer.js';
import type { SchwabBook } from './book/book.js';
import { deliver } from './deliver.js';
import { Faults } from './faults.js';
import { Authority, REAL_LIFETIMES } from './login/authority.js';
import { answerAuthorize, backTo } from './login/page.js';
import { answerToken, type App } from './login/token-endpoint.js';
import { answerRead, notAuthorized } from './rest/routes.js';
import type { SchwabRequest, SchwabSimulator, SchwabSimulatorOptions } from './simulator.js';
import { Streamer } from './stream/streamer.js';

const HOST = '127.0.0.1';
const MOST_REQUESTS = 100_000;
const STREAM_PATH = '/ws';
const API = /^\/(trader|marketdata)\//;

type Settings = Required<Omit<SchwabSimulatorOptions, 'market' | 'faults'>>;

export class SchwabServer implements SchwabSimulator {
  readonly market: Market;
  readonly book: SchwabBook;
  readonly requests: SchwabRequest[] = [];
  readonly violations: SchwabRequest[] = [];
  readonly tokenRequests: { grant: string; status: number }[] = [];
  readonly #settings: Settings;
  readonly #app: App;
  readonly #authority: Authority;
  readonly #faults = new Faults();
  readonly #sockets = new Set<Socket>();
  readonly #streamer: Streamer;
  #server: Server | null = null;
  #port: number;
  #inFlight = 0;

  constructor(market: Market, settings: Settings) {
    this.market = market;
    this.book = market.schwab;
    this.#settings = settings;
    this.#port = settings.port;
    const { appKey, appSecret, callbackUrls, now, rotation } = settings;
    this.#app = { appKey, appSecret, callbackUrls };
    this.#authority = new Authority({
      lifetimes: { ...REAL_LIFETIMES, ...settings.lifetimes },
      rotation,
      now,
    });
    this.#streamer = new Streamer({
      book: this.book,
      faults: this.#faults,
      accountsOf: (token) => this.#authority.accountsOf(token),
    });
  }

  get url(): string {
    return `http://${HOST}:${this.#port}`;
  }

  get appKey(): string {
    return this.#app.appKey;
  }

  get appSecret(): string {
    return this.#app.appSecret;
  }

  get callbackUrl(): string {
    return this.#app.callbackUrls[0] ?? '';
  }

  get handedOut(): readonly string[] {
    return this.#authority.handedOut;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get streams(): number {
    return this.#streamer.connections;
  }

  authorize(state?: string, accounts: readonly string[] = this.book.accounts): string {
    const code = this.#authority.issueCode(this.callbackUrl, accounts);
    return backTo(this.callbackUrl, code, new URLSearchParams(state === undefined ? {} : { state }));
  }

  revokeLogin(): void {
    this.#authority.revoke();
  }

  forgetAccessTokens(): void {
    this.#authority.forgetAccessTokens();
  }

  beat(): void {
    this.#streamer.beat();
  }

  fault(name: string, argument?: string): { clear(): void } {
    return this.#faults.add(name, argument);
  }

  clearFaults(): void {
    this.#faults.clear();
  }

  disconnectAll(): void {
    this.#streamer.disconnectAll();
    for (const socket of this.#sockets) socket.destroy();
  }

  async startListening(): Promise<void> {
    if (this.#server) return;
    const server = createServer((request, response) => this.#answer(request, response));
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      // A client may send its first frame before it has read the answer.
      if (head.length > 0) socket.unshift(head);
      if (request.url?.split('?')[0] === STREAM_PATH) this.#streamer.upgrade(request, socket);
      else socket.destroy();
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, HOST, resolve);
    });
    const address = server.address();
    if (address !== null && typeof address === 'object') this.#port = address.port;
    this.#server = server;
  }

  async stopListening(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (!server) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    this.disconnectAll();
    await closed;
  }

  async close(): Promise<void> {
    this.#streamer.close();
    await this.stopListening();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    this.#inFlight += 1;
    response.once('close', () => (this.#inFlight -= 1));
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => response.destroy());
    request.on('end', () => this.#respond(request, Buffer.concat(chunks).toString(), response));
  }

  #respond(request: IncomingMessage, body: string, response: ServerResponse): void {
    const { method = '', url = '' } = request;
    const path = url.split('?')[0] ?? '';
    if (path === '/ledger') return deliver(response, whole(jsonAnswer(this.market.ledger())), new Date());
    const answer = this.#answerTo(request, { path, body });
    const isToken = path === '/v1/oauth/token';
    const faulty =
      API.test(path) || isToken
        ? this.#faults.apply(answer, isToken ? 'token' : 'data', {
            path,
            body,
            authorization: request.headers.authorization ?? '',
            accounts: this.book.accounts,
            at: this.#settings.now(),
          })
        : whole(answer);
    this.#record(request, faulty.answer);
    if (isToken && method === 'POST')
      this.tokenRequests.push({
        grant: new URLSearchParams(body).get('grant_type') ?? '',
        status: faulty.answer.status,
      });
    const skew = Number(this.#faults.argumentOf('schwab-skewed-date') ?? 0) * 1000;
    deliver(response, faulty, new Date(this.#settings.now() + skew));
  }

  #answerTo(
    request: IncomingMessage,
    { path, body }: { readonly path: string; readonly body: string },
  ): Answer {
    const { headers, method = '', url = '' } = request;
    const { now, maxRows } = this.#settings;
    const query = new URL(url, this.url).searchParams;
    if (path === '/v1/oauth/token' && method === 'POST')
      return answerToken(
        { authorization: headers.authorization, contentType: headers['content-type'], body },
        { app: this.#app, authority: this.#authority, now },
      );
    if (path === '/v1/oauth/authorize' && method === 'GET')
      return answerAuthorize(query, { app: this.#app, authority: this.#authority, book: this.book });
    if (!API.test(path)) return textAnswer('404 Not Found', 404);
    if (method !== 'GET') return traderError(405, 'This simulator only lets itself be read.');
    const accounts = this.#authority.accountsOf((headers.authorization ?? '').replace(/^Bearer /, ''));
    if (accounts === null) return notAuthorized(path);
    return answerRead(
      { path, query, accounts },
      { book: this.book, now, maxRows, streamerUrl: () => `ws://${HOST}:${this.#port}${STREAM_PATH}` },
    );
  }

  #record({ headers, method = '', url = '' }: IncomingMessage, answer: Answer): void {
    const record = {
      method,
      path: url,
      status: answer.status,
      retryAfter: answer.headers?.['retry-after'] ?? null,
      at: this.#settings.now(),
      hasBearer: headers.authorization?.startsWith('Bearer ') ?? false,
      host: headers.host ?? '',
    };
    this.requests.push(record);
    if (this.requests.length > MOST_REQUESTS) this.requests.shift();
    if (API.test(url) && method !== 'GET') this.violations.push(record);
  }
}

const whole = (answer: Answer) => ({ answer, delivery: { kind: 'whole' } as const });
