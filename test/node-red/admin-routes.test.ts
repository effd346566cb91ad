import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { NodeAPI } from 'node-red';
import { ConnectionLost } from '../../src/errors.js';
import { registerTestRoute } from '../../src/node-red/ibkr-test-route.js';
import type { ConnectionTest, TestRoute } from '../../src/node-red/ibkr-test-route.js';
import type { IbkrConfig } from '../../src/node-red/editor-config.js';
import type { Clock } from '../../src/ports.js';
import { helper } from '../support/nodes.js';

const FOUND: ConnectionTest = {
  ok: true,
  message: 'Connected.',
  accounts: [{ label: '…4567', type: 'individual', tradingMode: 'paper' }],
  serverVersion: 187,
  readOnlyApi: true,
};
const PATH = '/brokerage/ibkr/c1/test';

describe('the route behind the "Test connection" button', () => {
  let monotonic = 0;
  const clock: Clock = {
    now: () => 0,
    monotonic: () => monotonic,
    after: () => ({ cancel: () => undefined }),
  };
  let tested: IbkrConfig[] = [];
  let test: TestRoute['test'] = () => Promise.resolve(FOUND);
  let granted = new Set(['brokerage.write', 'flows.write']);
  let logged: string[] = [];
  let admin: NodeAPI['httpAdmin'];

  function plugIn(RED: NodeAPI): void {
    admin = RED.httpAdmin;
    const guarded: NodeAPI = {
      ...RED,
      log: { ...RED.log, error: (message: unknown) => logged.push(String(message)) },
      auth: {
        needsPermission: (permission) => (_, res, next) =>
          granted.has(permission) ? next() : void res.status(401).end(),
      },
    };
    registerTestRoute(guarded, {
      clock,
      test: (values, signal) => {
        tested.push(values);
        return test(values, signal);
      },
    });
  }

  before((done) => {
    helper.startServer(done);
  });
  after((done) => {
    helper.stopServer(done);
  });
  beforeEach(async () => {
    tested = [];
    logged = [];
    granted = new Set(['brokerage.write', 'flows.write']);
    test = () => Promise.resolve(FOUND);
    monotonic += 60_000;
    await helper.load(plugIn, []);
  });
  afterEach(async () => {
    await helper.unload();
  });

  function post(body: object, headers: Readonly<Record<string, string>> = {}) {
    return helper.request().post(PATH).set(headers).send(body);
  }

  it('tests the values of the dialog, before any deploy, and answers what was found', async () => {
    const answer = await post({ host: 'gateway', port: '4001', tradingMode: 'live', accounts: '4567' });
    assert.deepEqual([answer.status, answer.body], [200, FOUND]);
    assert.deepEqual(tested, [
      {
        version: 1,
        name: '',
        host: 'gateway',
        port: 4001,
        clientId: 17,
        tradingMode: 'live',
        accounts: ['4567'],
        backupHost: '',
        backupPort: null,
        flexQueryId: '',
        flexUrl: '',
        secretStore: 'node-red',
      },
    ]);
  });

  it('answers with a sentence when a value does not fit', async () => {
    const answer = await post({ port: 'abc' });
    assert.deepEqual(
      [answer.status, answer.body],
      [
        400,
        {
          error: {
            code: 'invalid-values',
            message: 'port is "abc": it must be a whole number from 1 to 65535',
          },
        },
      ],
    );
    assert.deepEqual(tested, []);
  });

  it('answers with a sentence when the body is a list', async () => {
    const answer = await post([]);
    assert.deepEqual(
      [answer.status, answer.body.error.message],
      [400, 'The body must be the values of the dialog.'],
    );
  });

  it('resolves environment variables as a deploy would', async () => {
    process.env['BROKERAGE_TEST_PORT'] = '7497';
    await post({ port: '${BROKERAGE_TEST_PORT}' });
    delete process.env['BROKERAGE_TEST_PORT'];
    assert.equal(tested[0]?.port, 7497);
  });

  it('says which environment variable is not set', async () => {
    const answer = await post({ port: '${BROKERAGE_NOT_SET}' });
    assert.equal(
      answer.body.error.message,
      'port is "${BROKERAGE_NOT_SET}": no environment variable BROKERAGE_NOT_SET is set',
    );
  });

  it('asks for the permission to write brokerage', async () => {
    granted = new Set(['flows.write']);
    assert.equal((await post({})).status, 401);
    assert.deepEqual(tested, []);
  });

  it('resolves environment variables only for those who may deploy, for the answer can show them', async () => {
    granted = new Set(['brokerage.write']);
    assert.equal((await post({ host: '${HOME}' })).status, 401);
    assert.equal((await post({ host: 'gateway' })).status, 200);
    assert.deepEqual(
      tested.map(({ host }) => host),
      ['gateway'],
    );
  });

  it('refuses a form, which any page could send', async () => {
    const answer = await helper.request().post(PATH).type('form').send({ host: 'gateway' });
    assert.deepEqual([answer.status, answer.body.error.code], [415, 'not-json']);
    assert.deepEqual(tested, []);
  });

  for (const [title, headers, status] of [
    ['refuses a foreign origin', { Origin: 'http://evil.example' }, 403],
    ['refuses the origin of a sandboxed page', { Origin: 'null' }, 403],
    ['refuses another port of the same host', { Host: 'nr.lan:1880', Origin: 'http://nr.lan:8080' }, 403],
    ['refuses a request that the browser calls cross-site', { 'Sec-Fetch-Site': 'cross-site' }, 403],
    ['refuses a request that the browser calls same-site', { 'Sec-Fetch-Site': 'same-site' }, 403],
    ['takes its own origin', { Host: 'NR.lan:1880', Origin: 'http://nr.lan:1880' }, 200],
    [
      'takes its own page behind a proxy that rewrites Host',
      { Host: 'internal', Origin: 'https://nr.example', 'Sec-Fetch-Site': 'same-origin' },
      200,
    ],
  ] as const)
    it(title, async () => assert.equal((await post({}, headers)).status, status));

  it('lets ten requests a minute through', async () => {
    for (let count = 0; count < 10; count += 1) assert.equal((await post({})).status, 200);
    const eleventh = await post({});
    assert.deepEqual([eleventh.status, eleventh.body.error.code], [429, 'too-many']);
    monotonic += 60_000;
    assert.equal((await post({})).status, 200);
  });

  it('passes on what a broker said', async () => {
    test = () =>
      Promise.reject(
        new ConnectionLost('Nothing listens at 127.0.0.1:4002', { broker: 'ibkr', code: 'ECONNREFUSED' }),
      );
    const answer = await post({});
    assert.deepEqual(
      [answer.status, answer.body],
      [502, { error: { code: 'ECONNREFUSED', message: 'Nothing listens at 127.0.0.1:4002' } }],
    );
  });

  it('hides a programming mistake from the browser and tells the log, without a stack', async () => {
    test = () => {
      throw new TypeError('x is not a function');
    };
    const answer = await post({});
    assert.deepEqual(
      [answer.status, answer.body],
      [
        500,
        {
          error: {
            code: 'internal',
            message: 'Something unexpected happened; the log of Node-RED says more.',
          },
        },
      ],
    );
    assert.deepEqual(logged, ['brokerage: a request of the editor failed: x is not a function']);
  });

  it('ends the attempt when the user stops the test', async () => {
    const server = createServer(admin).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    assert.ok(address !== null && typeof address === 'object');
    const browser = new AbortController();
    const aborted = new Promise((resolve) => {
      test = (_, signal) =>
        new Promise((answer) => {
          signal.addEventListener('abort', () => answer(FOUND));
          signal.addEventListener('abort', resolve);
          browser.abort();
        });
    });
    await assert.rejects(
      fetch(`http://127.0.0.1:${address.port}${PATH}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
        signal: browser.signal,
      }),
    );
    await aborted;
    server.closeAllConnections();
    server.close();
  });
});
