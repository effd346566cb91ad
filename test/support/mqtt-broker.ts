import { connectAsync } from 'mqtt';
import { startMqttBroker } from '../../demo/mqtt-broker.js';

export interface HeardFrame {
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
}

export interface TestMqtt {
  readonly port: number;
  /** Every frame so far, oldest first. */
  readonly frames: readonly HeardFrame[];
  publish(topic: string, payload: string): Promise<unknown>;
  close(): Promise<void>;
}

/** An MQTT broker in memory, and a client that hears everything. */
export async function startTestMqtt(port = 0): Promise<TestMqtt> {
  const broker = await startMqttBroker(port);
  const client = await connectAsync(`mqtt://127.0.0.1:${broker.port}`);
  const frames: HeardFrame[] = [];
  client.on('message', (topic, payload, { retain }) =>
    frames.push({ topic, payload: payload.toString('utf8'), retain }),
  );
  await client.subscribeAsync('#');
  return {
    port: broker.port,
    frames,
    publish: async (topic, payload) => await client.publishAsync(topic, payload, { qos: 1 }),
    close: async () => {
      await client.endAsync(true);
      await broker.close();
    },
  };
}
