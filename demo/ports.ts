import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

export const HOST = '127.0.0.1';

export interface PortWish {
  /** What listens there, for people. */
  readonly name: string;
  readonly preferred: number;
  readonly say: (line: string) => void;
}

/** Starts something on its preferred port, or, where that is taken, on a free one, and says so. */
export async function onPort<Started>(
  { name, preferred, say }: PortWish,
  start: (port: number) => Promise<Started>,
): Promise<Started> {
  try {
    return await start(preferred);
  } catch (error) {
    if (!isTaken(error)) throw error;
    say(`Port ${preferred} is taken, so the ${name} takes another one.`);
    return await start(0);
  }
}

/** Listens on 127.0.0.1 only and answers with the port that it got. */
export async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, HOST);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a socket without a port');
  return address.port;
}

/** A port that was free a moment ago, for a program that must be told its port. */
export async function freePort(wanted: number): Promise<number> {
  const server = createServer();
  const port = await listen(server, wanted);
  server.close();
  await once(server, 'close');
  return port;
}

function isTaken(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES')
  );
}
