import { createServer, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import { listen } from './ports.js';

export interface MqttBroker {
  readonly port: number;
  close(): Promise<void>;
}

/** An MQTT 3.1.1 broker in memory, for this machine only. */
export async function startMqttBroker(port: number): Promise<MqttBroker> {
  const broker = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    broker.handle(socket);
  });
  return {
    port: await listen(server, port),
    close: () =>
      new Promise((resolve) => {
        broker.close(() => {
          for (const socket of sockets) socket.destroy();
          server.close(() => resolve());
        });
      }),
  };
}
