import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Ledger } from '../../simulators/index.js';
import { RawClient } from './support/raw-client.js';

const CLI = fileURLToPath(new URL('../../simulators/cli.js', import.meta.url));

interface Addresses {
  readonly tws: { readonly host: string; readonly port: number };
  readonly schwab: { readonly url: string };
}

describe('brokerage-simulator', () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  const run = (...args: readonly string[]): ChildProcess => {
    const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    children.push(child);
    return child;
  };

  const firstLine = async (child: ChildProcess): Promise<Addresses> => {
    assert.ok(child.stdout);
    const [line]: string[] = await once(createInterface(child.stdout), 'line');
    return JSON.parse(line ?? '');
  };

  const outcome = async (child: ChildProcess): Promise<{ code: unknown; stdout: string; stderr: string }> => {
    const texts = { stdout: '', stderr: '' };
    child.stdout?.on('data', (chunk) => (texts.stdout += String(chunk)));
    child.stderr?.on('data', (chunk) => (texts.stderr += String(chunk)));
    const [code]: unknown[] = await once(child, 'close');
    return { code, ...texts };
  };

  it('says where it listens, serves both sides, and stops on SIGTERM', async () => {
    const child = run('--accounts', '2', '--positions', '3', '--tick-ms', '0', '--trade-ms', '0');
    const { tws, schwab } = await firstLine(child);
    assert.equal(tws.host, '127.0.0.1');
    const client = await RawClient.ready(tws.port);
    const rows = await client.download('62', '61', '1');
    const ledger: Ledger = JSON.parse(await (await fetch(`${schwab.url}/ledger`)).text());
    assert.deepEqual(
      rows.filter(([id]) => id === '61').map((row) => [row[2], Number(row[3]), Number(row[14])]),
      ledger.ibkr.accounts.flatMap(({ account, positions }) =>
        positions.map(({ conId, quantity }) => [account, conId, quantity]),
      ),
    );
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'close'), [0, null]);
    client.destroy();
  });

  it('plays by itself', async () => {
    const { tws } = await firstLine(run('--tick-ms', '5', '--trade-ms', '5'));
    const client = await RawClient.ready(tws.port);
    client.request('92', '1', 'DU1000001', '');
    await client.until(() => client.of('94').length > 3 && client.of('11').length > 0);
    client.destroy();
  });

  it('misbehaves from the start when told so', async () => {
    const { tws } = await firstLine(run('--fault', 'trailing-comma', '--fault', 'server-version=176'));
    const client = await RawClient.ready(tws.port);
    assert.deepEqual(
      [client.frames[0]?.[0], client.of('15')[0]?.[2]],
      ['176', 'DU1000001,DU1000002,DU1000003,'],
    );
    client.destroy();
  });

  it('sells nobody an account without a login', async () => {
    const { schwab } = await firstLine(run());
    const response = await fetch(`${schwab.url}/trader/v1/accounts`);
    assert.equal(response.status, 401);
  });

  it('lets the app of the options log in at Schwab, with the accounts that were asked for', async () => {
    const options =
      '--schwab-accounts 2 --schwab-app-key my-key --schwab-app-secret my-secret ' +
      '--schwab-callback https://one.example --schwab-callback https://two.example/back ' +
      '--schwab-lifetimes 30,60,90 --schwab-rotation strict';
    const { schwab } = await firstLine(run(...options.split(' ')));
    const signIn = new URL('/v1/oauth/authorize', schwab.url);
    signIn.search = new URLSearchParams({
      response_type: 'code',
      client_id: 'my-key',
      redirect_uri: 'https://two.example/back',
      account: '01234567',
      done: 'yes',
    }).toString();
    const back = await fetch(signIn, { redirect: 'manual' });
    const code = new URL(back.headers.get('location') ?? '').searchParams.get('code') ?? '';
    const answer = await fetch(`${schwab.url}/v1/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from('my-key:my-secret').toString('base64')}` },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        redirect_uri: 'https://two.example/back',
      }),
    });
    const tokens: { expires_in: number } = JSON.parse(await answer.text());
    assert.deepEqual([answer.status, tokens.expires_in], [200, 60]);
    const ledger: Ledger = JSON.parse(await (await fetch(`${schwab.url}/ledger`)).text());
    assert.equal(ledger.schwab.accounts.length, 2);
  });

  it('makes each broker misbehave by its own faults', async () => {
    const { tws, schwab } = await firstLine(run('--fault', 'trailing-comma', '--fault', 'schwab-status=503'));
    assert.ok(tws.port > 0);
    assert.equal((await fetch(`${schwab.url}/trader/v1/accounts`)).status, 503);
  });

  for (const args of [
    ['--melt'],
    ['--seed', 'x'],
    ['--positions', '-1'],
    ['--fault', 'melt'],
    ['--tws-port', '70000'],
    ['--fault', 'schwab-melt'],
    ['--schwab-rotation', 'sometimes'],
    ['--schwab-lifetimes', '30,60'],
    ['--schwab-callback', 'here'],
  ]) {
    it(`refuses ${args.join(' ')} with a sentence and exit code 2`, async () => {
      const { code, stdout, stderr } = await outcome(run(...args));
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, /^\S.*\(--help shows the options\)\n$/s);
    });
  }

  it('explains itself', async () => {
    const { code, stdout } = await outcome(run('--help'));
    assert.equal(code, 0);
    assert.match(stdout, /--fault NAME\[=ARG\]/);
  });
});
