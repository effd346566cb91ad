import assert from 'node:assert/strict';
import type { AlertMessage } from '../../src/alerts/text/message.js';
import { alertEvent } from '../../src/feeds/alert-event.js';
import { EVENT_TYPES } from '../../src/feeds/event-types.js';
import { METRICS } from '../../src/alerts/metrics.js';
import { testMessage } from '../../src/node-red/alert/test-message.js';
import { T0 } from '../support/builders.js';

function message(given: Partial<AlertMessage['alert']> = {}): AlertMessage {
  const plain = testMessage(null, T0);
  return {
    ...plain,
    topic: 'IBKR main: net liquidation 105,234 USD (< 110,000 USD)',
    payload: 'IBKR main: net liquidation 105,234 USD (< 110,000 USD)\nSince today.',
    title: 'Critical: poor',
    alert: {
      ...plain.alert,
      id: '00112233aabbccdd',
      metric: 'netLiquidation',
      value: 105_234,
      threshold: 110_000,
      unit: 'money',
      account: { key: 'a1b2c3d4e5f6', label: 'IBKR main' },
      ...given,
    },
  };
}
const asTold = { account: 'ibkr_main', instance: 'nr-1', privacy: 'amounts' } as const;

describe('an alert as an event', () => {
  it('keeps its id, and is flat', () => {
    const event = alertEvent(message(), asTold);
    assert.deepEqual(
      [
        event['id'],
        event['event_type'],
        event['alert_state'],
        event['value'],
        event['threshold'],
        event['account'],
      ],
      ['00112233aabbccdd', 'net_liquidation', 'firing', 105_234, 110_000, 'ibkr_main'],
    );
    for (const value of Object.values(event)) assert.ok(value === null || typeof value !== 'object');
  });

  it('has a type that Home Assistant was told of, for each metric and for what has none, at its beginning and at its end', () => {
    for (const metric of [...Object.keys(METRICS), 'execution', 'something new', null])
      for (const state of ['firing', 'resolved'] as const)
        assert.ok(EVENT_TYPES.includes(String(alertEvent(message({ metric, state }), asTold)['event_type'])));
    assert.equal(new Set(EVENT_TYPES).size, EVENT_TYPES.length);
  });

  it('says no amount where none is to be published, and shares all the same', () => {
    const discreet = { account: 'ibkr_main', instance: 'nr-1', privacy: 'relative' } as const;
    const event = alertEvent(message(), discreet);
    assert.doesNotMatch(JSON.stringify(event), /105|110/);
    assert.equal(event['message'], 'IBKR main: Critical: poor');
    const share = alertEvent(
      message({ metric: 'cushion', unit: 'fraction', value: 0.04, threshold: 0.05 }),
      discreet,
    );
    assert.deepEqual([share['value'], share['threshold']], [0.04, 0.05]);
  });
});
