import type { IncomingHttpHeaders } from 'node:http';
import { isFromOwnPage } from './same-origin.js';
import { isTrustedHost, nameOfHost, type Machine } from './trusted-host.js';

export interface Asked {
  readonly headers: IncomingHttpHeaders;
  /** Who Node-RED's adminAuth, where there is one, found behind the request. */
  readonly user?: object | undefined;
}

/** Why a request may be a foreign page's, with a sentence for the user; null when it cannot be. */
export function foreignPage({ headers, user }: Asked, machine: Machine) {
  if (!isFromOwnPage(headers))
    return { code: 'foreign-origin', message: 'This address answers to its own Node-RED editor only.' };
  // The browser keeps the token of a login for the origin that logged in: a foreign page has none.
  if (isLoggedIn(user) || isTrustedHost(headers.host, machine)) return null;
  return {
    code: 'untrusted-host',
    message:
      `Nobody is logged in, and "${nameOfHost(headers.host) ?? ''}" may be the name of a foreign page: ` +
      'open the editor by its IP address, set a password for Node-RED (adminAuth), ' +
      'or list the name in the environment variable BROKERAGE_TRUSTED_HOSTS.',
  };
}

/** Whoever has no token is adminAuth's `default` user, who is marked so (@node-red/editor-api, lib/auth/users.js). */
function isLoggedIn(user: object | undefined): boolean {
  return user !== undefined && !('anonymous' in user && user.anonymous === true);
}
