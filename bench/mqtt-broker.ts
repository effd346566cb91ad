import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMqttBroker } from '../demo/mqtt-broker.js';
import { missingMosquitto } from '../test/support/mosquitto.js';
import { mosquittoServer } from '../test/support/mosquitto-server.js';

/** An MQTT broker to publish to. */
export interface BenchBroker {
  readonly name: 'mosquitto' | 'aedes';
  readonly url: string;
  close(): Promise<void>;
}

/** A real mosquitto where there is one; otherwise aedes, in this process, so that it takes its time from the clients. */
export async function benchBroker(): Promise<BenchBroker> {
  if (missingMosquitto() !== null) {
    const broker = await startMqttBroker(0);
    return { name: 'aedes', url: `mqtt://127.0.0.1:${broker.port}`, close: async () => await broker.close() };
  }
  const folder = await mkdtemp(join(tmpdir(), 'brokerage-bench-'));
  const server = await mosquittoServer({ folder, isForgetful: true });
  await server.start();
  return {
    name: 'mosquitto',
    url: `mqtt://127.0.0.1:${server.port}`,
    close: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
