import { createServer, type Server, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import type { Chance } from '../../../src/ports.js';
import { startFaultProxy, type FaultProxy } from '../proxy/fault-proxy.js';
import { comesTrue, within } from '../within.js';

const HOST = '127.0.0.1';
const STEP_WITHIN_MS = 2_000;

/** An MQTT broker without a memory on its disk, a proxy before it, and everything that it has taken. */
export class MqttWorld {
  /** topic → what stands there now */
  readonly retained = new Map<string, string>();
  /** Everything that was not retained, in order. */
  readonly events: { readonly topic: string; readonly text: string }[] = [];
  readonly proxy: FaultProxy;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #broker: Aedes;

  private constructor(parts: {
    readonly server: Server;
    readonly broker: Aedes;
    readonly proxy: FaultProxy;
  }) {
    this.#server = parts.server;
    this.#broker = parts.broker;
    this.proxy = parts.proxy;
    this.#hear();
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      socket.on('error', () => socket.destroy());
      this.#broker.handle(socket);
    });
  }

  static async open(chance: Chance): Promise<MqttWorld> {
    const broker = await Aedes.createBroker();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    return new MqttWorld({ server, broker, proxy: await startFaultProxy({ port }, chance) });
  }

  /** It crashes, and another one begins, which knows nothing. */
  async restart(): Promise<void> {
    const next = await Aedes.createBroker();
    const last = this.#broker;
    this.#broker = next;
    this.retained.clear();
    this.#hear();
    for (const socket of this.#sockets) socket.destroy();
    await closed(last);
  }

  /** Returns what was left open. */
  async close(): Promise<readonly string[]> {
    await comesTrue(STEP_WITHIN_MS, () => this.proxy.clients === 0);
    const { clients } = this.proxy;
    await this.proxy.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed(this.#broker);
    await new Promise((resolve) => this.#server.close(resolve));
    return clients === 0 ? [] : [`${clients} sockets to the MQTT broker are open`];
  }

  #hear(): void {
    const broker = this.#broker;
    broker.on('publish', ({ payload, retain, topic }, client) => {
      // What the broker tells of itself, and what an old one still says.
      if (topic.startsWith('$') || client === null || broker !== this.#broker) return;
      const text = payload.toString();
      if (!retain) this.events.push({ topic, text });
      else if (text === '') this.retained.delete(topic);
      else this.retained.set(topic, text);
    });
  }
}

async function closed(broker: Aedes): Promise<void> {
  await within(
    STEP_WITHIN_MS,
    'the MQTT broker closes',
    new Promise<void>((resolve) => broker.close(() => resolve())),
  );
}
