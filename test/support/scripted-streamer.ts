import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { z } from 'zod';

const Requests = z.object({
  requests: z.tuple([
    z.looseObject({
      requestid: z.string(),
      service: z.string(),
      command: z.string(),
      parameters: z.record(z.string(), z.string()),
    }),
  ]),
});
export type StreamRequest = z.infer<typeof Requests>['requests'][0];

/** What the streamer does about a command; `say` sends text or bytes. */
export type StreamScript = (request: StreamRequest, line: Line) => void;

export interface Line {
  /** Counted from 1. */
  readonly connection: number;
  say(message: unknown): void;
  sayBytes(bytes: Buffer | string, binary?: boolean): void;
  /** Answers with a code in the form of the guide. */
  answer(request: StreamRequest, code: number): void;
  cut(): void;
  /** Reads no more, so that a goodbye finds no answer. */
  freeze(): void;
  /** Resolves when the other side has handled all that was said before. */
  handled(): Promise<void>;
}

export interface ScriptedStreamer {
  readonly url: string;
  /** Commands in the order they came, over all connections. */
  readonly requests: readonly StreamRequest[];
  readonly headers: readonly IncomingMessage['headers'][];
  readonly connections: number;
  /** Lines that are open now. */
  readonly lines: readonly Line[];
  close(): Promise<void>;
}

/** Answers LOGIN and SUBS with success, as the guide shows it. */
export const willing: StreamScript = (request, line) =>
  line.answer(request, request.command === 'SUBS' ? 26 : 0);

/** A streamer that says what the guide says: it shares no code with the product. */
export async function scriptedStreamer(script: StreamScript = willing): Promise<ScriptedStreamer> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await new Promise((resolve) => server.once('listening', resolve));
  const requests: StreamRequest[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const lines = new Set<Line>();
  server.on('connection', (socket, request) => {
    headers.push(request.headers);
    const line = lineOf(socket, headers.length);
    lines.add(line);
    socket.on('error', () => socket.terminate());
    socket.on('close', () => lines.delete(line));
    socket.on('message', (data: Buffer) => {
      const [command] = Requests.parse(JSON.parse(data.toString('utf8'))).requests;
      requests.push(command);
      script(command, line);
    });
  });
  return {
    url: `ws://127.0.0.1:${portOf(server.address())}/ws`,
    requests,
    headers,
    get connections() {
      return headers.length;
    },
    get lines() {
      return [...lines];
    },
    close: async () => {
      for (const socket of server.clients) socket.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function lineOf(socket: WebSocket, connection: number): Line {
  const say = (message: unknown): void => socket.send(JSON.stringify(message));
  return {
    connection,
    say,
    sayBytes: (bytes, binary = false) => socket.send(bytes, { binary }),
    answer: ({ command, requestid, service }, code) =>
      say({
        response: [{ service, command, requestid, timestamp: 1669828276886, content: { code, msg: '' } }],
      }),
    cut: () => socket.terminate(),
    freeze: () => socket.pause(),
    handled: () =>
      new Promise((resolve) => {
        socket.once('pong', () => resolve());
        socket.ping();
      }),
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the scripted streamer has no port');
  return address.port;
}
