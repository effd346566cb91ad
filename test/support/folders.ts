import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of its own for each test of the surrounding `describe`, gone after it. */
export function folderForEachTest(): () => string {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'brokerage-test-'));
  });
  afterEach(async () => {
    // What was just closed may write its last file while the folder goes.
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  return () => folder;
}
