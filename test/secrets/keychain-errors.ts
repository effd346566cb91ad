import type { Library, Question } from '../support/keychain-process.js';

/** What was wrong when the library was called. "In use": the process had used it before. */
export type Situation =
  | 'no D-Bus'
  | 'an empty D-Bus address'
  | 'no socket at the D-Bus address'
  | 'a dead socket at the D-Bus address'
  | 'D-Bus ended in use'
  | 'D-Bus came back in use'
  | 'no Secret Service'
  | 'the Secret Service ended in use'
  | 'the Secret Service came back in use'
  | 'no keyring'
  | 'locked'
  | 'the Secret Service hangs';

export interface KeychainError {
  readonly library: Library;
  readonly situation: Situation;
  readonly call: Question['call'];
  /** `<socket>` stands for the path of the D-Bus socket, `<name>` for a unique name such as `:1.1`. */
  readonly text: string;
}

const NO_PROVIDER = 'The name org.freedesktop.secrets was not provided by any .service files';
const GONE = 'The name <name> was not provided by any .service files';
const DBUS = 'Platform failure: DBus error:';
const NO_ADDRESS = `${DBUS} Using X11 for dbus-daemon autolaunch was disabled at compile time, set your DBUS_SESSION_BUS_ADDRESS instead`;
const DISMISSED = "Couldn't access platform storage: Secret Service: unlock prompt was dismissed";
const napi = '@napi-rs/keyring';

/** Own recording: keytar 7.9.0 (libsecret 0.20.5), @napi-rs/keyring 2.1.2, gnome-keyring 42.1, D-Bus 1.14. */
export const KEYCHAIN_ERRORS: readonly KeychainError[] = [
  {
    library: 'keytar',
    situation: 'no D-Bus',
    call: 'get',
    text: 'Cannot autolaunch D-Bus without X11 $DISPLAY',
  },
  { library: napi, situation: 'no D-Bus', call: 'get', text: NO_ADDRESS },
  { library: 'keytar', situation: 'an empty D-Bus address', call: 'get', text: 'The given address is empty' },
  { library: napi, situation: 'an empty D-Bus address', call: 'get', text: NO_ADDRESS },
  {
    library: 'keytar',
    situation: 'no socket at the D-Bus address',
    call: 'get',
    text: 'Could not connect: No such file or directory',
  },
  {
    library: napi,
    situation: 'no socket at the D-Bus address',
    call: 'get',
    text: `${DBUS} Failed to connect to socket <socket>: No such file or directory`,
  },
  {
    library: 'keytar',
    situation: 'a dead socket at the D-Bus address',
    call: 'get',
    text: 'Could not connect: Connection refused',
  },
  {
    library: napi,
    situation: 'a dead socket at the D-Bus address',
    call: 'get',
    text: `${DBUS} Failed to connect to socket <socket>: Connection refused`,
  },
  { library: 'keytar', situation: 'D-Bus ended in use', call: 'get', text: 'The connection is closed' },
  { library: 'keytar', situation: 'D-Bus ended in use', call: 'set', text: 'The connection is closed' },
  {
    library: napi,
    situation: 'D-Bus ended in use',
    call: 'get',
    text: `${DBUS} Failed to connect to socket <socket>: No such file or directory`,
  },
  // keytar keeps its first connection: only a new process sees the new bus.
  { library: 'keytar', situation: 'D-Bus came back in use', call: 'get', text: 'The connection is closed' },
  { library: 'keytar', situation: 'no Secret Service', call: 'get', text: NO_PROVIDER },
  { library: 'keytar', situation: 'no Secret Service', call: 'set', text: NO_PROVIDER },
  { library: napi, situation: 'no Secret Service', call: 'get', text: `${DBUS} ${NO_PROVIDER}` },
  { library: napi, situation: 'no Secret Service', call: 'set', text: `${DBUS} ${NO_PROVIDER}` },
  { library: 'keytar', situation: 'the Secret Service ended in use', call: 'get', text: GONE },
  { library: 'keytar', situation: 'the Secret Service ended in use', call: 'set', text: NO_PROVIDER },
  { library: 'keytar', situation: 'the Secret Service ended in use', call: 'delete', text: GONE },
  {
    library: napi,
    situation: 'the Secret Service ended in use',
    call: 'get',
    text: `${DBUS} ${NO_PROVIDER}`,
  },
  // keytar keeps the name of the first daemon: only a new process sees the new one.
  { library: 'keytar', situation: 'the Secret Service came back in use', call: 'get', text: GONE },
  {
    library: 'keytar',
    situation: 'the Secret Service came back in use',
    call: 'set',
    text: 'The session wrapping the secret does not exist',
  },
  {
    library: 'keytar',
    situation: 'no keyring',
    call: 'set',
    text: 'Object does not exist at path “/org/freedesktop/secrets/collection/login”',
  },
  {
    library: napi,
    situation: 'no keyring',
    call: 'set',
    text: "Couldn't access platform storage: Secret Service: no result found",
  },
  // keytar has no error for reading and deleting here: it answers null and false, as if nothing were there.
  {
    library: 'keytar',
    situation: 'locked',
    call: 'set',
    text: 'Cannot create an item in a locked collection',
  },
  { library: napi, situation: 'locked', call: 'get', text: DISMISSED },
  { library: napi, situation: 'locked', call: 'set', text: DISMISSED },
  { library: napi, situation: 'locked', call: 'delete', text: DISMISSED },
  // After 25 s, 50 s in a process that had not called it before; a write can still happen later.
  { library: 'keytar', situation: 'the Secret Service hangs', call: 'get', text: 'Timeout was reached' },
  { library: 'keytar', situation: 'the Secret Service hangs', call: 'set', text: 'Timeout was reached' },
  {
    library: napi,
    situation: 'the Secret Service hangs',
    call: 'get',
    text: `${DBUS} Did not receive a reply. Possible causes include: the remote application did not send a reply, the message bus security policy blocked the reply, the reply timeout expired, or the network connection was broken.`,
  },
];
