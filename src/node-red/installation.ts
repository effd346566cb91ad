import { createHash, createHmac, randomBytes } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrokerName } from '../domain/account.js';
import type { AccountKey } from '../ports.js';
import { knownSecrets } from './known-secrets.js';
import { ownFolder } from './own-folder.js';

const SALT_BYTES = 32;
const FILE = 'installation-salt';

/** A sentence for the administrator when the salt could not be kept. */
type Warn = (message: string) => void;

/** Makes account keys: 12 hex digits, the same at every start of this installation, different at every other. */
export function accountKeys(userDir: string | undefined, warn: Warn): AccountKey {
  const salt = readSalt(userDir, warn);
  return (broker: BrokerName, accountNumber: string) => {
    // Whoever knows the number gets here with it first: from now on it is masked wherever it is said.
    knownSecrets.accountNumber(accountNumber);
    return createHmac('sha256', salt).update(`${broker}:${accountNumber}`).digest('hex').slice(0, 12);
  };
}

export interface Instance {
  readonly userDir: string | undefined;
  /** Of the node, the same at every start. */
  readonly id: string;
  readonly warn: Warn;
}

/** Tells a node of this installation apart from all others, there and elsewhere: the same at every start. */
export function instanceName({ id, userDir, warn }: Instance): string {
  const hash = createHmac('sha256', readSalt(userDir, warn)).update(`mqtt-feed:${id}`).digest('hex');
  return `nr-${hash.slice(0, 8)}`;
}

/** 16 hex digits of SHA-256, for event ids. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function readSalt(userDir: string | undefined, warn: Warn): Buffer {
  if (userDir === undefined) return randomBytes(SALT_BYTES);
  const folder = ownFolder(userDir);
  const file = join(folder, FILE);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // One that was there before keeps the mode that somebody else gave it.
    chmodSync(folder, 0o700);
    return existing(file) ?? create(file);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    warn(
      `Brokerage: ${file} cannot be kept (${why}); account keys and event ids will differ after the next start.`,
    );
    return randomBytes(SALT_BYTES);
  }
}

function existing(file: string): Buffer | null {
  const stat = lstatSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return null;
  if (!stat.isFile()) throw new Error('it is not a plain file');
  const salt = readFileSync(file);
  if (salt.length !== SALT_BYTES) return null;
  chmodSync(file, 0o600);
  return salt;
}

/** All or nothing: half a salt, left by a crash, would change every account key at the next start. */
function create(file: string): Buffer {
  const salt = randomBytes(SALT_BYTES);
  const draft = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    writeFileSync(draft, salt, { mode: 0o600, flag: 'wx', flush: true });
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  return salt;
}
