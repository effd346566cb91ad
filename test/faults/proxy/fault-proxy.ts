import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Chance } from '../../../src/ports.js';
import { within } from '../within.js';
import { endSocket, Flow, type FlowOptions } from './flow.js';
import type { Plan, Toxic } from './plan.js';

const HOST = '127.0.0.1';
const CLOSES_WITHIN_MS = 1_000;

/** `downstream` = from the server to the client. */
export type Direction = 'downstream' | 'upstream';
export type Stream = Direction | 'both';

interface Active {
  readonly toxic: Toxic;
  readonly stream: Stream;
}

interface Connection {
  readonly cut: (how: 'fin' | 'reset') => void;
  /** Nothing that waits is passed any more. */
  readonly stop: () => void;
}

/** A TCP proxy in this process that harms what passes through it; the words are Toxiproxy's. */
export class FaultProxy {
  readonly #target: { readonly port: number };
  readonly #chance: Chance;
  #server: Server | null = null;
  #port = 0;
  #active: readonly Active[] = [];
  readonly #connections = new Set<Connection>();
  readonly #sockets = new Set<Socket>();
  readonly #clients = new Set<Socket>();

  constructor(target: { readonly port: number }, chance: Chance) {
    this.#target = target;
    this.#chance = chance;
  }

  get port(): number {
    return this.#port;
  }

  /** Sockets of both sides that are open. */
  get sockets(): number {
    return this.#sockets.size;
  }

  /** Sockets of clients that are open. */
  get clients(): number {
    return this.#clients.size;
  }

  /** Takes effect for connections that exist and for new ones; the returned function ends it. */
  add(toxic: Toxic, stream: Stream = 'downstream'): () => void {
    const active = { toxic, stream };
    this.#active = [...this.#active, active];
    return () => void (this.#active = this.#active.filter((other) => other !== active));
  }

  /** Ends every connection now. */
  cutAll(how: 'fin' | 'reset'): void {
    for (const { cut } of this.#connections) cut(how);
  }

  /** Nobody listens, and nothing stays open. */
  down(): void {
    this.#server?.close();
    this.#server = null;
    this.cutAll('reset');
  }

  /** Listens, on the same port as before. */
  async up(): Promise<void> {
    if (this.#server !== null) return;
    const server = createServer({ noDelay: true }, (client) => this.#accept(client));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, HOST, resolve);
    });
    const address = server.address();
    if (address !== null && typeof address === 'object') this.#port = address.port;
  }

  /** Idempotent; no socket is left. */
  async close(): Promise<void> {
    this.#server?.close();
    this.#server = null;
    for (const { stop } of this.#connections) stop();
    const closed = [...this.#sockets].map(
      async (socket) => await new Promise<void>((resolve) => socket.once('close', () => resolve())),
    );
    for (const socket of this.#sockets) socket.destroy();
    await within(CLOSES_WITHIN_MS, 'the sockets of the fault proxy close', Promise.all(closed));
  }

  #accept(client: Socket): void {
    const server = connect({ port: this.#target.port, host: HOST, noDelay: true });
    const stop = (): void => {
      down.stop();
      up.stop();
    };
    const cut = (how: 'fin' | 'reset'): void => {
      stop();
      for (const socket of [client, server]) endSocket(socket, how);
    };
    const down = new Flow({ to: client, cut, ...this.#toxicsOf('downstream') });
    const up = new Flow({ to: server, cut, ...this.#toxicsOf('upstream') });
    const connection = { cut, stop };
    this.#connections.add(connection);
    this.#clients.add(client);
    client.once('close', () => this.#clients.delete(client));
    this.#watch(client, up);
    this.#watch(server, down);
    for (const socket of [client, server])
      socket.once('close', () => {
        if (client.destroyed && server.destroyed) this.#connections.delete(connection);
      });
  }

  #watch(socket: Socket, flow: Flow): void {
    this.#sockets.add(socket);
    socket.on('data', (bytes) => flow.receive(bytes));
    socket.once('end', () => flow.end('fin'));
    // `close` follows every error and tells the other side of it.
    socket.on('error', () => socket.destroy());
    socket.once('close', (hadError) => {
      this.#sockets.delete(socket);
      flow.end(hadError ? 'reset' : 'fin');
    });
  }

  /** What harms one direction of one connection; each toxic has one plan there, for as long as it lasts. */
  #toxicsOf(direction: Direction): Pick<FlowOptions, 'plans' | 'swallowsEnd'> {
    const plans = new Map<Active, Plan>();
    const active = (): readonly Active[] =>
      this.#active.filter(({ stream }) => stream === 'both' || stream === direction);
    return {
      swallowsEnd: () => active().some(({ toxic }) => toxic.swallowsEnd === true),
      plans: () =>
        active().map((one) => {
          const plan = plans.get(one) ?? one.toxic.plan(this.#chance);
          plans.set(one, plan);
          return plan;
        }),
    };
  }
}

/** A proxy that listens, in front of a port of this machine. */
export async function startFaultProxy(
  target: { readonly port: number },
  chance: Chance,
): Promise<FaultProxy> {
  const proxy = new FaultProxy(target, chance);
  await proxy.up();
  return proxy;
}
