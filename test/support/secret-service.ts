import { execFile, spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startDaemon, type Daemon } from './daemon.js';
import { unlockKeyring } from './keyring-control.js';
import { poll } from './poll.js';
import { busWithoutService, type SessionBus } from './session-bus.js';

const run = promisify(execFile);
const PASSWORD = 'test';
const COLLECTION = '/org/freedesktop/secrets/collection/login';
const PROGRAMS = ['dbus-daemon', 'dbus-send', 'gnome-keyring-daemon', 'secret-tool'];

export type Attributes = Readonly<Record<string, string>>;

export interface SecretService extends SessionBus {
  /** Locks the keyring while the bus and the daemon go on. */
  lock(): Promise<void>;
  unlock(): Promise<void>;
  /** The secret with these attributes, seen with a tool that is not ours. */
  lookup(attributes: Attributes): Promise<string | null>;
  /** Deletes an item as another program would. */
  clear(attributes: Attributes): Promise<void>;
  /** Ends the daemon; the bus goes on, and what was stored stays on the disk. */
  stopService(how?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  startService(state: { readonly locked: boolean }): Promise<void>;
  /** Leaves every question without an answer, as a window that asks for a password does. */
  hang(): void;
  /** Stops the daemon, takes its keyring away and starts it, as for a user who never logged in at a desktop. */
  startServiceWithoutKeyring(): Promise<void>;
}

/** Why a Secret Service cannot be started here; null when it can. CI must have one. */
export function noSecretService(): string | null {
  const missing = PROGRAMS.filter((program) => spawnSync(program, ['--version']).error !== undefined);
  if (missing.length === 0) return null;
  const why = `no Secret Service without ${missing.join(', ')} (Debian: dbus gnome-keyring libsecret-tools)`;
  if (process.env['CI'] === 'true') throw new Error(why);
  return why;
}

/** gnome-keyring-daemon with an unlocked, empty keyring, on a D-Bus of its own. */
export async function startSecretService(): Promise<SecretService> {
  const bus = await busWithoutService();
  const env = { ...process.env, ...bus.env };
  let daemon: Daemon | undefined;
  const ask = async (program: string, args: readonly string[]): Promise<string> =>
    (await run(program, args, { env, timeout: 10_000 })).stdout;
  const until = (look: () => Promise<boolean>, what: string): Promise<boolean> =>
    poll(async () => (await look().catch(() => false)) || null, { withinMs: 10_000, what });
  const state = async (): Promise<string> => await ask('dbus-send', LOCKED);
  const isLocked = async (): Promise<boolean> => (await state()).includes('boolean true');
  const isUnlocked = async (): Promise<boolean> => (await state()).includes('boolean false');

  const launch = ({ locked }: { readonly locked: boolean }): void => {
    daemon = startDaemon({
      command: 'gnome-keyring-daemon',
      args: [locked ? '--start' : '--unlock', '--foreground', '--components=secrets'],
      env,
      ...(locked ? {} : { input: PASSWORD }),
    });
  };
  const service: SecretService = {
    ...bus,
    async lock() {
      await ask('dbus-send', LOCK);
      await until(isLocked, 'a locked keyring');
    },
    async unlock() {
      await unlockKeyring(join(bus.runtimeDir, 'keyring/control'), PASSWORD);
      await until(isUnlocked, 'an unlocked keyring');
    },
    lookup: (attributes) =>
      ask('secret-tool', ['lookup', ...Object.entries(attributes).flat()]).catch(noneIfQuiet),
    async clear(attributes) {
      await ask('secret-tool', ['clear', ...Object.entries(attributes).flat()]);
    },
    stopService: async (how) => await daemon?.stop(how),
    async startService({ locked }) {
      launch({ locked });
      await until(locked ? isLocked : isUnlocked, `a keyring that is ${locked ? '' : 'un'}locked`);
    },
    hang: () => daemon?.hang(),
    async startServiceWithoutKeyring() {
      await daemon?.stop();
      await rm(join(bus.home, '.local/share/keyrings'), { recursive: true, force: true });
      launch({ locked: true });
      await until(async () => (await ask('dbus-send', OWNED)).includes('boolean true'), 'a Secret Service');
    },
    async stop() {
      await daemon?.stop();
      await bus.stop();
    },
  };
  try {
    await service.startService({ locked: false });
  } catch (error) {
    await service.stop();
    throw error;
  }
  return service;
}

const question = (destination: string, ...what: readonly string[]): readonly string[] => [
  '--session',
  '--print-reply',
  `--dest=${destination}`,
  ...what,
];
const SECRETS = 'org.freedesktop.secrets';
// `secret-tool lock` exits with 1 and says nothing.
const LOCK = question(
  SECRETS,
  '/org/freedesktop/secrets',
  'org.freedesktop.Secret.Service.Lock',
  `array:objpath:${COLLECTION}`,
);
const LOCKED = question(
  SECRETS,
  COLLECTION,
  'org.freedesktop.DBus.Properties.Get',
  'string:org.freedesktop.Secret.Collection',
  'string:Locked',
);
const OWNED = question('org.freedesktop.DBus', '/', 'org.freedesktop.DBus.NameHasOwner', `string:${SECRETS}`);

/** secret-tool exits with 1 and says nothing when there is no such item. */
function noneIfQuiet(error: unknown): null {
  if (error instanceof Error && 'stderr' in error && error.stderr === '') return null;
  throw error;
}
