/** How the stream is doing, in sentences for people: no token and no account number is in them. */
export type StreamState =
  | { readonly kind: 'connecting' }
  | {
      readonly kind: 'open';
      /** Messages about accounts since the start; a frame that cannot be read is one. */
      readonly received: number;
      /** Those among them that had the form we know: 0 of many means that Schwab has changed it. */
      readonly understood: number;
    }
  | { readonly kind: 'waiting'; readonly reason: string; readonly retryInMs: number }
  | { readonly kind: 'stopped'; readonly reason: string };

/** What one login needs; the names are those of `streamerInfo` in the user preference. */
export interface StreamLogin {
  readonly url: string;
  readonly customerId: string;
  readonly correlId: string;
  readonly channel: string;
  readonly functionId: string;
  readonly accessToken: string;
}
