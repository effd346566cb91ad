import assert from 'node:assert/strict';
import { marked } from './leak-watch.js';
import { misdeedOf, recordedRequests } from './recorder.js';
import { startScriptedHttp } from './scripted-http.js';

const READ = {
  origin: 'http://127.0.0.1:1',
  method: 'GET',
  path: '/trader/v1/accounts',
  carries: 'bearer',
} as const;
const FLEX = {
  ...READ,
  path: '/AccountManagement/FlexWebService/SendRequest',
  carries: 'flex',
} as const;
const TOKEN = { ...READ, method: 'POST', path: '/v1/oauth/token', carries: 'basic' } as const;

describe('the recorder of what is sent to brokers', () => {
  it('lets reading and asking for tokens pass, and nothing else', () => {
    assert.equal(misdeedOf(READ), null);
    assert.equal(misdeedOf({ ...READ, path: `/trader/v1/accounts/${'A'.repeat(64)}/orders` }), null);
    assert.equal(misdeedOf(TOKEN), null);
    assert.equal(misdeedOf(FLEX), null);
    assert.equal(misdeedOf({ ...FLEX, path: FLEX.path.replace('SendRequest', 'GetStatement') }), null);
    for (const misdeed of [
      { ...READ, method: 'POST' },
      { ...READ, method: 'DELETE', path: '/trader/v1/accounts/A/orders/1' },
      { ...READ, path: '/steal' },
      { ...READ, origin: 'https://evil.example' },
      { ...TOKEN, origin: 'https://evil.example' },
      { ...TOKEN, path: '/trader/v1/orders' },
      { ...TOKEN, method: 'GET' },
      { ...FLEX, method: 'POST' },
      { ...FLEX, origin: 'https://evil.example' },
      { ...FLEX, path: '/trader/v1/accounts' },
      { ...READ, path: FLEX.path },
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

  it('hears a Flex token in an address', async () => {
    const server = await startScriptedHttp();
    try {
      const before = recordedRequests().length;
      const token = marked('Flex token', '778899001122334455');
      await fetch(`${server.url}${FLEX.path}?t=${token}&q=1&v=3`);
      assert.deepEqual(recordedRequests().slice(before), [{ ...FLEX, origin: server.url }]);
    } finally {
      await server.close();
    }
  });
});
