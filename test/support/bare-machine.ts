import { existsSync } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** What a Docker image of Node.js is left with when everything to compile with is gone. */
const PROGRAMS = 'node npm sh env cat chmod cp dirname basename ln ls mkdir mv rm sed uname'.split(' ');

export interface BareMachine {
  /** To be laid over another environment: neither compiler, make, Python nor pkg-config is found with it. */
  readonly env: NodeJS.ProcessEnv;
  remove(): Promise<void>;
}

/** A folder of links instead of the PATH. */
export async function bareMachine(): Promise<BareMachine> {
  const folder = await mkdtemp(join(tmpdir(), 'brokerage-bare-'));
  for (const program of PROGRAMS) {
    const target = whereIs(program);
    if (target !== undefined) await symlink(target, join(folder, program));
  }
  return {
    env: {
      PATH: folder,
      PYTHON: undefined,
      CC: undefined,
      CXX: undefined,
      npm_config_python: undefined,
      // keytar would look for a ready build on GitHub: the outcome must not depend on whether it answers.
      npm_config_build_from_source: 'true',
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function whereIs(program: string): string | undefined {
  if (program === 'node') return process.execPath;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}
