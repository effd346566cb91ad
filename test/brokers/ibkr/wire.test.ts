import assert from 'node:assert/strict';
import { ZodError } from 'zod';
import { decode } from '../../../src/brokers/ibkr/wire.js';

// Field lists of ibkr.md 2.3; figures in the forms of its section 7.
const FRAMES: readonly (readonly [string, string, Readonly<Record<string, unknown>>])[] = [
  ['orderStatus', '3|0|Filled|100|0|196.52|1376327563|0|196.52|0||0', { filled: 100, remaining: 0, averageFillPrice: 196.52, permId: '1376327563', parentId: null }],
  ['error', '4|2|-1|2104|Market data farm connection is OK:usfarm|', { requestId: -1, code: 2104 }],
  ['accountValue', '6|2|NetLiquidation|1000.00|USD|DU1', { key: 'NetLiquidation', value: '1000.00', currency: 'USD', account: 'DU1' }],
  ['portfolio', '7|8|495512563|ES|FUT|20261218|0.0||50|CME|USD|ESZ6|ES|1|6302.5|315125.00|315114.75|10.25|0.0|DU1', { quantity: 1, marketPrice: 6302.5, averageCost: 315_114.75, multiplier: 50, account: 'DU1' }],
  ['execution', '11|-1|0|265598|AAPL|STK||0.0|||ISLAND|USD|AAPL|NMS|0001.01.01|20250225-15:15:00|DU1|ISLAND|BOT|100|196.52|1376327563|0|0|100|196.52|||||2|0', { executionId: '0001.01.01', side: 'BOT', quantity: 100, price: 196.52, multiplier: null, lastLiquidity: 2 }],
  ['managedAccounts', '15|1|DU1,DU2,', { accounts: 'DU1,DU2,' }],
  ['currentTime', '49|1|1678890000', { seconds: 1_678_890_000 }],
  ['accountDownloadEnd', '54|1|DU1', { account: 'DU1' }],
  ['requestEnd', '55|1|1000001', { requestId: 1_000_001 }],
  ['requestEnd', '64|1|1000001', { requestId: 1_000_001 }],
  ['requestEnd', '72|1|1000001', { requestId: 1_000_001 }],
  ['requestEnd', '74|1|1000001', { requestId: 1_000_001 }],
  ['commission', '59|1|0001.01.01|1.0|USD|1.7976931348623157E308|1.7976931348623157E308|', { commission: 1, currency: 'USD', realizedPnl: null }],
  ['position', '61|3|DU1|265598|AAPL|STK||0.0|||NASDAQ|USD|AAPL|NMS|-110|196.5', { account: 'DU1', quantity: -110, averageCost: 196.5, right: null }],
  ['summary', '63|1|1000001|DU1|NetLiquidation|1000.00|USD', { account: 'DU1', key: 'NetLiquidation', value: '1000.00' }],
  ['positionMulti', '71|1|1000001|DU1|265598|AAPL|STK||0.0|||NASDAQ|USD|AAPL|NMS|-110|196.5|', { requestId: 1_000_001, quantity: -110, modelCode: null }],
  ['updateMulti', '73|1|1000001|DU1||Cryptocurrency||USD', { key: 'Cryptocurrency', value: '', currency: 'USD' }],
  ['pnl', '94|1000002|1.5|2.5|1.7976931348623157E308', { dayPnl: 1.5, unrealizedPnl: 2.5, realizedPnl: null }],
  ['pnlSingle', '95|1000003|10|1.0|2.0|3.0|55.0', { quantity: 10, dayPnl: 1, value: 55 }],
]; // prettier-ignore

describe('messages of the IBKR wire', () => {
  for (const [kind, text, expected] of FRAMES) {
    const fields = text.split('|');

    it(`reads ${kind} (${fields[0]})`, () => {
      const message = decode(fields);
      assert.equal(message?.kind, kind);
      assert.ok('row' in message);
      const read = new Map<string, unknown>(Object.entries(message.row));
      for (const [name, value] of Object.entries(expected)) assert.equal(read.get(name), value, name);
      assert.deepEqual(message.bad, []);
    });

    it(`refuses ${kind} (${fields[0]}) of which nothing but the id came`, () => {
      assert.throws(() => decode(fields.slice(0, 1)), ZodError);
    });
  }

  for (const [id, kind] of [
    ['53', 'openOrderEnd'],
    ['62', 'positionEnd'],
    ['102', 'completedOrdersEnd'],
  ] as const)
    it(`reads ${kind} (${id})`, () => assert.deepEqual(decode([id, '1']), { kind }));

  it('refuses a position that is cut anywhere', () => {
    const fields = FRAMES.find(([kind]) => kind === 'position')?.[1].split('|') ?? [];
    for (let length = 1; length < fields.length; length++)
      assert.throws(() => decode(fields.slice(0, length)), ZodError);
  });

  it('names the fields that should have been numbers, and reads them as null', () => {
    const message = decode('61|3|DU1|265598|AAPL|STK||0.0|||NASDAQ|USD|AAPL|NMS|7|NaN'.split('|'));
    assert.equal(message?.kind, 'position');
    assert.deepEqual([message.row.quantity, message.row.averageCost], [7, null]);
    assert.deepEqual(message.bad, ['averageCost']);
  });

  it('does not read a holding without a quantity, which is not one of quantity 0', () => {
    for (const quantity of ['abc', '', 'NaN', '1.7976931348623157E308'])
      assert.throws(
        () => decode(`61|3|DU1|265598|AAPL|STK||0.0|||NASDAQ|USD|AAPL|NMS|${quantity}|90.5`.split('|')),
        ZodError,
      );
  });

  it('has no use for messages of other ids', () => {
    for (const id of ['8', '9', '1', '', '999', '__proto__']) assert.equal(decode([id, '1', '2']), null);
  });
});
