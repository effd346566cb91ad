import assert from 'node:assert/strict';
import { EMPTY_BOOK } from '../../src/feeds/book.js';
import { Wanted } from '../../src/feeds/wanted.js';
import { sampledAccount } from '../alerts/support.js';
import { T0 } from '../support/builders.js';
import { toldBalances, TOPICS } from './support.js';

describe('what is to stand on an MQTT broker', () => {
  it('leaves the document of a device alone, as long as another feed tells of the same account', () => {
    const { key } = sampledAccount();
    const device = TOPICS.deviceOf(key);
    const options = { topics: TOPICS, privacy: 'amounts', homeAssistant: true, book: EMPTY_BOOK } as const;
    const wanted = new Wanted(options, T0);
    wanted.connected(T0);
    wanted.hear(toldBalances({ netLiquidation: 1 }), null);
    const claim = { instance: 'nr-2', device, name_since: new Date(T0 - 1).toISOString(), ts_ms: T0 };
    const isNew = { at: T0, isNew: true };
    wanted.claim('brokerage/elsewhere/connection', JSON.stringify(claim), isNew);
    wanted.forget(key);
    const mayBeEmptied = (): boolean => wanted.mayEmpty(() => true)(TOPICS.discovery(device));
    assert.deepEqual([mayBeEmptied(), wanted.owns(TOPICS.discovery(device))], [false, false]);
    wanted.claim('brokerage/bridge/nr-2/status', 'offline', isNew);
    assert.deepEqual([mayBeEmptied(), wanted.owns(TOPICS.discovery(device))], [true, true]);
  });
});
