import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { LedgerAccount } from '../market/ledger.js';
import type { Market } from '../market/types.js';
import { messageOf, statusOf } from './codes.js';
import { nextWeekday } from './days.js';
import { FlexFaults, type Question } from './faults.js';
import { PaceKeeper } from './pace.js';
import type { FlexRequest, FlexSimulator, FlexSimulatorOptions } from './simulator.js';
import { statementXml } from './statement.js';
import { element, textElement } from './xml.js';

const HOST = '127.0.0.1';
const BASE_PATH = '/AccountManagement/FlexWebService';
const SLOW_MS = 60_000;
/** What IBKR knows of clients begins like this; others it answers with 403. */
const USER_AGENT = /^(Java|Node\.js|Python|curl|Mozilla|Perl|Ruby|PHP|Go-http-client|\.NET)/;

type Settings = Required<Omit<FlexSimulatorOptions, 'market' | 'faults'>>;

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly type?: string;
  readonly location?: string;
  readonly code?: number;
}

/** A statement that was begun. */
interface Making {
  readonly readyAt: number;
  readonly accounts: readonly LedgerAccount[];
  readonly reportDate: string;
}

export class FlexServer implements FlexSimulator {
  readonly market: Market;
  readonly requests: FlexRequest[] = [];
  readonly #settings: Settings;
  readonly #faults = new FlexFaults();
  readonly #pace = new PaceKeeper();
  /** reference → statement */
  readonly #making = new Map<string, Making>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #server: Server;
  #accounts: readonly LedgerAccount[];
  #reportDate: string;
  #port: number;
  #inFlight = 0;

  constructor(market: Market, settings: Settings) {
    this.market = market;
    this.#settings = settings;
    this.#port = settings.port;
    this.#accounts = market.ledger().ibkr.accounts;
    this.#reportDate = settings.reportDate;
    this.#server = createServer((request, response) => this.#serve(request, response));
  }

  get url(): string {
    return `http://${HOST}:${this.#port}${BASE_PATH}`;
  }

  get token(): string {
    return this.#settings.token;
  }

  get queryId(): string {
    return this.#settings.queryId;
  }

  get reportDate(): string {
    return this.#reportDate;
  }

  get accounts(): readonly LedgerAccount[] {
    return this.#accounts;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  endOfDay(reportDate = nextWeekday(this.#reportDate)): void {
    this.#accounts = this.market.ledger().ibkr.accounts;
    this.#reportDate = reportDate;
  }

  fault(name: string, argument?: string): { clear(): void } {
    return this.#faults.add(name, argument);
  }

  clearFaults(): void {
    this.#faults.clear();
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port, HOST, resolve);
    });
    const address = this.#server.address();
    if (address !== null && typeof address === 'object') this.#port = address.port;
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const { headers, method = '', url: path = '' } = request;
    this.#inFlight += 1;
    response.once('close', () => (this.#inFlight -= 1));
    request.resume();
    const at = this.#settings.now();
    const url = new URL(path, this.url);
    const question = questionIn(url.pathname);
    const answer = this.#answer(request, url, at);
    const index = this.requests.push({ method, path, headers, at, status: 0, code: answer.code ?? null }) - 1;
    const send = (): void => {
      this.requests[index] = { method, path, headers, at, status: answer.status, code: answer.code ?? null };
      response.writeHead(answer.status, {
        'content-type': answer.type ?? 'application/xml; charset=utf-8',
        ...(answer.location === undefined ? {} : { location: answer.location }),
      });
      response.end(answer.body);
    };
    const slow = question === null ? null : this.#faults.strike('slow', question);
    if (slow === null) return send();
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        send();
      },
      Number(slow || SLOW_MS),
    );
    timer.unref();
    this.#timers.add(timer);
  }

  #answer({ headers, method }: IncomingMessage, { pathname, searchParams }: URL, at: number): Answer {
    const question = questionIn(pathname);
    if (question === null) return { status: 404, body: 'Not Found', type: 'text/plain' };
    if (method !== 'GET') return { status: 405, body: 'Method Not Allowed', type: 'text/plain' };
    if (!USER_AGENT.test(headers['user-agent'] ?? ''))
      return { status: 403, body: 'Forbidden', type: 'text/plain' };
    if (!this.#pace.allows(searchParams.get('t') ?? '', at)) return refusal(1018);
    return this.#broken(question, searchParams) ?? this.#sound(question, searchParams, at);
  }

  /** What a fault answers in place of the service. */
  #broken(question: Question, query: URLSearchParams): Answer | null {
    const http = this.#faults.strike('http', question);
    if (http !== null)
      return {
        status: Number(http || 500),
        body: 'We are sorry, our services are temporarily unavailable',
        type: 'text/html',
      };
    const location = this.#faults.strike('redirect', question);
    if (location !== null) return { status: 302, body: '', location: location || 'https://example.com/' };
    if (this.#faults.strike('outage-page', question) !== null)
      return {
        status: 200,
        body: '<!DOCTYPE html><html><body>System maintenance</body></html>',
        type: 'text/html',
      };
    const code = this.#faults.strike('code', question);
    if (code !== null) return refusal(Number(code));
    // An error that repeats what was sent, as careless servers write them.
    const echo = this.#faults.strike('echo', question);
    return echo === null ? null : refusal(Number(echo || 1001), `Cannot serve t=${query.get('t') ?? ''}.`);
  }

  #sound(question: Question, query: URLSearchParams, at: number): Answer {
    if (query.get('v') !== '3') return refusal(1020);
    if (query.get('t') !== this.token) return refusal(1015);
    const q = query.get('q') ?? '';
    return question === 'SendRequest' ? this.#begin(q, at) : this.#handOut(q, at);
  }

  #begin(queryId: string, at: number): Answer {
    if (queryId !== this.queryId) return refusal(1014);
    const reference = String(100_000_000_000_000 + this.#making.size + 1);
    this.#making.set(reference, {
      readyAt: at + this.#settings.makingMs,
      accounts: this.#accounts,
      reportDate: this.#reportDate,
    });
    return {
      status: 200,
      body: element('FlexStatementResponse', { timestamp: '28 August, 2012 10:37 AM EDT' }, [
        textElement('Status', 'Success'),
        textElement('ReferenceCode', reference),
        textElement('Url', `https://gdcdyn.interactivebrokers.com${BASE_PATH}/GetStatement`),
      ]),
    };
  }

  #handOut(reference: string, at: number): Answer {
    const making = this.#making.get(reference);
    if (making === undefined) return refusal(1017);
    if (at < making.readyAt) return refusal(1019);
    const xml = statementXml({
      ...making,
      at,
      instrument: (conId) => this.market.instrument(conId),
      flaws: {
        noPositionsSection: this.#faults.isOn('no-positions-section'),
        emptyPositions: this.#faults.isOn('empty-positions'),
        thousands: this.#faults.isOn('thousands'),
      },
    });
    return { status: 200, body: this.#damaged(xml) };
  }

  #damaged(xml: string): string {
    if (this.#faults.strike('csv', 'GetStatement') !== null)
      return '"ClientAccountID","CurrencyPrimary","Total"\n"U0000000","USD","1"\n';
    if (this.#faults.strike('doctype', 'GetStatement') !== null)
      return `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>\n${xml}`;
    if (this.#faults.strike('truncated', 'GetStatement') !== null)
      return xml.slice(0, Math.floor(xml.length / 2));
    return xml;
  }
}

const questionIn = (path: string): Question | null => {
  if (path === `${BASE_PATH}/SendRequest`) return 'SendRequest';
  return path === `${BASE_PATH}/GetStatement` ? 'GetStatement' : null;
};

/** Errors have the status 200 and say what they are in their text. */
const refusal = (code: number, message = messageOf(code)): Answer => ({
  status: 200,
  code,
  body: element('FlexStatementResponse', { timestamp: '28 August, 2012 10:37 AM EDT' }, [
    textElement('Status', statusOf(code)),
    textElement('ErrorCode', String(code)),
    textElement('ErrorMessage', message),
  ]),
});
