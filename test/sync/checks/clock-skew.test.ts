import assert from 'node:assert/strict';
import { START, MINUTE, Broker } from './asked-broker.js';

describe('the clock of a broker', () => {
  it('is doubted when it is more than two minutes ahead, or goes back by more', () => {
    const asOf = (broker: Broker, ms: number) =>
      broker.look({ from: { asOf: broker.at + MINUTE + ms } }).issues;
    const broker = new Broker();
    assert.deepEqual(asOf(broker, 2 * MINUTE), []);
    assert.deepEqual(
      asOf(broker, 3 * MINUTE),
      [
        {
          code: 'CLOCK_SKEW',
          severity: 'warning',
          message: `The broker's figures are of 2026-11-24T15:35:00.000Z, 3 minutes ahead of the clock of this machine: set the clock of this machine by NTP, and do not trust the age of these figures until then. (1 more like it.)`,
        },
      ].map((issue) => ({ ...issue, message: issue.message.replace('(1 more', '(3 more') })),
    );
    assert.deepEqual(asOf(broker, 0), []);
    assert.deepEqual(
      asOf(broker, -5 * MINUTE).map(({ code, message }) => [code, message.replace(/:[^:]*NTP.*/, '')]),
      [
        [
          'CLOCK_SKEW',
          "The broker's figures went back from 2026-11-24T15:33:00.000Z to 2026-11-24T15:29:00.000Z, by 4 minutes",
        ],
      ],
    );
    assert.deepEqual(asOf(broker, -5 * MINUTE), []);
  });

  it('is not doubted when it goes back by two minutes, or when no time is named', () => {
    const broker = new Broker().look({ from: { asOf: START } });
    assert.deepEqual(broker.look({ from: { asOf: START - 2 * MINUTE } }).codes, []);
    assert.deepEqual(broker.look({ from: { asOf: null } }).codes, []);
    assert.deepEqual(broker.look({ from: { asOf: START - 60 * MINUTE } }).codes, []);
  });

  it('is not compared with the clock of another source', () => {
    const broker = new Broker().look({ from: { asOf: START } });
    assert.deepEqual(broker.look({ from: { asOf: START - 86_400_000, via: 'flex' } }).codes, []);
  });
});
