import { createServer, type ServerResponse } from 'node:http';
import type { Market } from '../market/types.js';

export interface SchwabSimulator {
  readonly url: string;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

const answerJson = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(`${JSON.stringify(body)}\n`);
};

/** So far only the truth of the market: `GET /ledger`. */
export const startSchwabSimulator = async ({
  market,
  port = 0,
}: {
  readonly market: Market;
  readonly port?: number;
}): Promise<SchwabSimulator> => {
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0];
    if (path === '/ledger' && request.method === 'GET') return answerJson(response, 200, market.ledger());
    answerJson(response, 404, { message: 'Here is only GET /ledger: what every account really holds.' });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, resolve);
  });
  const address = server.address();
  const bound = address !== null && typeof address === 'object' ? address.port : port;
  return {
    url: `http://${HOST}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
