import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface ScriptedHttp {
  readonly url: string;
  readonly requests: readonly HttpRequest[];
  /** What is answered from now on; it gets the number of the request, from 0. */
  answer(how: (request: HttpRequest, response: ServerResponse, index: number) => void): void;
  close(): Promise<void>;
}

/** An HTTP server on this machine that answers as the test says. */
export async function startScriptedHttp(): Promise<ScriptedHttp> {
  const requests: HttpRequest[] = [];
  let how: Parameters<ScriptedHttp['answer']>[0] = (_request, response) => response.writeHead(204).end();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const seen = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      };
      requests.push(seen);
      how(seen, response, requests.length - 1);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a socket without a port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    answer: (next) => void (how = next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
