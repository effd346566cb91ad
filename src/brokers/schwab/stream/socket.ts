import { WebSocket } from 'ws';

/** The largest recorded frame has 9 kB; what is far above is no account activity. */
const LARGEST_MESSAGE_BYTES = 1024 * 1024;

/** Dials an address that `refusalOf` let pass. The time limit is the caller's, for it belongs on the Clock. */
export function dial(url: string): WebSocket {
  return new WebSocket(url, {
    maxPayload: LARGEST_MESSAGE_BYTES,
    // A redirect would carry the token to an address that nobody has judged.
    followRedirects: false,
    perMessageDeflate: false,
    rejectUnauthorized: true,
  });
}

/** What a socket's error says in short: `ECONNREFUSED`, or the sentence of ws; neither has a payload in it. */
export function shortly(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
