import assert from 'node:assert/strict';
import { z } from 'zod';
import { ADMIN_ROUTES, GUARDED_ROUTES } from '../support/admin-routes.js';
import { send } from '../support/ask.js';
import { attemptOf, isLetIn, reboundWeaknessesOf, weaknessesOf, type Ask } from '../support/attacks.js';
import { compatRuntime } from '../support/compat.js';
import { startNodeRed, type NodeRedProcess, type NodeRedRuntime } from '../support/node-red-process.js';

/** Passwords of nobody, hashed by bcrypt as `node-red admin hash-pw` does. */
const USERS = [
  {
    username: 'owner',
    password: '$2b$04$yyqwMk2FWxCE4m5vKgVUfesHudDE2Seh/tODHNRHNRR1y8jgXurdK',
    permissions: '*',
  },
  {
    username: 'guest',
    password: '$2b$04$IOlO2M6VgtywmgefJYjjkO8HWiAnPnCd.yUvSrGCQy9kKUUvDoCLW',
    permissions: 'read',
  },
] as const;
const PASSWORDS = { owner: 'a long password of this test', guest: 'another password of this test' } as const;
const WITH_PASSWORD = `adminAuth: ${JSON.stringify({ type: 'credentials', users: USERS })},`;
const Token = z.object({ access_token: z.string() });

describe('a Node-RED that runs this package', function () {
  this.timeout(60_000);
  guards('4.1', () => undefined);
  guards('5', compatRuntime);
});

function guards(version: string, find: () => NodeRedRuntime | null | undefined): void {
  describe(`of version ${version}`, () => {
    let open: NodeRedProcess;
    let locked: NodeRedProcess;
    let owner: Ask;
    let guest: Ask;

    before(async function () {
      const runtime = find();
      if (runtime === null) {
        console.log('      skipped: Node-RED 5 is not installed (npm ci --prefix compat)');
        return this.skip();
      }
      const chosen = runtime === undefined ? {} : { runtime };
      [open, locked] = await Promise.all([
        startNodeRed(chosen),
        startNodeRed({ ...chosen, settings: WITH_PASSWORD }),
      ]);
      owner = asking(locked, await tokenOf(locked, 'owner'));
      guest = asking(locked, await tokenOf(locked, 'guest'));
    });
    after(async () => {
      await Promise.all([open?.stop(), locked?.stop()]);
    });

    /** What the editor's own page sends. */
    const ownPage = (route: string, { url }: NodeRedProcess) =>
      attemptOf(route, { Origin: url, 'Sec-Fetch-Site': 'same-origin' });

    for (const listed of GUARDED_ROUTES) {
      const { opens, route } = listed;

      it(`answers its own editor only, without a password: ${route}`, async () => {
        const ask = asking(open);
        assert.ok(isLetIn(await ask(ownPage(route, open))));
        assert.deepEqual(await weaknessesOf(listed, ask), []);
        assert.deepEqual(await reboundWeaknessesOf(listed, ask), []);
      });

      it(`refuses whoever has no password, or may not: ${route}`, async () => {
        for (const stranger of [asking(locked), asking(locked, 'made-up')])
          assert.equal(await stranger(ownPage(route, locked)), 401);
        const asGuest = await guest(ownPage(route, locked));
        if (opens === 'brokerage.read') assert.ok(isLetIn(asGuest));
        else assert.equal(asGuest, 401);
      });

      it(`refuses foreign pages even with a token, and takes any name with one: ${route}`, async () => {
        assert.ok(isLetIn(await owner(ownPage(route, locked))));
        assert.deepEqual(await weaknessesOf(listed, owner), []);
        const name = { Host: 'nr.example.com', Origin: 'http://nr.example.com' };
        assert.ok(isLetIn(await owner(attemptOf(route, name))));
        assert.equal(await asking(locked)(attemptOf(route, name)), 401);
      });
    }

    it('tells a stranger who comes to the callback nothing but that no login is under way', async () => {
      const keyed = ADMIN_ROUTES.filter(({ opens }) => opens === 'one-time state');
      for (const { route } of keyed)
        for (const { url } of [open, locked]) {
          const { status, text } = await send(url, attemptOf(route, { Origin: 'https://evil.example.com' }));
          assert.equal(status, 200);
          assert.match(text, /Not logged in/);
        }
    });
  });
}

function asking({ url }: NodeRedProcess, token?: string): Ask {
  const credentials = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  return async (attempt) =>
    (await send(url, { ...attempt, headers: { ...attempt.headers, ...credentials } })).status;
}

async function tokenOf({ url }: NodeRedProcess, username: keyof typeof PASSWORDS): Promise<string> {
  const body = new URLSearchParams({
    client_id: 'node-red-admin',
    grant_type: 'password',
    scope: '',
    username,
    password: PASSWORDS[username],
  });
  const { text } = await send(url, {
    method: 'POST',
    path: '/auth/token',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: body.toString(),
  });
  return Token.parse(JSON.parse(text)).access_token;
}
