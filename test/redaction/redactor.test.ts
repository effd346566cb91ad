import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Redactor } from '../../src/redaction/redactor.js';
import { formsIn } from '../support/secret-forms.js';

const KEY = 'an-app-key/of+thirty-two-letters';
const SECRET = 'app"secret+of\\16';

function redactor(): Redactor {
  const made = new Redactor();
  made.secret(KEY);
  made.secret(SECRET);
  made.passing('I0.an-access-token_of-some-length@');
  made.accountNumber('52810394');
  made.accountNumber('01234567');
  made.accountNumber('DU1000001');
  return made;
}

describe('a text that leaves', () => {
  for (const [before, after] of [
    [`key ${KEY}, secret ${SECRET}`, 'key …, secret …'],
    [`?client_id=${encodeURIComponent(KEY)}&x=1`, '?client_id=…&x=1'],
    [JSON.stringify({ said: `not ${SECRET}` }), '{"said":"not …"}'],
    [`sent Basic ${Buffer.from(`${KEY}:${SECRET}`).toString('base64')} to it`, 'sent Basic … to it'],
    [`Authorization: Bearer unknown.token-1234567`, 'Authorization: Bearer …'],
    [
      '{"access_token":"x1","refresh_token": "y2","expires_in":1800}',
      '{"access_token":"…","refresh_token": "…","expires_in":1800}',
    ],
    ['"{\\"id_token\\":\\"abc\\"}"', '"{\\"id_token\\":\\"…\\"}"'],
    [
      'https://127.0.0.1/?code=C0.b2F1dGgyLmJkYy5zY2h3YWIuY29t.abc%40&session=1',
      'https://127.0.0.1/?code=…&session=1',
    ],
    ['client_secret=hello&grant_type=refresh_token', 'client_secret=…&grant_type=refresh_token'],
    ['https://gdcdyn.example/SendRequest?t=123456789012&q=1', 'https://gdcdyn.example/SendRequest?t=…&q=1'],
    [`GET /accounts/${'aB'.repeat(32)}/orders`, 'GET /accounts/…/orders'],
    ['[tokenDigest=R8QKLpff=, Exception=x]', '[tokenDigest=…, Exception=x]'],
    ['Account 52810394 is closed', 'Account …0394 is closed'],
    ['statement_52810394.csv', 'statement_…0394.csv'],
    ['order of 1234567 and of 01234567', 'order of …4567 and of …4567'],
    ['du1000001/DU1000001X', '…0001/…0001X'],
    ['login has U7654321, DF7654321.', 'login has …4321, …4321.'],
  ] as const)
    it(`says ${after.slice(0, 60)}`, () => assert.equal(redactor().clean(before), after));

  for (const text of [
    'Schwab refused GET /trader/v1/accounts: 504 Gateway Timeout',
    'The code=504 of Basic settings; a Bearer token is missing. ("code":"login-ended")',
    'Order 1528103940000 of 15281039 shares, ids X10000012 and 0152810394',
    'Net liquidation is 99810394.55',
    'US0378331005, F150 and UI7650001 of 20261224',
  ])
    it(`leaves alone: ${text}`, () => assert.equal(redactor().clean(text), text));

  it('takes a sum that begins like an account number for one: a dot too many does less harm', () => {
    assert.equal(redactor().clean('52810394.90'), '…0394.90');
  });

  it('does not take what is too short for a secret, nor a label for a number', () => {
    const made = new Redactor();
    for (const text of ['', 'abc', '12345', 'Savings', '…4567']) {
      made.secret(text);
      made.accountNumber(text);
    }
    made.accountNumber('Retirement');
    made.secret('12345');
    assert.equal(made.clean('abc of Retirement has 12345, …4567'), 'abc of Retirement has 12345, …4567');
  });

  it('forgets old tokens and keeps what lasts', () => {
    const made = redactor();
    for (let count = 0; count < 1000; count += 1) made.passing(`token-number-${count}-of-a-week`);
    assert.equal(made.clean(`${KEY} token-number-0-of-a-week`), '… token-number-0-of-a-week');
    assert.equal(made.clean('token-number-999-of-a-week'), '…');
  });
});

describe('a redactor, whatever it is given', () => {
  const secrets = fc.array(fc.string({ minLength: 6, maxLength: 40, unit: 'grapheme' }), {
    minLength: 1,
    maxLength: 4,
  });
  const numbers = fc.array(fc.stringMatching(/^(DU|U)?\d{7,9}$/), { minLength: 1, maxLength: 3 });
  const filled = (values: readonly string[], accounts: readonly string[] = []) => {
    const made = new Redactor();
    for (const value of values) made.secret(value);
    for (const account of accounts) made.accountNumber(account);
    return made;
  };

  it('never lets a secret through, in any form', () => {
    fc.assert(
      fc.property(secrets, fc.string(), fc.string(), (values, before, after) => {
        const made = filled(values);
        for (const value of values)
          for (const form of formsIn(value)) {
            const cleaned = made.clean(`${before}${form}${after}`);
            for (const each of values) assert.ok(!cleaned.includes(each), `${form} became ${cleaned}`);
            assert.ok(!cleaned.includes(form), `${form} became ${cleaned}`);
          }
      }),
    );
  });

  it('never lets the pair of a Basic header through', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 6 }), fc.string({ minLength: 6 }), (key, secret) => {
        const basic = Buffer.from(`${key}:${secret}`).toString('base64');
        assert.equal(filled([key, secret]).clean(`(${basic})`), '(…)');
      }),
    );
  });

  it('never lets an account number through that stands by itself', () => {
    fc.assert(
      fc.property(numbers, fc.constantFrom(' ', '"', '/', '_', '-', 'x', ''), (accounts, edge) => {
        const made = filled([], accounts);
        for (const account of accounts) {
          const cleaned = made.clean(`${edge}${account}${edge}`);
          assert.ok(!cleaned.includes(account), cleaned);
          assert.ok(cleaned.includes(account.slice(-4)), cleaned);
        }
      }),
    );
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(secrets, numbers, fc.array(fc.string()), (values, accounts, between) => {
        const made = filled(values, accounts);
        const text = [...values, ...accounts, 'Bearer abc123def', 'access_token=1'].flatMap(
          (value, index) => [between[index] ?? '', value],
        );
        const once = made.clean(text.join(''));
        assert.equal(made.clean(once), once);
      }),
    );
  });

  it('changes nothing where there is no secret', () => {
    fc.assert(
      fc.property(secrets, fc.lorem({ mode: 'sentences', maxCount: 5 }), (values, text) => {
        fc.pre(!values.some((value) => formsIn(value).some((form) => text.includes(form))));
        assert.equal(filled(values).clean(text), text);
      }),
    );
  });
});
