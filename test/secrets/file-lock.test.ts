import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { withFileLock } from '../../src/secrets/file-lock.js';
import { fastClock } from '../support/clocks.js';
import { folderForEachTest } from '../support/folders.js';

const LOCK_MODULE = new URL('../../src/secrets/file-lock.js', import.meta.url).href;
const CLOCK_MODULE = new URL('../../src/runtime/system-clock.js', import.meta.url).href;
/** A number that no process has: the kernel's limit is 2^22. */
const NO_PID = 2 ** 22 + 1;

/** Adds one to the number in a file, so often, as another process. */
function counter(lock: string, file: string, times: number): string {
  return `
    import { readFileSync, writeFileSync } from 'node:fs';
    import { setImmediate } from 'node:timers/promises';
    import { withFileLock } from ${JSON.stringify(LOCK_MODULE)};
    import { systemClock } from ${JSON.stringify(CLOCK_MODULE)};
    const clock = { ...systemClock, after: (ms, callback) => {
      const timer = setTimeout(callback, ms / 50);
      return { cancel: () => clearTimeout(timer) };
    } };
    for (let i = 0; i < ${times}; i += 1)
      await withFileLock(${JSON.stringify(lock)}, clock, async () => {
        const value = Number(readFileSync(${JSON.stringify(file)}, 'utf8'));
        await setImmediate();
        writeFileSync(${JSON.stringify(file)}, String(value + 1));
      });
  `;
}

describe('a lock between processes', () => {
  const folder = folderForEachTest();
  const lock = () => join(folder(), 'it.lock');
  const clock = fastClock(100);
  const left = async (holder: object) => await writeFile(lock(), JSON.stringify(holder));
  const works = async () => assert.equal(await withFileLock(lock(), clock, async () => 'done'), 'done');

  it('lets one in at a time, across processes', async function () {
    this.timeout(30_000);
    const file = join(folder(), 'count');
    await writeFile(file, '0');
    const children = [1, 2, 3].map(() =>
      spawn(process.execPath, ['--input-type=module', '-e', counter(lock(), file, 20)], { stdio: 'inherit' }),
    );
    const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0]));
    assert.deepEqual(codes, [0, 0, 0]);
    assert.equal(await readFile(file, 'utf8'), '60');
    assert.deepEqual(await readdir(folder()), ['count']);
  });

  it('is given back when the work fails', async () => {
    await assert.rejects(
      withFileLock(lock(), clock, async () => {
        throw new Error('the work failed');
      }),
      /the work failed/,
    );
    await works();
  });

  it('is broken when its holder was killed', async () => {
    await left({ pid: NO_PID, host: hostname(), at: clock.now(), token: 'a' });
    await works();
    assert.deepEqual(await readdir(folder()), []);
  });

  it('is broken when our own process number held it before a restart', async () => {
    await left({ pid: process.pid, host: hostname(), at: clock.now(), token: 'a' });
    await works();
  });

  it('is broken a minute later when its holder is on another machine', async () => {
    await left({ pid: 1, host: 'elsewhere', at: clock.now() - 61_000, token: 'a' });
    await works();
  });

  it('is broken when it says nothing of its holder', async () => {
    await writeFile(lock(), '');
    await works();
  });

  it('is waited for while its holder lives', async () => {
    await left({ pid: process.ppid, host: hostname(), at: clock.now(), token: 'a' });
    let entered = false;
    const waiting = withFileLock(lock(), clock, async () => void (entered = true));
    for (let turn = 0; turn < 20; turn += 1)
      await new Promise((resolve) => clock.after(100, () => resolve(null)));
    assert.equal(entered, false);
    await left({ pid: NO_PID, host: hostname(), at: clock.now(), token: 'a' });
    await waiting;
    assert.equal(entered, true);
  });

  it('does not stop the work where no file can be made', async () => {
    await writeFile(join(folder(), 'file'), '');
    const path = join(folder(), 'file', 'it.lock');
    assert.equal(await withFileLock(path, clock, async () => 'done'), 'done');
  });
});
