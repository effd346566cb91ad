import { createServer, type AddressInfo, type Socket } from 'node:net';

/** Fields of a message, the id first. */
export type Fields = readonly string[];

/** Request → what the gateway answers to it; undefined = silence. */
export type Script = (request: Fields) => readonly Fields[] | undefined;

export interface ScriptedGateway {
  readonly port: number;
  push(frames: readonly Fields[]): void;
  close(): Promise<void>;
}

export interface ScriptedOptions {
  readonly serverVersion: number;
  readonly connectionTime: string;
  readonly accounts: string;
  readonly script: Script;
}

/** A gateway that says what a recording says: it shares no code with the simulator or the product. */
export async function scriptedGateway(options: ScriptedOptions): Promise<ScriptedGateway> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    serve(socket, options);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: portOf(server.address()),
    push: (frames) => {
      for (const socket of sockets) socket.write(Buffer.concat(frames.map(frame)));
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function serve(socket: Socket, { accounts, connectionTime, script, serverVersion }: ScriptedOptions): void {
  let pending = Buffer.alloc(0);
  let greeted = false;
  socket.on('data', (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    if (!greeted) {
      if (pending.length < 8 || pending.length < 8 + pending.readUInt32BE(4)) return;
      greeted = true;
      pending = pending.subarray(8 + pending.readUInt32BE(4));
      socket.write(frame([String(serverVersion), connectionTime]));
    }
    while (pending.length >= 4 && pending.length >= 4 + pending.readUInt32BE(0)) {
      const end = 4 + pending.readUInt32BE(0);
      const request = pending.toString('utf8', 4, end - 1).split('\0');
      pending = pending.subarray(end);
      const answer =
        request[0] === '71'
          ? [
              ['15', '1', accounts],
              ['9', '1', '1'],
            ]
          : script(request);
      if (answer !== undefined) socket.write(Buffer.concat(answer.map(frame)));
    }
  });
}

function frame(fields: Fields): Buffer {
  const body = Buffer.from(`${fields.join('\0')}\0`);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
}

function portOf(address: string | AddressInfo | null): number {
  if (address === null || typeof address === 'string') throw new Error('the scripted gateway has no port');
  return address.port;
}
