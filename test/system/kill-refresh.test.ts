import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startSchwabSimulator, type SchwabSimulator } from '../../simulators/index.js';
import { RateLimit } from '../../src/brokers/schwab/rate-limit.js';
import { tokenEndpoint } from '../../src/brokers/schwab/token-endpoint.js';
import { Tokens } from '../../src/brokers/schwab/tokens.js';
import { LoginRequired } from '../../src/errors.js';
import { systemClock } from '../../src/runtime/system-clock.js';
import { encryptedFile } from '../../src/secrets/encrypted-file.js';
import { folderForEachTest } from '../support/folders.js';
import { MemoryLogger } from '../support/memory-broker.js';

const CHILD = fileURLToPath(new URL('../support/refresh-forever.js', import.meta.url));
/** Three ways to rotate: a hundred kills where nobody waits for them. */
const KILLS = process.env['CI'] === 'true' ? 34 : 3;
/** Refresh and save take a few milliseconds: a point within some of them is any point. */
const LONGEST_LIFE_MS = 25;

describe('a login while Node-RED is killed again and again', function () {
  this.timeout(120_000);
  const folder = folderForEachTest();
  let schwab: SchwabSimulator;

  afterEach(async () => await schwab.close());

  const endpoint = () => {
    const { appKey, appSecret, url: apiUrl } = schwab;
    return tokenEndpoint({
      app: { apiUrl, appKey, appSecret },
      limit: new RateLimit(systemClock, 1_000_000),
      clock: systemClock,
    });
  };
  const tokens = () => {
    const logger = new MemoryLogger();
    const path = join(folder(), 'login.json');
    const store = encryptedFile({
      path,
      secret: async () => schwab.appSecret,
      clock: systemClock,
      warn: (line) => logger.warn(line),
    });
    return { tokens: new Tokens({ store, endpoint: endpoint(), clock: systemClock, logger }), logger };
  };
  const logIn = async () => {
    const code = new URL(schwab.authorize()).searchParams.get('code') ?? '';
    await tokens().tokens.adopt(await endpoint().login(code, schwab.callbackUrl));
  };

  /** Renews in another process, kills it at some moment, and looks whether the login is still good. */
  async function killOnce(): Promise<'kept' | 'lost'> {
    const { appKey, appSecret, url } = schwab;
    const child = spawn(process.execPath, [CHILD, join(folder(), 'login.json'), url, appKey, appSecret], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    await once(child.stdout, 'data');
    await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_LIFE_MS));
    child.kill('SIGKILL');
    await exited;
    const own = tokens();
    try {
      await own.tokens.access();
    } catch (error) {
      if (!(error instanceof LoginRequired)) throw error;
      assert.deepEqual(own.logger.lines, [], 'the file could not be read');
      return 'lost';
    }
    return 'kept';
  }

  async function killAll(): Promise<number> {
    let lost = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      if ((await killOnce()) === 'kept') continue;
      lost += 1;
      await logIn();
    }
    const left = (await readdir(folder())).filter((name) => !name.endsWith('.tmp'));
    assert.deepEqual(left, ['login.json'], 'a lock or a damaged file was left behind');
    return lost;
  }

  it('is never lost where a refresh token stays the same', async () => {
    schwab = await startSchwabSimulator({ lifetimes: { accessMs: 1_000 } });
    await logIn();
    assert.equal(await killAll(), 0);
  });

  it('is never lost where the old refresh token is good until the new one was used', async () => {
    schwab = await startSchwabSimulator({ lifetimes: { accessMs: 1_000 }, rotation: 'grace' });
    await logIn();
    assert.equal(await killAll(), 0);
  });

  it('is lost at most with an answer that nobody could save, where the old refresh token dies at once', async () => {
    schwab = await startSchwabSimulator({ lifetimes: { accessMs: 1_000 }, rotation: 'strict' });
    await logIn();
    // A kill may fall between Schwab's answer and the disk; `killAll` has seen that such a login is said to be over.
    const before = schwab.tokenRequests.filter(({ grant }) => grant === 'authorization_code').length;
    const lost = await killAll();
    const logins = schwab.tokenRequests.filter(({ grant }) => grant === 'authorization_code').length - before;
    assert.equal(logins, lost, 'a login was lost without being renewed');
    await logIn();
    assert.notEqual(await tokens().tokens.access(), '');
  });
});
