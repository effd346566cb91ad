import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDaemon, type Daemon } from './daemon.js';
import { poll } from './poll.js';

/** A desktop session without a desktop, in folders of its own. */
export interface Session {
  /** To be laid over another environment: `undefined` takes a variable out of it. */
  readonly env: NodeJS.ProcessEnv;
  /** Kills what runs in it and removes its folders. */
  stop(): Promise<void>;
}

export interface SessionBus extends Session {
  readonly home: string;
  readonly runtimeDir: string;
  /** Path of the socket that every bus of this session listens at. */
  readonly socket: string;
  /** After SIGKILL the dead socket stays behind, as after a crash. */
  stopBus(how?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  startBus(): Promise<void>;
}

/** Nothing of the developer's own session, and nobody who could be asked for a password. */
const NO_DESKTOP = {
  DISPLAY: undefined,
  WAYLAND_DISPLAY: undefined,
  DBUS_SESSION_BUS_ADDRESS: undefined,
  DBUS_STARTER_ADDRESS: undefined,
  GNOME_KEYRING_CONTROL: undefined,
  // GLib, libsecret and the daemons translate their errors.
  LANGUAGE: undefined,
  LC_ALL: 'C.UTF-8',
};

/** What a container or a system service sees: no D-Bus at all. */
export async function noBus(): Promise<Session> {
  const { env, root } = await session();
  return { env, stop: () => remove(root) };
}

/** A D-Bus where nobody answers for `org.freedesktop.secrets` and nothing is started on demand. */
export async function busWithoutService(): Promise<SessionBus> {
  const { env: bare, root, home, runtimeDir } = await session();
  const socket = join(runtimeDir, 'bus');
  const env = { ...bare, DBUS_SESSION_BUS_ADDRESS: `unix:path=${socket}` };
  const config = join(root, 'bus.conf');
  await writeFile(config, configFor(socket));
  let daemon: Daemon | undefined;
  const bus: SessionBus = {
    env,
    home,
    runtimeDir,
    socket,
    async startBus() {
      await rm(socket, { force: true });
      daemon = startDaemon({
        command: 'dbus-daemon',
        args: [`--config-file=${config}`, '--nofork', '--nopidfile'],
        env: { ...process.env, ...env },
      });
      await poll(() => existsSync(socket) || null, { withinMs: 10_000, what: 'the socket of D-Bus' });
    },
    stopBus: async (how) => await daemon?.stop(how),
    async stop() {
      await daemon?.stop();
      await remove(root);
    },
  };
  await bus.startBus();
  return bus;
}

async function session() {
  const root = await mkdtemp(join(tmpdir(), 'brokerage-session-'));
  const home = join(root, 'home');
  const runtimeDir = join(root, 'run');
  for (const folder of [home, runtimeDir]) await mkdir(folder, { mode: 0o700 });
  const env = {
    ...NO_DESKTOP,
    HOME: home,
    XDG_RUNTIME_DIR: runtimeDir,
    XDG_DATA_HOME: join(home, '.local/share'),
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_CACHE_HOME: join(home, '.cache'),
  };
  return { root, home, runtimeDir, env };
}

const remove = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: 3 });

/** The usual session.conf without `<standard_session_servicedirs/>`: what was stopped stays stopped. */
function configFor(socket: string): string {
  return `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=${socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`;
}
