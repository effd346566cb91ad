/** Where a gateway listens, and who we are to it. */
export interface GatewayAddress {
  readonly host: string;
  readonly port: number;
  /** Never 0: to client 0 TWS binds orders that were placed by hand. */
  readonly clientId: number;
}
