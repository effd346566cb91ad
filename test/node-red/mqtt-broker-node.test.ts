import assert from 'node:assert/strict';
import type { NodeAPI } from 'node-red';
import { z } from 'zod';
import { brokerNode } from '../../src/node-red/mqtt-feed/broker-node.js';

/** As much of Node-RED as knows one MQTT broker node, and its TLS configuration. */
function redWith(
  node: object,
  { definition = {}, tls = null }: { definition?: object; tls?: object | null } = {},
): NodeAPI {
  return z
    .custom<NodeAPI>(() => true)
    .parse({
      nodes: {
        getNode: (id: string) => (id === 'b' ? node : id === 't' ? tls : null),
        eachNode: (look: (one: object) => void) => look({ id: 'b', ...definition }),
      },
    });
}

const at = (brokerurl: string, options: object = {}): object => ({
  type: 'mqtt-broker',
  brokerurl,
  options: {
    keepalive: 60,
    clientId: 'nodered123',
    clean: false,
    will: { topic: 'theirs' },
    reconnectPeriod: 1,
    ...options,
  },
});
const warningsOf = (red: NodeAPI): readonly string[] => {
  const read = brokerNode(red, 'b');
  return 'warnings' in read ? read.warnings : assert.fail(read.wrong);
};

describe('the MQTT broker node of the user', () => {
  it('lends its address, its user and its TLS, and nothing of its session', () => {
    const read = brokerNode(
      redWith(
        at('mqtts://broker.lan:8883', { username: 'me', password: 'p', ca: 'pem', protocolVersion: 5 }),
      ),
      'b',
    );
    assert.ok('broker' in read);
    assert.deepEqual(read.broker, {
      url: 'mqtts://broker.lan:8883',
      address: 'broker.lan:8883',
      options: {
        keepalive: 60,
        username: 'me',
        password: 'p',
        ca: 'pem',
        protocolVersion: 5,
        rejectUnauthorized: true,
      },
    });
  });

  it('is warned of when account data would leave the house in clear words', () => {
    for (const near of [
      'localhost',
      '127.0.0.1',
      '10.1.2.3',
      '192.168.0.7',
      '[fe80::1]',
      '[::1]',
      'mosquitto',
      'nas.local',
    ])
      assert.deepEqual(warningsOf(redWith(at(`mqtt://${near}:1883`))), [], near);
    for (const far of ['8.8.8.8', 'broker.example.com', '[2001:db8::1]'])
      assert.match(
        warningsOf(redWith(at(`mqtt://${far}:1883`)))[0] ?? '',
        /gets account data without encryption/,
        far,
      );
    assert.deepEqual(warningsOf(redWith(at('mqtts://broker.example.com:8883'))), []);
  });

  it('is not verified only where its TLS configuration says so, and that is said', () => {
    const red = redWith(at('mqtts://broker.lan:8883'), {
      definition: { tls: 't' },
      tls: { verifyservercert: false },
    });
    const read = brokerNode(red, 'b');
    assert.ok('broker' in read);
    assert.equal(read.broker.options.rejectUnauthorized, false);
    assert.match(read.warnings[0] ?? '', /is not verified/);
  });

  it('is missed in a sentence when it is gone, disabled, or another node', () => {
    for (const node of [{}, { type: 'mqtt-broker' }, { type: 'other', brokerurl: 'x', options: {} }])
      assert.match(JSON.stringify(brokerNode(redWith(node), 'b')), /gone or disabled/);
    assert.match(JSON.stringify(brokerNode(redWith({}), '')), /No MQTT broker is chosen/);
  });
});
