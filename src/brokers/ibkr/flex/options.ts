import { ConfigError } from '../../../errors.js';
import type { AccountWish } from '../config.js';

/** What a connection to the Flex Web Service needs to know. */
export interface FlexOptions extends AccountWish {
  /** Where the service is; empty = at IBKR. */
  readonly flexUrl: string;
  readonly flexToken: string;
  readonly flexQueryId: string;
}

/** A service and a query that can be asked. */
export interface FlexQuery {
  readonly url: URL;
  readonly token: string;
  readonly queryId: string;
}

const AT_IBKR = 'https://ndcdyn.interactivebrokers.com/AccountManagement/FlexWebService';
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** @throws ConfigError when an entry cannot be right; it repeats neither the token nor an address, which may hold one */
export function flexQuery({ flexQueryId, flexToken, flexUrl }: FlexOptions): FlexQuery {
  const url = serviceUrl(flexUrl);
  if (url === null)
    throw refuse('The address of the Flex Web Service is not one. Leave it empty to use that of IBKR.');
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw refuse(
      'The address of the Flex Web Service holds more than an address. Enter it without token and query, or leave it empty.',
    );
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.test(url.hostname)))
    throw refuse(
      `The Flex Web Service at ${url.host} would get the token unencrypted. Enter an address that begins with https.`,
    );
  const token = flexToken.trim();
  if (token === '')
    throw refuse(
      'The token of the Flex Web Service is missing. Make one in Client Portal → Performance & Reports → Flex Queries → Flex Web Service Configuration, and enter it.',
    );
  const queryId = flexQueryId.trim();
  if (!/^\d{1,20}$/.test(queryId))
    throw refuse(
      'The id of the Flex query is missing or is not a number. Client Portal → Performance & Reports → Flex Queries shows it when the query is opened.',
    );
  return { url: withoutQuestion(url), token, queryId };
}

/** The host that is asked, for messages. */
export function flexHost({ flexUrl }: Pick<FlexOptions, 'flexUrl'>): string {
  return serviceUrl(flexUrl)?.host ?? 'the Flex Web Service';
}

/** IBKR's documentation shows the addresses of its two questions; what stands before these is the service. */
function withoutQuestion(url: URL): URL {
  const service = new URL(url);
  service.pathname = url.pathname.replace(/\/+$/, '').replace(/\/(SendRequest|GetStatement)$/, '');
  return service;
}

function serviceUrl(text: string): URL | null {
  const address = text.trim() === '' ? AT_IBKR : text.trim();
  return URL.canParse(address) ? new URL(address) : null;
}

function refuse(message: string): ConfigError {
  return new ConfigError(message, { broker: 'ibkr', code: 'flex-options', retrySlowly: false });
}
