import type { Asked } from './ask.js';

/** Why the keychain, or an entry in it, cannot be used. */
export interface Trouble {
  readonly kind:
    'locked' | 'denied' | 'late' | 'absent' | 'not-installed' | 'orphaned' | 'gone' | 'damaged' | 'other';
  /** What is wrong and what to do, for whoever runs Node-RED. */
  readonly sentence: string;
}

const LOCKED =
  'The system keychain is locked. Unlock it on the machine that runs Node-RED, then press “Retry” in the connection.';
const DENIED =
  'The system keychain refuses Node-RED. Allow Node.js to use it on the machine that runs Node-RED, then press “Retry”.';
const LATE =
  'The system keychain does not answer; it may be waiting for a password on the screen of the machine that runs Node-RED.';
const NO_BUS =
  'Node-RED runs outside of a desktop session (there is no D-Bus), so it sees no system keychain. Keep the secrets in Node-RED, or start Node-RED within a session.';
const NO_SERVICE =
  'No keychain service runs in the session of Node-RED. Install and start one, such as gnome-keyring or KWallet, or keep the secrets in Node-RED.';
const NO_KEYRING =
  'The keychain service of this machine has no keyring yet. Create one (“login”) with its own program, or log in once at the desktop as the user that Node-RED runs as.';
const LONGEST_QUOTE = 160;

/**
 * Words in what the libraries say → what it means. The first are Linux's (libsecret, the secret-service crate), seen
 * with keytar 7.9 and @napi-rs/keyring 2.1; the others are the texts of macOS' OSStatus codes (SecBase.h).
 */
const SIGNS: readonly (readonly [RegExp, Trouble])[] = [
  [/locked collection|prompt was dismissed|is locked/i, { kind: 'locked', sentence: LOCKED }],
  [/interaction is not allowed/i, { kind: 'locked', sentence: LOCKED }],
  [/user canceled|user name or passphrase|not authori[sz]ed|denied/i, { kind: 'denied', sentence: DENIED }],
  [/timeout was reached|did not receive a reply/i, { kind: 'late', sentence: LATE }],
  [/does not exist at path|no result found/i, { kind: 'absent', sentence: NO_KEYRING }],
  [/not provided by any \.service|ServiceUnknown/i, { kind: 'absent', sentence: NO_SERVICE }],
  [
    /autolaunch|\$DISPLAY|DBus error|D-Bus|given address is empty|could not connect|connection is closed/i,
    { kind: 'absent', sentence: NO_BUS },
  ],
];

/** What an answer that brought nothing means; null where it brought what was asked for. */
export function troubleIn(asked: Asked): Trouble | null {
  switch (asked.kind) {
    case 'done':
      return null;
    case 'late':
      return { kind: 'late', sentence: LATE };
    case 'not-installed':
      return NO_LIBRARY;
    case 'failed':
      return SIGNS.find(([sign]) => sign.test(asked.said))?.[1] ?? other(asked.said);
  }
}

/** No library could be loaded: the package was installed without its optional parts. */
export const NO_LIBRARY: Trouble = {
  kind: 'not-installed',
  sentence:
    'No library for the system keychain is installed (keytar or @napi-rs/keyring). Install the package anew with its optional dependencies, or keep the secrets in Node-RED.',
};

/** What was kept is there no more, though the keychain is open. */
export function gone(service: string, account: string): Trouble {
  return {
    kind: 'gone',
    sentence: `The entry ${service}, ${account} has gone from the system keychain. Open the connection and enter the secrets again.`,
  };
}

/** The library that keeps an entry is there no more; the others cannot see what it wrote. */
export function withoutLibrary(library: string): Trouble {
  return {
    kind: 'orphaned',
    sentence: `The secrets were kept through ${library}, which cannot be loaded any more. Install it again, or open the connection and enter the secrets again.`,
  };
}

/** What comes back is nothing that was written by this package. */
export const DAMAGED: Trouble = {
  kind: 'damaged',
  sentence:
    'The entry of this connection in the system keychain is damaged. Open the connection and enter the secrets again.',
};

/** Seen with backends that cut long texts. */
export const FORGETFUL: Trouble = {
  kind: 'other',
  sentence: 'The system keychain does not give back what was written into it.',
};

function other(said: string): Trouble {
  const words = said.replaceAll(/\s+/g, ' ').trim();
  const quote = words.length > LONGEST_QUOTE ? `${words.slice(0, LONGEST_QUOTE)}…` : words;
  return { kind: 'other', sentence: `The system keychain failed: ${quote}` };
}
