import assert from 'node:assert/strict';
import {
  parseAccountSyncConfig,
  parseIbkrConfig,
  parseSchwabConfig,
} from '../../src/node-red/editor-config.js';

describe('the saved properties of an IBKR connection', () => {
  it('takes the defaults for whatever an old flow does not have', () => {
    assert.deepEqual(parseIbkrConfig({ id: 'a', type: 'ibkr-config' }), {
      ok: true,
      value: {
        version: 1,
        name: '',
        host: '127.0.0.1',
        port: 4002,
        clientId: 17,
        tradingMode: 'any',
        accounts: [],
        backupHost: '',
        backupPort: null,
        flexQueryId: '',
        flexUrl: '',
        secretStore: 'node-red',
      },
    });
  });

  it('reads numbers that the editor saved as text', () => {
    const parsed = parseIbkrConfig({
      name: ' Home ',
      host: 'gateway.lan',
      port: '7496',
      clientId: ' 3 ',
      tradingMode: 'live',
      secretStore: 'node-red',
      accounts: 'U1234567, …4567,',
      backupHost: 'other.lan',
      backupPort: '4002',
      flexQueryId: ' 123456 ',
      flexUrl: 'https://gdcdyn.interactivebrokers.com/Universal/',
    });
    assert.deepEqual(parsed, {
      ok: true,
      value: {
        version: 1,
        name: 'Home',
        host: 'gateway.lan',
        port: 7496,
        clientId: 3,
        tradingMode: 'live',
        accounts: ['U1234567', '…4567'],
        backupHost: 'other.lan',
        backupPort: 4002,
        flexQueryId: '123456',
        flexUrl: 'https://gdcdyn.interactivebrokers.com/Universal',
        secretStore: 'node-red',
      },
    });
  });

  it('takes a number for text where an environment variable held one', () => {
    const parsed = parseIbkrConfig({ name: 5, accounts: 4567 });
    assert.deepEqual(parsed.ok && [parsed.value.name, parsed.value.accounts], ['5', ['4567']]);
  });

  it('refuses client id 0 and says why', () => {
    assert.deepEqual(parseIbkrConfig({ clientId: 0 }), {
      ok: false,
      message:
        'clientId is 0: it must be a whole number from 1 to 2147483647 (with 0, TWS binds the orders you place by hand to this connection)',
    });
  });

  for (const [property, value, message] of [
    ['port', 'abc', 'port is "abc": it must be a whole number from 1 to 65535'],
    ['port', 70_000, 'port is 70000: it must be a whole number from 1 to 65535'],
    ['port', '4002.5', 'port is "4002.5": it must be a whole number from 1 to 65535'],
    ['port', '${IB_PORT}', 'port is "${IB_PORT}": no environment variable IB_PORT is set'],
    ['port', true, 'port is true: it must be a whole number from 1 to 65535'],
    [
      'host',
      'http://x',
      'host is "http://x": it must be a name or an address, without http://, port or path',
    ],
    ['backupPort', 0, 'backupPort is 0: it must be a whole number from 1 to 65535'],
    [
      'flexQueryId',
      'abc',
      'flexQueryId is "abc": it must be the number of a query, as Client Portal shows it',
    ],
    [
      'flexUrl',
      'https://flex.example/x?t=1',
      'flexUrl is "https://flex.example/x?…": it must be an address of interactivebrokers.com that begins with https://, or be empty',
    ],
    [
      'flexUrl',
      'http://ndcdyn.interactivebrokers.com/x',
      'flexUrl is "http://ndcdyn.interactivebrokers.com/x": it must be an address of interactivebrokers.com that begins with https://, or be empty',
    ],
    ['tradingMode', 'real', 'tradingMode is "real": it must be any or paper or live'],
    [
      'version',
      2,
      'version is 2: this node was saved by a newer version of the package, so update the package',
    ],
  ] as const) {
    it(`refuses ${property} ${JSON.stringify(value)} with a sentence`, () => {
      assert.deepEqual(parseIbkrConfig({ [property]: value }), { ok: false, message });
    });
  }

  it('refuses a second gateway that is the first one', () => {
    for (const second of [{ backupPort: 4002 }, { backupHost: '127.0.0.1' }])
      assert.deepEqual(parseIbkrConfig(second), {
        ok: false,
        message: 'The second gateway is 127.0.0.1:4002 like the first: enter another host or port, or none.',
      });
    assert.ok(parseIbkrConfig({ backupPort: 4001 }).ok);
    assert.ok(parseIbkrConfig({ backupHost: 'other.lan' }).ok);
  });

  it('names every property that does not fit', () => {
    const parsed = parseIbkrConfig({ host: 'a b', port: 0 });
    assert.match(parsed.ok ? '' : parsed.message, /^host is "a b": .*; port is 0: /);
  });

  it('never repeats an account number in a sentence', () => {
    const parsed = parseIbkrConfig({ accounts: 'U1234567, U7654321!' });
    assert.deepEqual(parsed, {
      ok: false,
      message:
        'accounts is a list whose entry 2 does not fit: it must be account numbers or their last four digits, separated by commas',
    });
  });

  it('keeps a sentence short when the value is long', () => {
    const parsed = parseIbkrConfig({ port: 'x'.repeat(5000) });
    assert.ok(!parsed.ok && parsed.message.length < 150);
  });

  for (const host of ['::1', 'fe80::1', '192.168.1.20', 'gateway', 'my_gateway.local'])
    it(`takes ${host} as a host`, () => {
      const parsed = parseIbkrConfig({ host });
      assert.equal(parsed.ok && parsed.value.host, host);
    });

  for (const config of [null, undefined, 'text', 7])
    it(`refuses ${String(config)} without throwing`, () => assert.equal(parseIbkrConfig(config).ok, false));
});

describe('the saved properties of an account sync node', () => {
  it('takes the defaults for whatever an old flow does not have', () => {
    assert.deepEqual(parseAccountSyncConfig({}), {
      ok: true,
      value: {
        version: 1,
        name: '',
        connection: '',
        fallback: '',
        accounts: [],
        emit: 'snapshots',
        pollSeconds: 60,
        coalesceMs: 250,
        staleAfterSeconds: 900,
        labels: new Map(),
      },
    });
  });

  it('reads labels by account number', () => {
    const parsed = parseAccountSyncConfig({ labels: { U1234567: ' Retirement ', '12345678': 5 } });
    assert.deepEqual(parsed.ok && [...parsed.value.labels], [
      ['12345678', '5'],
      ['U1234567', 'Retirement'],
    ]);
  });

  it('allows a coalescing time of 0', () => {
    const parsed = parseAccountSyncConfig({ coalesceMs: '0' });
    assert.equal(parsed.ok && parsed.value.coalesceMs, 0);
  });

  for (const [labels, reason] of [
    [
      { U1: 'Same', U2: 'Same' },
      'labels is a list whose entry 2 does not fit: two accounts are called "Same"',
    ],
    [{ U1: 'a/b' }, 'a label cannot contain a slash, it is part of the topic'],
    [{ U1: ' ' }, 'the label is blank'],
    [{ '': 'x' }, 'it has no account number'],
    [{ U1: {} }, 'a label must be text'],
    [{ U1: 'x'.repeat(61) }, 'a label has at most 60 characters'],
    [['a'], 'it must be account numbers with a label each'],
    ['a', 'it must be account numbers with a label each'],
  ] as const)
    it(`refuses the labels ${JSON.stringify(labels).slice(0, 40)}`, () => {
      const parsed = parseAccountSyncConfig({ labels });
      assert.ok(!parsed.ok && parsed.message.endsWith(reason));
    });

  it('does not let a label called __proto__ touch anything', () => {
    const parsed = parseAccountSyncConfig(JSON.parse('{"labels":{"__proto__":"x"}}'));
    assert.deepEqual(parsed.ok && [...parsed.value.labels], [['__proto__', 'x']]);
    assert.ok(!('x' in {}));
  });

  for (const [property, value] of [
    ['pollSeconds', 4],
    ['pollSeconds', 86_401],
    ['coalesceMs', -1],
    ['coalesceMs', 60_001],
    ['staleAfterSeconds', 9],
    ['emit', 'all'],
    ['accounts', 'a/b'],
  ] as const)
    it(`refuses ${property} ${value}`, () => {
      const parsed = parseAccountSyncConfig({ [property]: value });
      assert.ok(!parsed.ok && parsed.message.startsWith(`${property} is `));
    });
});

describe('a secret in the wrong field', () => {
  const SECRET = 'Xy12345678901234';
  const NUMBER = '52810394';
  const credentials = { appKey: 'the-key-of-an-app', appSecret: 'the-secret-of-an-app' };
  for (const [property, value] of [
    ['callbackUrl', SECRET],
    ['callbackUrl', `http://127.0.0.1/?code=${SECRET}`],
    ['callbackUrl', `http://${SECRET}@127.0.0.1`],
    ['apiUrl', SECRET],
    ['version', SECRET],
    ['streamer', SECRET],
  ] as const)
    it(`is not repeated when ${property} is refused`, () => {
      const parsed = parseSchwabConfig({ ...credentials, [property]: value });
      assert.ok(!parsed.ok && parsed.message.startsWith(property) && !parsed.message.includes(SECRET));
    });

  for (const property of ['host', 'port', 'clientId', 'tradingMode'])
    it(`is not repeated when ${property} is refused, nor is an account number`, () => {
      for (const value of [`${SECRET}/`, `${NUMBER}/`]) {
        const parsed = parseIbkrConfig({ [property]: value });
        assert.ok(!parsed.ok && parsed.message.startsWith(property) && !parsed.message.includes(value));
      }
    });

  it('says which address does not fit', () => {
    const parsed = parseSchwabConfig({ ...credentials, callbackUrl: 'https://127.0.0.1/' });
    assert.deepEqual(parsed, {
      ok: false,
      message: 'callbackUrl is "https://127.0.0.1/": it must not end in a slash',
    });
  });
});
