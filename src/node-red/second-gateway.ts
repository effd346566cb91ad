export interface Address {
  readonly host: string;
  readonly port: number;
}

/** What of a connection's configuration names its gateways. */
export interface Gateways extends Address {
  /** '' = as the first one's. */
  readonly backupHost: string;
  /** null = as the first one's. */
  readonly backupPort: number | null;
}

/** Where the second gateway listens; null = there is none. */
export function secondGateway({ backupHost, backupPort, host, port }: Gateways): Address | null {
  if (backupHost === '' && backupPort === null) return null;
  return { host: backupHost === '' ? host : backupHost, port: backupPort ?? port };
}

/** What is wrong with a second gateway where the first one is: better said now than in need. null = nothing. */
export function secondGatewayTrouble(gateways: Gateways): string | null {
  const { host, port } = gateways;
  const second = secondGateway(gateways);
  if (second === null || second.host !== host || second.port !== port) return null;
  return `The second gateway is ${host}:${port} like the first: enter another host or port, or none.`;
}
