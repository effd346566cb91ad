import { once } from 'node:events';
import { createConnection } from 'node:net';

const UNLOCK = 1;
const DONE = 0;

/**
 * Unlocks the login keyring of a running gnome-keyring-daemon, as PAM does: a second
 * `gnome-keyring-daemon --unlock` would start a second daemon, and D-Bus would ask with a window.
 *
 * Words of 32 bits, big endian: length, operation, then length and bytes of each argument; one byte before
 * them carries the credentials (gnome-keyring: pam/gkr-pam-client.c, daemon/control/gkd-control-codes.h).
 */
export async function unlockKeyring(controlSocket: string, password: string): Promise<void> {
  const argument = Buffer.from(password);
  const request = Buffer.alloc(1 + 12 + argument.length);
  request.writeUInt32BE(request.length - 1, 1);
  request.writeUInt32BE(UNLOCK, 5);
  request.writeUInt32BE(argument.length, 9);
  argument.copy(request, 13);
  const connection = createConnection(controlSocket);
  connection.write(request);
  const answer = Buffer.concat(await once(connection, 'data'));
  connection.destroy();
  if (answer.length !== 8 || answer.readUInt32BE(4) !== DONE)
    throw new Error(`gnome-keyring-daemon did not unlock: ${answer.toString('hex')}`);
}
