import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttp } from 'node:http';
import { createServer, type Server } from 'node:net';
import { BrokerageError, ConfigError, ConnectionLost } from '../../src/errors.js';
import type { MqttLink } from '../../src/mqtt/link.js';
import { openLinkTo, type LinkTarget } from '../../src/mqtt/open-link.js';
import { fastClock } from '../support/clocks.js';
import { freePort } from '../support/node-red-process.js';

const clock = fastClock(100);

function target(port: number, more: Partial<LinkTarget> = {}): LinkTarget {
  return {
    url: `mqtt://127.0.0.1:${port}`,
    address: `127.0.0.1:${port}`,
    clientId: 'brokerage-test',
    options: { protocolVersion: 4 },
    qos: 1,
    will: { topic: 'will', text: 'offline' },
    ...more,
  };
}

/** What an attempt fails with. */
async function failure(where: LinkTarget, signal = new AbortController().signal): Promise<BrokerageError> {
  const events = { received: () => undefined, ended: () => assert.fail('it was never open') };
  const attempt: Promise<MqttLink> = openLinkTo(where, clock)(events, signal);
  return await attempt.then(
    () => assert.fail('it opened'),
    (error: unknown) => {
      assert.ok(error instanceof BrokerageError, String(error));
      return error;
    },
  );
}

describe('an attempt at a connection to an MQTT broker', () => {
  let server: Server | null = null;
  const listening = async (made: Server): Promise<number> => {
    server = made.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  };
  const connections = async (): Promise<number> =>
    await new Promise((resolve) => server?.getConnections((_error, count) => resolve(count)));

  afterEach(() => {
    server?.close();
    server = null;
  });

  it('says that nobody listens', async () => {
    const port = await freePort();
    const error = await failure(target(port));
    assert.ok(error instanceof ConnectionLost);
    assert.equal(
      error.message,
      `127.0.0.1:${port} refuses connections: is the MQTT broker running, and is this its port?`,
    );
  });

  it('gives up a server that accepts and says nothing, and leaves no socket', async () => {
    const sockets = new Set<{ destroyed: boolean }>();
    const port = await listening(
      createServer((socket) => void sockets.add(socket.on('error', () => undefined).resume())),
    );
    const error = await failure(target(port));
    assert.match(error.message, /does not answer within 15 s/);
    assert.ok(error instanceof ConnectionLost);
    while ((await connections()) > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('says that a server which hangs up is perhaps none of MQTT, or wants TLS', async () => {
    const port = await listening(createServer((socket) => void socket.on('error', () => undefined).end()));
    assert.match(
      (await failure(target(port))).message,
      /closed the connection before it answered: check port and TLS/,
    );
  });

  it('says that a web server is none', async () => {
    const port = await listening(createHttp((_request, response) => void response.end('hello')));
    const error = await failure(target(port));
    assert.ok(error instanceof ConnectionLost, error.name);
  });

  it('says that TLS meets a server without TLS', async () => {
    const port = await listening(
      createServer((socket) => void socket.on('error', () => undefined).write('220 hello\r\n')),
    );
    const error = await failure(target(port, { url: `mqtts://127.0.0.1:${port}` }));
    assert.ok(error instanceof ConfigError, error.message);
    assert.match(error.message, /does not answer TLS on this port/);
  });

  it('says that an address is none', async () => {
    const error = await failure(target(1, { url: 'nonsense', address: 'nonsense' }));
    assert.ok(error instanceof ConfigError);
    assert.match(error.message, /^nonsense is no address of an MQTT broker/);
  });

  it('ends at once when it is given up', async () => {
    const port = await listening(createServer((socket) => void socket.on('error', () => undefined).resume()));
    const given = new AbortController();
    const failed = failure(target(port), given.signal);
    given.abort();
    assert.match((await failed).message, /given up/);
  });
});
