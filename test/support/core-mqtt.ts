import { createRequire } from 'node:module';
import type { NodeAPI } from 'node-red';
import { z } from 'zod';

type Register = (RED: NodeAPI) => void;
const Register = z.custom<Register>((value) => typeof value === 'function');
const require = createRequire(import.meta.url);
const nodeRed = createRequire(process.env['NODE_RED'] ?? require.resolve('node-red'));

/** Node-RED's own config nodes of an MQTT broker and of TLS. */
export const CORE_MQTT: readonly Register[] = ['05-tls', '10-mqtt'].map((file) =>
  Register.parse(nodeRed(`@node-red/nodes/core/network/${file}.js`)),
);

/** An mqtt-broker node as the editor saves it. */
export function brokerConfig(port: number, more: Readonly<Record<string, unknown>> = {}) {
  return {
    id: 'broker',
    type: 'mqtt-broker',
    name: 'my broker',
    broker: '127.0.0.1',
    port: String(port),
    clientid: '',
    autoConnect: true,
    usetls: false,
    protocolVersion: '4',
    keepalive: '60',
    cleansession: true,
    ...more,
  };
}
