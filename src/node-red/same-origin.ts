import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether a browser sent the request from the editor's own page, or no browser did. `Sec-Fetch-Site` decides where
 * it is sent (https and loopback), because pages cannot forge it and a proxy may rewrite `Host`; without it the
 * `Origin` must be our `Host`.
 */
export function isFromOwnPage(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  if (site === 'same-origin') return true;
  if (site !== undefined && site !== 'none') return false;
  const { origin, host } = headers;
  return origin === undefined || hostOf(origin) === host?.toLowerCase();
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
