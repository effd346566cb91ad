import assert from 'node:assert/strict';
import fc from 'fast-check';
import { quote } from '../../../src/brokers/schwab/redact.js';

// Forms of tokens and codes: reference of the Trader API's sign-in; their letters are invented.
const HASH = 'ABCDEF0123456789'.repeat(4);
const ACCESS = 'I0.b2F1dGgyLmJkYy5zY2h3YWIuY29t.Qz3xV-7_kLmN0pQrStUvWxYz0123456789abcdefghi@';
const REFRESH = 'Qz3xV-7_kLmN0pQrStUvWxYz0123456789abcdefghiQz3xV-7_kLmN0pQrStUvWxYz0123456789a@';
const JWT =
  'eyJhbGciOiJSUzI1NiIsImtpZCI6IjEyMzQ1Njc4In0.eyJzdWIiOiJub2JvZHkiLCJpc3MiOiJleGFtcGxlIn0.abcdefghijklmnopqrstuvwxyz';

describe('a text of Schwab for people', () => {
  it('has neither tokens nor hashes nor digests of tokens in it', () => {
    for (const secret of [HASH, HASH.toLowerCase(), ACCESS, REFRESH, JWT]) {
      const shown = quote(`Failed for ${secret} of today`);
      assert.match(shown, /^Failed for …+@?\.?…* ?of today$/u, shown);
      for (let at = 0; at + 16 <= secret.length; at += 4)
        assert.ok(!shown.includes(secret.slice(at, at + 16)), shown);
    }
    assert.equal(
      quote('token [tokenDigest=R8QKLpffOFVU/1RNzqtrrn=, Exception=none]'),
      'token [tokenDigest=…, Exception=none]',
    );
  });

  it('has only the last four digits of account numbers in it', () => {
    assert.equal(quote('Account 91234567 is closed; 912345678.'), 'Account …4567 is closed; …5678.');
    assert.equal(quote('{"accountNumber":"91234567"}'), '{"accountNumber":"…4567"}');
  });

  it('keeps ids of orders, dates, amounts and references', () => {
    for (const text of [
      'Order 1002648561251 not found',
      '06/05/2026 $121 Call, 1186.89',
      'Reference 0be22ae7-efdf-44d9-99f4-f138049d76ca',
      "'2024-03-01T12:00:00.000+0000' is not a valid value for fromEnteredTime",
      "404 Not Found: Requested route ('traderapi-accounts.apigx-origin.schwab.com') does not exist.",
    ])
      assert.equal(quote(text), text);
  });

  it('is one line of at most 200 characters', () => {
    assert.equal(quote(' two\n\tlines  '), 'two lines');
    assert.equal(quote('a b '.repeat(100)), `${'a b '.repeat(50)}…`);
  });

  it('never shows an account number, whatever stands around it', () => {
    const number = fc.integer({ min: 10_000_000, max: 999_999_999 }).map(String);
    const around = fc.string().map((text) => text.replaceAll(/\d/g, ''));
    fc.assert(
      fc.property(around, number, around, (before, digits, after) => {
        assert.ok(!quote(`${before}${digits}${after}`).includes(digits));
      }),
    );
  });
});
