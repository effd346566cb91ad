import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { createMarket, startSchwabSimulator, type SchwabSimulator } from '../../simulators/index.js';
import { LIBRARIES, type LibraryName } from '../../src/secrets/keychain/protocol.js';
import { startNodeRed, type NodeRedProcess } from '../support/node-red-process.js';
import { poll } from '../support/poll.js';
import { askProbe, forgetTold, functionNode, probeFlow } from '../support/probe-flow.js';
import { noSecretService, startSecretService, type SecretService } from '../support/secret-service.js';
import { busWithoutService, noBus } from '../support/session-bus.js';
import { withoutPackages } from '../support/without-package.js';

const Told = z.object({ state: z.string(), reason: z.string().nullable() });
const Answer = z.looseObject({
  state: z.string().optional(),
  message: z.string().optional(),
  isSet: z.record(z.string(), z.boolean()).optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});
const Kept = z.object({ secrets: z.record(z.string(), z.string()) });
const SERVICE = 'TradingHelperBot_Schwab';
const FLEX_SERVICE = 'TradingHelperBot_IBKR';
/** A token is renewed when it has five minutes left: so long until then. */
const USABLE_MS = 2_000;
const SECRETS = ['appKey', 'appSecret'];

/** A connection whose secrets are in the keychain, the last status it told, and a page that asks for all anew. */
function flows(apiUrl: string): readonly object[] {
  return [
    ...probeFlow('c1').map((node) =>
      'id' in node && node.id === 'sync1'
        ? { ...node, wires: [['remember'], ['remember'], [], ['status']] }
        : node,
    ),
    functionNode('status', "global.set('status', msg.payload);", []),
    page('/status', 'tell'),
    functionNode('tell', "return { ...msg, payload: global.get('status') || {} };", ['out']),
    { ...page('/ask', 'sync1'), wires: [['sync1', 'done']] },
    functionNode('done', 'return { ...msg, payload: {} };', ['out']),
    connection(apiUrl),
    { id: 'c2', type: 'ibkr-config', version: 1, port: '1', secretStore: 'keychain' },
  ];
}

function page(url: string, wire: string): object {
  return { id: `in${url}`, type: 'http in', z: 'tab', x: 100, y: 400, url, method: 'get', wires: [[wire]] };
}

function connection(apiUrl: string): object {
  const values = { callbackUrl: 'https://127.0.0.1', apiUrl, secretStore: 'keychain' };
  return { id: 'c1', type: 'schwab-config', name: 'My Schwab', version: 1, ...values };
}

describe('secrets in the system keychain', function () {
  this.timeout(120_000);

  before(function () {
    const why = noSecretService();
    if (why === null) return;
    console.log(`      skipped: ${why}`);
    this.skip();
  });

  for (const library of LIBRARIES) {
    describe(`through ${library}`, () => {
      let service: SecretService;
      let schwab: SchwabSimulator;
      let nodeRed: NodeRedProcess;

      before(async () => {
        service = await startSecretService();
        schwab = await startSchwabSimulator({
          market: createMarket({ accounts: 0 }),
          rotation: 'grace',
          lifetimes: { accessMs: 5 * 60_000 + USABLE_MS },
        });
        const others = LIBRARIES.filter((other) => other !== library);
        nodeRed = await startNodeRed({
          flows: flows(schwab.url),
          env: { ...service.env, ...withoutPackages(...others) },
        });
      });
      after(async () => {
        await nodeRed?.stop();
        await schwab?.close();
        await service?.stop();
      });

      const ask = async (path: string, body?: object) => {
        const init = { method: 'POST', headers: { 'content-type': 'application/json' } };
        const options = body === undefined ? {} : { ...init, body: JSON.stringify(body) };
        return Answer.parse(await (await fetch(`${nodeRed.url}/brokerage/${path}`, options)).json());
      };
      const entry = async (of = SERVICE, id = 'c1') => {
        const text = await service.lookup(attributes(library, of, id));
        return text === null ? null : Kept.parse(JSON.parse(text)).secrets;
      };
      const clear = async () => await service.clear(attributes(library, SERVICE, 'c1'));
      const probe = async () => await ask('secrets/c1/probe', { store: 'keychain' });
      const status = async () => Told.safeParse(await (await fetch(`${nodeRed.url}/status`)).json()).data;
      const told = async (of: (status: z.infer<typeof Told>) => boolean, what: string) =>
        await poll(
          async () => {
            const now = await status();
            return now !== undefined && of(now) ? now : null;
          },
          { withinMs: 30_000, what },
        );
      const figures = async () =>
        await poll(async () => await askProbe(nodeRed.url, 3), { withinMs: 30_000, what: 'figures' });
      const askAnew = async () => {
        await forgetTold(nodeRed.url);
        await fetch(`${nodeRed.url}/ask`);
        return await figures();
      };
      /** Asks once the token has to be renewed, which is written before it is used, whatever becomes of that. */
      const renew = async () => {
        const [before, since] = [schwab.tokenRequests.length, performance.now()];
        await poll(() => (performance.now() - since > USABLE_MS ? true : null), {
          withinMs: 2 * USABLE_MS,
          what: 'the end of a token',
        });
        await askAnew();
        assert.ok(schwab.tokenRequests.length > before);
      };
      const logIn = async () => {
        const begun = z.object({ url: z.url() }).parse(
          await ask('schwab/c1/login/begin', {
            callbackUrl: schwab.callbackUrl,
            apiUrl: schwab.url,
            secretStore: 'keychain',
          }),
        );
        const state = new URL(begun.url).searchParams.get('state') ?? '';
        const back = new URL(schwab.authorize());
        back.searchParams.set('state', state);
        return await ask('schwab/c1/login/complete', { pasted: back.href });
      };

      it('are found out to work there, in words', async () => {
        const { message, state } = await probe();
        assert.deepEqual([state, message?.includes(library)], ['available', true]);
      });

      it('are set from the dialog, and nowhere but there', async () => {
        const { appKey, appSecret } = schwab;
        assert.deepEqual((await ask('schwab/c1/secrets', { appKey, appSecret })).isSet, {
          appKey: true,
          appSecret: true,
        });
        assert.deepEqual(await entry(), { appKey, appSecret });
        const flexToken = '123456789012345678901234';
        assert.deepEqual((await ask('ibkr/c2/secrets', { flexToken })).isSet, { flexToken: true });
        assert.deepEqual(await entry(FLEX_SERVICE, 'c2'), { flexToken });
        assert.deepEqual(await ask('schwab/c1/secrets'), { isSet: { appKey: true, appSecret: true } });
      });

      it('are enough to log in, and figures come without a deploy', async () => {
        assert.match((await logIn()).message ?? '', /3 accounts found/);
        await figures();
      });

      it('change with every new token', async () => {
        const before = await entry();
        await renew();
        const after = await entry();
        assert.deepEqual(Object.keys(after ?? {}).slice(0, 2), SECRETS);
        assert.notDeepEqual(loginIn(after), loginIn(before));
      });

      it('are all that Node-RED needs after a restart, which finds none in its own files', async () => {
        await nodeRed.restart();
        await figures();
        const credentials = await readFile(join(nodeRed.userDir, 'flows_cred.json'), 'utf8').catch(() => '');
        assert.equal(credentials.includes(schwab.appSecret), false);
      });

      it('may be locked while it runs: figures go on, the status says so, and unlocking mends it', async () => {
        await service.lock();
        await renew();
        const { state } = await told(({ reason }) => /locked/.test(reason ?? ''), 'a word about the lock');
        assert.equal(state, 'live');
        assert.equal((await probe()).state, 'locked');
        await service.unlock();
        assert.equal((await probe()).state, 'available');
        await told(({ reason }) => reason === null, 'no word about the lock');
        const locked = loginIn(await entry());
        await renew();
        assert.notEqual(loginIn(await entry()), locked);
      });

      it('may be locked at a start: nothing runs, it is said, and unlocking is enough', async () => {
        await service.lock();
        await nodeRed.restart();
        const { reason } = await told(({ state }) => state === 'misconfigured', 'a word about the lock');
        assert.match(reason ?? '', /keychain is locked\. Unlock it/);
        await service.unlock();
        await probe();
        await figures();
      });

      it('may lose their session bus and get it back', async () => {
        await service.stopService();
        await service.stopBus();
        assert.equal((await probe()).state, 'absent');
        await renew();
        await service.startBus();
        await service.startService({ locked: false });
        assert.equal((await probe()).state, 'available');
        await told(({ reason }) => reason === null, 'no word about the keychain');
      });

      it('may be deleted while it runs: figures go on, it is said, and entering them again mends it', async () => {
        await clear();
        await renew();
        await told(({ reason }) => /has gone/.test(reason ?? ''), 'a word about the entry');
        const { appKey, appSecret } = schwab;
        await ask('schwab/c1/secrets', { appKey, appSecret });
        await told(({ reason }) => reason === null, 'no word about the entry');
        await askAnew();
        assert.deepEqual(Object.keys((await entry()) ?? {}).slice(0, 2), SECRETS);
      });

      it('move to Node-RED and back with the login, deploy by deploy', async () => {
        const moved = async (store: string) => {
          assert.equal((await ask('schwab/c1/secrets/move', { store })).error, undefined);
          const others = flows(schwab.url).filter((node) => !('id' in node && node.id === 'c1'));
          await forgetTold(nodeRed.url);
          await nodeRed.deploy([...others, { ...connection(schwab.url), secretStore: store }]);
          await figures();
        };
        await moved('node-red');
        await poll(async () => ((await entry()) === null ? true : null), {
          withinMs: 10_000,
          what: 'an empty keychain',
        });
        await moved('keychain');
        assert.deepEqual(
          Object.keys((await entry()) ?? {})
            .slice(0, 2)
            .toSorted(),
          SECRETS,
        );
        assert.equal(schwab.tokenRequests.filter(({ grant }) => grant === 'authorization_code').length, 1);
      });

      it('go with the node', async () => {
        await nodeRed.deploy([]);
        assert.equal(await entry(), null);
        assert.equal(await entry(FLEX_SERVICE, 'c2'), null);
      });
    });
  }

  for (const [what, session, words] of [
    ['a session without a keychain service', busWithoutService, /No keychain service runs/],
    ['no session at all', noBus, /no D-Bus/],
  ] as const) {
    it(`are refused in ${what}, in words`, async () => {
      const own = await session();
      const nodeRed = await startNodeRed({ env: own.env });
      try {
        const response = await fetch(`${nodeRed.url}/brokerage/secrets/c1/probe`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ store: 'keychain' }),
        });
        const { message, state } = Answer.parse(await response.json());
        assert.equal(state, 'absent');
        assert.match(message ?? '', words);
      } finally {
        await nodeRed.stop();
        await own.stop();
      }
    });
  }
});

/** keytar calls the node `account`, the other one `username`. */
function attributes(library: LibraryName, service: string, id: string): Readonly<Record<string, string>> {
  return library === 'keytar' ? { service, account: id } : { service, username: id };
}

function loginIn(secrets: Readonly<Record<string, string>> | null): string | undefined {
  return Object.entries(secrets ?? {}).find(([name]) => name.startsWith('login-'))?.[1];
}
