import assert from 'node:assert/strict';
import { chooseAccounts } from '../../../src/brokers/ibkr/choose-accounts.js';
import { explainRefusal, type Refusal } from '../../../src/brokers/ibkr/explain.js';
import { ConfigError, ConnectionLost } from '../../../src/errors.js';

const ADDRESS = { host: 'gateway.lan', port: 4002, clientId: 17 };
const local = (code: number, message: string): Refusal => ({
  kind: 'local',
  code,
  message,
  serverVersion: 200,
});

/** A refusal, the class of its error, and what the user is told to change. */
const REFUSALS: readonly (readonly [Refusal, typeof ConfigError | typeof ConnectionLost, RegExp])[] = [
  [{ kind: 'timeout', stage: 'tcp' }, ConnectionLost, /Check host, port and firewall/],
  [{ kind: 'timeout', stage: 'version' }, ConnectionLost, /API port of TWS/],
  [{ kind: 'timeout', stage: 'login' }, ConnectionLost, /logged in/],
  [{ kind: 'hung-up', stage: 'version' }, ConnectionLost, /Enable ActiveX and Socket Clients/],
  [local(502, 'connect ECONNREFUSED 127.0.0.1:4002'), ConnectionLost, /running, logged in/],
  [local(502, 'getaddrinfo ENOTFOUND gateway.lan'), ConfigError, /Check the host/],
  [local(502, 'connect EHOSTUNREACH'), ConnectionLost, /Check host, port and firewall/],
  [local(503, 'too old'), ConfigError, /Update TWS or IB Gateway/],
  [local(506, 'unsupported'), ConfigError, /Update TWS or IB Gateway/],
  [{ kind: 'code', code: 326, text: 'in use' }, ConfigError, /Choose another client id/],
  [{ kind: 'code', code: 10141, text: 'disclaimer' }, ConfigError, /accept it/],
  [{ kind: 'code', code: 503, text: 'too old' }, ConfigError, /Update TWS or IB Gateway/],
  [{ kind: 'code', code: 507, text: 'Bad message length' }, ConnectionLost, /code 507/],
];

describe('the explanation of a refused connection', () => {
  for (const [refusal, kind, advice] of REFUSALS) {
    it(`names the gateway and what to change: ${JSON.stringify(refusal)}`, () => {
      const error = explainRefusal(refusal, ADDRESS);
      assert.ok(error instanceof kind);
      assert.ok(error.message.includes('gateway.lan:4002'), error.message);
      assert.match(error.message, advice);
      assert.match(error.message, /[.?]$/);
      assert.ok(!error.message.includes('\n'));
      assert.equal(error.broker, 'ibkr');
    });
  }
});

describe('the choice of accounts', () => {
  const NUMBERS = ['DU1234567', 'U7654321'];
  const choose = (
    numbers: readonly string[],
    tradingMode: 'any' | 'paper' | 'live',
    accounts: readonly string[],
  ) =>
    chooseAccounts(
      numbers,
      { ...ADDRESS, tradingMode, accounts },
      (_broker, number) => `key-${number.slice(-4)}`,
    );

  it('is all of them when none is named', () => {
    assert.deepEqual(
      choose(NUMBERS, 'any', []).accounts.map(({ number }) => number),
      NUMBERS,
    );
  });

  it('goes by number or by its last four characters, in any case', () => {
    for (const name of ['DU1234567', 'du1234567', '4567'])
      assert.deepEqual(
        choose(NUMBERS, 'any', [name]).accounts.map(({ number }) => number),
        ['DU1234567'],
      );
  });

  it('goes by the trading mode', () => {
    assert.deepEqual(
      choose(NUMBERS, 'paper', []).accounts.map(({ number }) => number),
      ['DU1234567'],
    );
    assert.deepEqual(
      choose(NUMBERS, 'live', []).accounts.map(({ number }) => number),
      ['U7654321'],
    );
  });

  it('names what was entered and is not there', () => {
    assert.deepEqual(choose(NUMBERS, 'any', ['4567', '9999']).unknown, ['9999']);
  });

  it('puts no account number into what others see', () => {
    const told = JSON.stringify(choose(NUMBERS, 'any', []).accounts.map(({ account }) => account));
    for (const number of NUMBERS) assert.ok(!told.includes(number));
  });

  for (const [what, numbers, mode, names] of [
    ['no account that was entered', NUMBERS, 'any', ['U5550000']],
    ['live accounts only, and paper was asked for', ['U7654321'], 'paper', []],
    ['paper accounts only, and live was asked for', ['DU1234567'], 'live', []],
    ['no account at all', [], 'any', ['U5550000']],
  ] as const) {
    it(`is refused, with the gateway and without a full number, when there is ${what}`, () => {
      assert.throws(
        () => choose(numbers, mode, names),
        (error) => {
          assert.ok(error instanceof ConfigError);
          assert.ok(error.message.includes('gateway.lan:4002'));
          for (const number of [...NUMBERS, 'U5550000']) assert.ok(!error.message.includes(number));
          return true;
        },
      );
    });
  }
});
