import assert from 'node:assert/strict';
import { chooseAccounts as chooseAtIbkr } from '../../src/brokers/ibkr/choose-accounts.js';
import { chooseAccounts as chooseAtSchwab } from '../../src/brokers/schwab/config.js';

/** Whoever makes keys of numbers learns them, and masks them from then on. */
describe('the numbers of all accounts behind a login', () => {
  let learned: string[];
  const accountKey = (_broker: string, number: string): string => `key-${learned.push(number)}`;
  beforeEach(() => void (learned = []));

  it('are made keys at IBKR, also where the user wants one, or none is found', () => {
    const numbers = ['U1234567', 'DU7654321'];
    const options = { host: '127.0.0.1', port: 4002, clientId: 17, tradingMode: 'any' } as const;
    const { accounts } = chooseAtIbkr(numbers, { ...options, accounts: ['4567'] }, accountKey);
    assert.deepEqual([accounts.map(({ number }) => number), learned], [['U1234567'], numbers]);
    learned = [];
    assert.throws(() => chooseAtIbkr(numbers, { ...options, accounts: ['9999'] }, accountKey));
    assert.deepEqual(learned, numbers);
  });

  it('are made keys at Schwab, too', () => {
    const listed = ['52810394', '90417263'].map((number) => ({ number, hash: 'A'.repeat(64) }));
    const { accounts } = chooseAtSchwab(listed, ['0394'], accountKey);
    assert.deepEqual(
      [accounts.map(({ number }) => number), learned],
      [['52810394'], ['52810394', '90417263']],
    );
    learned = [];
    assert.throws(() => chooseAtSchwab(listed, ['9999'], accountKey));
    assert.deepEqual(learned, ['52810394', '90417263']);
  });
});
