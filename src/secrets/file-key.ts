import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ConfigError } from '../errors.js';
import {
  createPrivateFile,
  privateFolder,
  readPrivateFile,
  systemCode,
  writePrivateFile,
} from './atomic-file.js';

/** The key itself, for hosts that keep it outside of the user directory. */
export const KEY_VARIABLE = 'BROKERAGE_SECRETS_KEY';
/** A file that holds the key, such as a Docker secret. */
export const KEY_FILE_VARIABLE = 'BROKERAGE_SECRETS_KEY_FILE';

export interface FileKey {
  /** Our own key, made when it is first needed and neither variable is set. */
  readonly path: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const KEY_BYTES = 32;
/** What somebody thinks up; 16 random characters in base64 are 96 bits. */
const SHORTEST_KEY = 16;

/**
 * The key of the encrypted files: the administrator's, or our own beside them, readable by the owner only.
 * @throws ConfigError when the administrator's cannot be used; our own never takes its place
 */
export async function fileKey({ env, path }: FileKey): Promise<string> {
  const given = env[KEY_VARIABLE]?.trim() ?? '';
  if (given !== '') return longEnough(given, KEY_VARIABLE);
  const file = env[KEY_FILE_VARIABLE]?.trim() ?? '';
  return file === ''
    ? await ownKey(path)
    : longEnough(await textIn(file), `The file in ${KEY_FILE_VARIABLE}`);
}

async function textIn(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw unusable(
      `${KEY_FILE_VARIABLE} is ${file}, which cannot be read (${systemCode(error) || 'unknown'}).`,
    );
  }
}

function longEnough(key: string, what: string): string {
  if (key.length >= SHORTEST_KEY) return key;
  throw unusable(
    `${what} holds ${key.length} characters: a key has at least ${SHORTEST_KEY}, as openssl rand -base64 32 makes them.`,
  );
}

async function ownKey(path: string): Promise<string> {
  const kept = await readPrivateFile(path);
  if (kept !== null && kept.trim() !== '') return kept.trim();
  const key = randomBytes(KEY_BYTES).toString('base64');
  await privateFolder(dirname(path));
  if (kept !== null) {
    await writePrivateFile(path, `${key}\n`);
    return key;
  }
  try {
    await createPrivateFile(path, `${key}\n`);
    return key;
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
    // Another process was quicker: its key is the one.
    return await ownKey(path);
  }
}

function unusable(message: string): ConfigError {
  return new ConfigError(message, { broker: 'files', code: 'secrets-key', retrySlowly: true });
}
