const BROKER_HOST = /^[a-z0-9.-]+\.schwab\.com$/;
const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Why the access token must not be sent to this address; null = it may. The address comes with an answer of
 * Schwab's, yet whoever can change that answer would be handed the token. Loopback is for simulators.
 */
export function refusalOf(url: string): string | null {
  if (!URL.canParse(url)) return 'What Schwab named as the address of its streamer is none. Polling goes on.';
  const { hash, hostname, password, protocol, username } = new URL(url);
  const isPlain = hash === '' && username === '' && password === '';
  const isBroker = protocol === 'wss:' && BROKER_HOST.test(hostname);
  const isLoopback = (protocol === 'wss:' || protocol === 'ws:') && LOOPBACK_HOST.test(hostname);
  if (isPlain && (isBroker || isLoopback)) return null;
  return `The access token is not sent to ${protocol}//${hostname.slice(0, 80)}: it is not wss to a host of schwab.com. Polling goes on.`;
}
