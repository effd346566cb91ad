import { randomBytes } from 'node:crypto';
import { chmod, link, lstat, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { z } from 'zod';

const ErrorWithCode = z.object({ code: z.string() });
const NOT_THERE = 'ENOENT';
/** On Windows a scanner may hold the file for a moment. */
const HELD: ReadonlySet<string> = new Set(['EPERM', 'EBUSY', 'EACCES']);
const RENAME_TRIES = 5;
/** Disks without hard links: FAT, some shares. */
const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** The system's word for what went wrong (`ENOSPC`), '' when it is not the system that failed. */
export function systemCode(error: unknown): string {
  const parsed = ErrorWithCode.safeParse(error);
  return parsed.success ? parsed.data.code : '';
}

/** The file's text, null when there is none. A link is refused: whoever made it wants another file written. */
export async function readPrivateFile(path: string): Promise<string | null> {
  try {
    if (!(await lstat(path)).isFile()) throw new Error(`${path} is not a plain file.`);
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === NOT_THERE) return null;
    throw error;
  }
}

/** All or nothing, for nobody else to read, and on the disk when it resolves. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  await privateFolder(dirname(path));
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const file = await open(draft, 'wx', FILE_MODE);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await renameWhenFree(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Makes the file with its content, linked into place as a whole. @throws EEXIST when it is there already */
export async function createPrivateFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeFile(draft, text, { mode: FILE_MODE, flag: 'wx' });
    await link(draft, path);
  } catch (error) {
    if (!NO_LINKS.has(systemCode(error))) throw error;
    await writeFile(path, text, { mode: FILE_MODE, flag: 'wx' });
  } finally {
    await rm(draft, { force: true });
  }
}

/** Whether a file of this name, beside `path`, is a text for it that was not finished. */
export function isDraftOf(path: string, name: string): boolean {
  const own = `${basename(path)}.`;
  return name.startsWith(own) && /^[0-9a-f]{12}\.tmp$/.test(name.slice(own.length));
}

/** Makes the folder, or takes from others what they may do in it. */
export async function privateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: FOLDER_MODE });
  await chmod(path, FOLDER_MODE);
}

async function renameWhenFree(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await rename(from, to);
    } catch (error) {
      if (process.platform !== 'win32' || attempt === RENAME_TRIES || !HELD.has(systemCode(error)))
        throw error;
    }
  }
}

/** The new name survives a power cut only once the folder is on the disk; Windows cannot open folders. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
