import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Attempt } from './attacks.js';

export interface Answered {
  readonly status: number;
  readonly text: string;
}

/** Sends any header as it is: `fetch` has a mind of its own about `Host`, `Origin` and `Sec-Fetch-Site`. */
export async function send(url: string, { body, headers, method, path }: Attempt): Promise<Answered> {
  return await new Promise((resolve, reject) => {
    request(new URL(path, url), { method, headers, agent: false }, (response) => {
      text(response).then((answer) => resolve({ status: response.statusCode ?? 0, text: answer }), reject);
    })
      .on('error', reject)
      .end(body);
  });
}
