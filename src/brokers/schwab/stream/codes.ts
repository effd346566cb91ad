/** What a code from the streamer asks for. */
export type Reaction =
  'succeeded' | 'login-again' | 'reconnect' | 'stop-unavailable' | 'stop-replaced' | 'once-more' | 'unknown';

export interface Code {
  readonly name: string;
  readonly reaction: Reaction;
}

/** Source: Schwab's "Streamer API" guide, response codes; the numbers 1, 2, 4 to 8 and so on are not given out. */
const CODES: ReadonlyMap<number, Code> = new Map([
  [0, { name: 'SUCCESS', reaction: 'succeeded' }],
  [3, { name: 'LOGIN_DENIED', reaction: 'login-again' }], // the token: invalid, expired, or another process took a new one
  [9, { name: 'UNKNOWN_FAILURE', reaction: 'reconnect' }],
  [11, { name: 'SERVICE_NOT_AVAILABLE', reaction: 'stop-unavailable' }],
  [12, { name: 'CLOSE_CONNECTION', reaction: 'stop-replaced' }], // one connection a user: coming back throws out the other
  [19, { name: 'REACHED_SYMBOL_LIMIT', reaction: 'once-more' }],
  [20, { name: 'STREAM_CONN_NOT_FOUND', reaction: 'reconnect' }],
  [21, { name: 'BAD_COMMAND_FORMAT', reaction: 'once-more' }],
  [22, { name: 'FAILED_COMMAND_SUBS', reaction: 'once-more' }],
  [23, { name: 'FAILED_COMMAND_UNSUBS', reaction: 'once-more' }],
  [24, { name: 'FAILED_COMMAND_ADD', reaction: 'once-more' }],
  [25, { name: 'FAILED_COMMAND_VIEW', reaction: 'once-more' }],
  [26, { name: 'SUCCEEDED_COMMAND_SUBS', reaction: 'succeeded' }],
  [27, { name: 'SUCCEEDED_COMMAND_UNSUBS', reaction: 'succeeded' }],
  [28, { name: 'SUCCEEDED_COMMAND_ADD', reaction: 'succeeded' }],
  [29, { name: 'SUCCEEDED_COMMAND_VIEW', reaction: 'succeeded' }],
  [30, { name: 'STOP_STREAMING', reaction: 'reconnect' }], // no subscription, inactive, or slow
]);

const UNKNOWN: Code = { name: 'not in the guide', reaction: 'unknown' };

/** `once-more` and `succeeded` concern only the command that was answered; `unknown` fails that command. */
export function meaningOf(code: number): Code {
  return CODES.get(code) ?? UNKNOWN;
}
