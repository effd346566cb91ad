import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { NodeAPI, NodeDef } from 'node-red';
import { ADMIN_ROUTES, GUARDED_ROUTES } from '../support/admin-routes.js';
import { send } from '../support/ask.js';
import { attemptOf, isLetIn, reboundWeaknessesOf, weaknessesOf, type Ask } from '../support/attacks.js';
import { folderForEachTest } from '../support/folders.js';
import { nodeModules } from '../support/node-modules.js';
import { helper, startRuntime, stopRuntime } from '../support/nodes.js';
import { registeredRoutes } from '../support/registered-routes.js';

const PERMISSIONS = ['brokerage.read', 'brokerage.write', 'flows.write'] as const;

describe('every route below the root of the editor', () => {
  const folder = folderForEachTest();
  let modules: Awaited<ReturnType<typeof nodeModules>>;
  let server: Server;
  let url: string;
  let admin: NodeAPI['httpAdmin'];
  let granted: Set<string>;
  let user: object | undefined;
  let added: () => readonly string[];
  let addedForVisitors: () => readonly string[];

  before(async () => {
    modules = await nodeModules();
    await startRuntime();
    server = createServer((req, res) => admin(req, res)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    assert.ok(address !== null && typeof address === 'object');
    url = `http://127.0.0.1:${address.port}`;
  });
  after(async () => {
    server.close();
    await stopRuntime();
  });
  beforeEach(() => {
    granted = new Set(PERMISSIONS);
    user = undefined;
  });
  afterEach(async () => {
    await helper.unload();
  });

  const ask: Ask = async (attempt) => (await send(url, attempt)).status;
  const lacking = (permission: string): Set<string> =>
    new Set(PERMISSIONS.filter((other) => other !== permission));

  /** All nodes of the package, each type deployed once: a route may be added as late as that. */
  async function load(more: (RED: NodeAPI) => void = () => undefined): Promise<void> {
    const types: string[] = [];
    const plugIn = (RED: NodeAPI): void => {
      admin = RED.httpAdmin;
      const before = registeredRoutes(admin).length;
      added = () => registeredRoutes(admin).slice(before);
      addedForVisitors = () => registeredRoutes(RED.httpNode);
      const observed: NodeAPI = {
        ...RED,
        settings: { ...RED.settings, userDir: folder() },
        nodes: {
          ...RED.nodes,
          registerType: new Proxy(RED.nodes.registerType.bind(RED.nodes), {
            apply(register, self, given) {
              types.push(String(given[0]));
              return Reflect.apply(register, self, given);
            },
          }),
        },
        auth: {
          needsPermission: (permission) => (req, res, next) => {
            if (!granted.has(permission)) return void res.status(401).end();
            Object.assign(req, { user });
            next();
          },
        },
      };
      for (const register of modules) register(observed);
      more(observed);
    };
    await helper.load(plugIn, []);
    assert.ok(types.length >= modules.length);
    const nodes = types.map((type) => ({ id: `a-${type}`, type }));
    await helper.setFlows(nodes, 'full');
    for (const { id } of nodes) assert.ok(helper.getNode(id), id);
  }

  it('is listed, with what opens it', async () => {
    await load();
    assert.deepEqual(added().toSorted(), ADMIN_ROUTES.map(({ route }) => route).toSorted());
  });

  it('is for the editor: visitors of a flow find none', async () => {
    await load();
    assert.deepEqual(addedForVisitors(), []);
  });

  for (const listed of GUARDED_ROUTES) {
    const { opens, route } = listed;

    it(`asks for its permission: ${route}`, async () => {
      await load();
      granted = lacking(opens);
      assert.equal(await ask(attemptOf(route)), 401);
      granted = new Set([opens]);
      assert.ok(isLetIn(await ask(attemptOf(route))));
    });

    it(`refuses foreign pages and other kinds of body: ${route}`, async () => {
      await load();
      assert.deepEqual(await weaknessesOf(listed, ask), []);
    });

    it(`refuses a page whose name points here, unless its user is logged in: ${route}`, async () => {
      await load();
      for (user of [undefined, { anonymous: true, permissions: '*' }])
        assert.deepEqual(await reboundWeaknessesOf(listed, ask), []);
      user = { username: 'admin' };
      const attempt = attemptOf(route, { Host: 'nr.example.com', Origin: 'http://nr.example.com' });
      assert.ok(isLetIn(await ask(attempt)));
    });

    it(`answers under a name that its owner trusts: ${route}`, async () => {
      await load();
      process.env['BROKERAGE_TRUSTED_HOSTS'] = 'nr.example.com, nr.example.org';
      try {
        const attempt = attemptOf(route, {
          Host: 'nr.example.org:1880',
          Origin: 'http://nr.example.org:1880',
        });
        assert.ok(isLetIn(await ask(attempt)));
      } finally {
        delete process.env['BROKERAGE_TRUSTED_HOSTS'];
      }
    });
  }

  it('opens without a permission only to what a login has just made', async () => {
    await load();
    granted = new Set();
    const keyed = ADMIN_ROUTES.filter(({ opens }) => opens === 'one-time state');
    for (const { route } of keyed) {
      const attempt = attemptOf(route);
      for (const query of ['', '?code=C0.abc@&session=s', '?code=C0.abc@&session=s&state=forged'])
        assert.match((await send(url, { ...attempt, path: attempt.path + query })).text, /Not logged in/);
    }
  });

  describe('when it is new', () => {
    const naked = { route: 'POST /brokerage/x/:id', opens: 'brokerage.write' } as const;

    it('must be listed, when the package is loaded or when a node is made', async () => {
      await load((RED) => {
        RED.httpAdmin.post('/brokerage/x/:id', (_, res) => res.json({}));
        RED.httpAdmin.use((_, __, next) => next());
        RED.nodes.registerType('late', function (config: NodeDef) {
          RED.nodes.createNode(this, config);
          RED.httpAdmin.get('/late', (_, res) => res.json({}));
        });
      });
      const listed = new Set(ADMIN_ROUTES.map(({ route }) => route));
      assert.deepEqual(
        added().filter((route) => !listed.has(route)),
        ['POST /brokerage/x/:id', 'USE <anonymous>', 'GET /late'],
      );
    });

    it('fails for each guard that it lacks, once it is listed', async () => {
      await load((RED) => RED.httpAdmin.post('/brokerage/x/:id', (_, res) => res.json({})));
      granted = lacking(naked.opens);
      assert.equal(await ask(attemptOf(naked.route)), 200);
      assert.deepEqual(
        [...(await weaknessesOf(naked, ask)), ...(await reboundWeaknessesOf(naked, ask))],
        [
          'a foreign Origin is answered 200, not 403',
          'the Origin of a sandboxed page is answered 200, not 403',
          'a cross-site request is answered 200, not 403',
          'a page on another port is answered 200, not 403',
          'plain text is answered 200, not 415',
          'text that pretends to be JSON is answered 200, not 415',
          'a form is answered 200, not 415',
          'an upload is answered 200, not 415',
          'a body of the wrong shape is answered 200, not 400',
          'a rebound name is answered 200, not 403',
          'a rebound name, same-origin to its browser is answered 200, not 403',
        ],
      );
    });
  });
});
