import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { bareMachine, type BareMachine } from '../support/bare-machine.js';
import { complaints, loadsItsNodes } from '../support/loaded-nodes.js';
import { startNodeRed } from '../support/node-red-process.js';
import { packPackage, type PackedPackage } from '../support/packed-package.js';

const run = promisify(execFile);

describe('the package on a machine without a compiler and without libsecret', function () {
  this.timeout(120_000);
  let machine: BareMachine;
  let pack: PackedPackage;

  before(async () => {
    machine = await bareMachine();
    pack = await packPackage(machine.env);
  });
  after(async () => {
    await pack.remove();
    await machine.remove();
  });

  /** What happens to `import(library)` in the folder of the user. */
  async function imported(library: string): Promise<string> {
    const program = `import('${library}').then(() => 'loads', (error) => error.code).then(console.log)`;
    const { stdout } = await run(process.execPath, ['--eval', program], {
      cwd: pack.folder,
      env: { ...process.env, ...machine.env },
    });
    return stdout.trim();
  }

  it('is tested where nothing can be compiled', async () => {
    for (const program of ['gcc', 'cc', 'g++', 'make', 'python3', 'pkg-config'])
      await assert.rejects(run(program, ['--version'], { env: { ...process.env, ...machine.env } }), {
        code: 'ENOENT',
      });
  });

  it('is installed without keytar, which npm leaves out', async () => {
    assert.equal(await imported('keytar'), 'ERR_MODULE_NOT_FOUND');
  });

  it('has a keychain library that needs neither', async () => {
    assert.equal(await imported('@napi-rs/keyring'), 'loads');
  });

  it('loads its nodes in Node-RED', async () => {
    const nodeRed = await startNodeRed({
      env: machine.env,
      install: (userDir) => pack.install(userDir),
    });
    try {
      await loadsItsNodes(nodeRed);
      assert.deepEqual(complaints(nodeRed), []);
    } finally {
      await nodeRed.stop();
    }
  });
});
