import assert from 'node:assert/strict';
import { misdeedOf, recordedRequests } from './recorder.js';
import { startScriptedHttp } from './scripted-http.js';

const READ = {
  origin: 'http://127.0.0.1:1',
  method: 'GET',
  path: '/trader/v1/accounts',
  carries: 'bearer',
} as const;
const TOKEN = { ...READ, method: 'POST', path: '/v1/oauth/token', carries: 'basic' } as const;

describe('the recorder of what is sent to Schwab', () => {
  it('lets reading and asking for tokens pass, and nothing else', () => {
    assert.equal(misdeedOf(READ), null);
    assert.equal(misdeedOf({ ...READ, path: `/trader/v1/accounts/${'A'.repeat(64)}/orders` }), null);
    assert.equal(misdeedOf(TOKEN), null);
    for (const misdeed of [
      { ...READ, method: 'POST' },
      { ...READ, method: 'DELETE', path: '/trader/v1/accounts/A/orders/1' },
      { ...READ, path: '/steal' },
      { ...READ, origin: 'https://evil.example' },
      { ...TOKEN, origin: 'https://evil.example' },
      { ...TOKEN, path: '/trader/v1/orders' },
      { ...TOKEN, method: 'GET' },
    ])
      assert.notEqual(misdeedOf(misdeed), null, JSON.stringify(misdeed));
  });

  it('hears every request that carries a secret', async () => {
    const server = await startScriptedHttp();
    try {
      const before = recordedRequests().length;
      await fetch(`${server.url}/trader/v1/orders?x=1`, { headers: { authorization: 'Bearer t' } });
      await fetch(`${server.url}/other`);
      assert.deepEqual(recordedRequests().slice(before), [
        { origin: server.url, method: 'GET', path: '/trader/v1/orders', carries: 'bearer' },
      ]);
    } finally {
      await server.close();
    }
  });
});
