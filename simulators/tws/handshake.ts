/** The first four bytes of a client, without a length before them. */
export const GREETING = Buffer.from('API\0', 'latin1');

export interface VersionRange {
  readonly from: number;
  readonly to: number;
}

/** `v100..193` or `v157`, with connect options after a blank. */
export const parseVersionRange = (payload: Buffer): VersionRange | null => {
  const match = /^v(\d{1,6})(?:\.\.(\d{1,6}))?(?:[ \0].*)?$/s.exec(payload.toString('latin1'));
  if (!match) return null;
  const from = Number(match[1]);
  return { from, to: match[2] === undefined ? from : Number(match[2]) };
};

// The oldest version a client may end at; below it the handshake with "API" did not exist (tws-api: MIN_VERSION 100).
const OLDEST_VERSION = 100;

/** null = the client is too old, and TWS hangs up. */
export const negotiate = (client: VersionRange, own: number): number | null =>
  client.to < OLDEST_VERSION ? null : Math.min(client.to, own);
