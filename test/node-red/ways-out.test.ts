import assert from 'node:assert/strict';
import type { NodeAPI } from 'node-red';
import { ConnectionLost } from '../../src/errors.js';
import { Refusal } from '../../src/node-red/admin-routes.js';
import { registerTestRoute, type TestRoute } from '../../src/node-red/ibkr-test-route.js';
import { knownSecrets } from '../../src/node-red/known-secrets.js';
import { saidByNode, saidInLog } from '../../src/node-red/said.js';
import { eventually, FakeClock } from '../support/clocks.js';
import { LeakWatch } from '../support/leak-watch.js';
import { flowOf, helper, nodeRedUtil, nodesWith, startRuntime, stopRuntime } from '../support/nodes.js';

const SECRET = 'secret-of-the-ways-out';

describe('a known secret', () => {
  let watch: LeakWatch;
  let stop: () => void;

  before(async () => {
    knownSecrets.secret(SECRET);
    await startRuntime();
  });
  after(stopRuntime);
  beforeEach(() => {
    watch = new LeakWatch();
    watch.knows(() => [{ name: 'secret', value: SECRET }]);
    stop = watch.listenTo(nodeRedUtil, 'ways-out');
  });
  afterEach(async () => {
    stop();
    await helper.unload();
    assert.deepEqual(watch.leaks(), []);
  });

  const answerTo = async (test: TestRoute['test']): Promise<string> => {
    await helper.load((RED: NodeAPI) => registerTestRoute(RED, { clock: new FakeClock(), test }), []);
    const { body } = await helper.request().post('/brokerage/ibkr/c1/test').send({});
    return JSON.stringify(body);
  };
  const found = { ok: true, accounts: [], serverVersion: 187, readOnlyApi: null };

  for (const [what, test, words] of [
    ['an answer', async () => ({ ...found, message: `Found ${SECRET}.` }), /Found …\./],
    [
      'the error of a broker',
      async () => {
        throw new ConnectionLost(`Lost ${SECRET}.`, { broker: 'ibkr', code: 'lost' });
      },
      /Lost …\./,
    ],
    [
      'a refusal',
      async () => {
        throw new Refusal(400, 'wrong', `Wrong ${SECRET}.`);
      },
      /Wrong …\./,
    ],
    [
      'a mistake of ours, which only the log tells',
      async () => {
        throw new TypeError(`Undefined ${SECRET}.`);
      },
      /the log of Node-RED says more/,
    ],
  ] as const)
    it(`is not in ${what}`, async () => assert.match(await answerTo(test), words));

  it('is in no log line, whoever writes it, at whatever level', async () => {
    const plugIn = (RED: NodeAPI): void =>
      RED.nodes.registerType('speaker', function (config) {
        RED.nodes.createNode(this, config);
        for (const says of [saidByNode(this), saidInLog(RED)]) {
          says.info(`info ${SECRET}`);
          says.warn(`warn ${SECRET}`);
          says.error(`error ${SECRET}`);
        }
      });
    await helper.load(plugIn, [{ id: 's1', type: 'speaker' }]);
    for (const level of ['info', 'warn', 'error'])
      assert.equal(watch.heard('log').split(`'${level} …'`).length, 3, level);
  });

  it('is not repeated where it was typed into the address of a gateway', async () => {
    await helper.load(
      nodesWith(new FakeClock()),
      flowOf({ port: 1, config: { host: `http://tws/${SECRET}` } }),
    );
    const errors: string[] = [];
    helper.getNode('errors').on('input', (message: unknown) => errors.push(JSON.stringify(message)));
    helper.getNode('sync').receive({ payload: 1 });
    await eventually(() => errors.some((text) => text.includes('host is \\"http://tws/…\\"')));
  });
});
