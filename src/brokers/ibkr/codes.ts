/** What a code from the gateway asks for. */
export type Reaction =
  | 'info'
  | 'market-data'
  | 'upstream-lost'
  | 'upstream-restored'
  | 'account-taken'
  | 'port-changed'
  | 'client-id-in-use'
  | 'paper-disclaimer'
  | 'rate'
  | 'request-unreadable'
  | 'not-validated'
  | 'version'
  | 'request';

/**
 * Codes that arrive with id −1. Sources: M = interactivebrokers.github.io/tws-api/message_codes,
 * E = ibapi errors.py, S = public logs. Texts are localised, so codes decide.
 */
const REACTIONS: ReadonlyMap<number, Reaction> = new Map([
  [100, 'rate'], // M: more than 50 messages a second
  [320, 'request-unreadable'], // S: our bug; a reset follows
  [321, 'not-validated'], // S: with id −1 the Read-Only API
  [326, 'client-id-in-use'], // M
  [503, 'version'], // E: TWS too old
  [506, 'version'], // E: version not supported
  [1100, 'upstream-lost'], // M: connectivity between IB and TWS lost; the socket itself is well
  [1101, 'upstream-restored'], // M: data lost
  [1102, 'upstream-restored'], // M: "data maintained", which proved wrong (LEAN #884)
  [1300, 'port-changed'], // M
  [2100, 'info'], // M: unsubscribed from account data; also the answer to our own unsubscribing
  [2101, 'account-taken'], // M: another client is subscribed to another account
  [2103, 'market-data'], // M: market data farm broken
  [2104, 'info'],
  [2105, 'market-data'], // M: historical data farm broken
  [2106, 'info'],
  [2107, 'info'],
  [2108, 'info'],
  [2110, 'upstream-lost'], // M: TWS to server broken, will be restored
  [2119, 'info'],
  [2157, 'info'],
  [2158, 'info'],
  [10141, 'paper-disclaimer'], // S: the paper trading disclaimer is to be accepted
]);

/** `request` = look at the id: that request failed, and nothing else. */
export function reactionTo(code: number): Reaction {
  return REACTIONS.get(code) ?? 'request';
}
