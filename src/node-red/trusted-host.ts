import { isIPv4, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';

/** The names of the machine that Node-RED runs on. */
export interface Machine {
  readonly hostname: string;
  /** What its owner listed in `BROKERAGE_TRUSTED_HOSTS`, separated by commas. */
  readonly trustedHosts: string;
}

/**
 * Zones that nobody can rent a name in: .localhost (RFC 6761), .local (RFC 6762), .home.arpa (RFC 8375), .internal
 * (ICANN, board resolution of 29 July 2024), .home (never to be delegated, ICANN, 4 February 2018), .lan and
 * .localdomain (not in the root zone; RFC 6762, appendix G). Not fritz.box: in January 2024 a stranger rented it.
 */
const PRIVATE_ZONES = ['localhost', 'local', 'home.arpa', 'internal', 'home', 'lan', 'localdomain'] as const;
const HOST = /^(?:\[(?<address>[0-9a-f:.]+)\]|(?<name>[a-z0-9_.-]+?)\.?)(?::\d*)?$/;

/**
 * Whether no foreign page can have this `Host`. A page of a name whose owner makes it point here ("DNS rebinding") is
 * of our own origin to its browser, and only `Host` tells: the browser writes it and no page can change it. A page
 * of an IP address came from that address; a name without a dot and one in a private zone is given out in this network
 * only. `X-Forwarded-Host` is not looked at: any page may send it.
 */
export function isTrustedHost(host: string | undefined, { hostname, trustedHosts }: Machine): boolean {
  const { address, name } = partsOf(host);
  if (address !== undefined) return isIPv6(address);
  if (name === undefined) return false;
  if (isIPv4(name) || !name.includes('.') || PRIVATE_ZONES.some((zone) => name.endsWith(`.${zone}`)))
    return true;
  return [hostname, ...trustedHosts.split(',')].some((listed) => listedName(listed) === name);
}

/** A `Host` without its port, for a sentence. */
export function nameOfHost(host: string | undefined): string | null {
  const { address, name } = partsOf(host);
  return name ?? address ?? null;
}

function partsOf(host = ''): { readonly address?: string; readonly name?: string } {
  return HOST.exec(host.toLowerCase())?.groups ?? {};
}

/** People list names with a port, in upper case, in their own script; a browser sends one form. */
function listedName(listed: string): string | null {
  const [name = ''] = listed.trim().split(':');
  return partsOf(domainToASCII(name)).name ?? null;
}
