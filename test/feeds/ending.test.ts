import assert from 'node:assert/strict';
import { EMPTY_BOOK } from '../../src/feeds/book.js';
import type { Privacy } from '../../src/feeds/leaf.js';
import { Wanted } from '../../src/feeds/wanted.js';
import { parseJson } from '../../src/secrets/json.js';
import { position, T0 } from '../support/builders.js';
import { sampledAccount } from '../alerts/support.js';
import { toldPositions, TOPICS } from './support.js';

const LATER = T0 + 60_000;

function holding(privacy: Privacy = 'amounts'): Wanted {
  const wanted = new Wanted({ topics: TOPICS, privacy, homeAssistant: false, book: EMPTY_BOOK }, T0);
  wanted.hear(toldPositions([position({ quantity: 3, marketPrice: 7, portfolioPercent: 2 })]), null);
  return wanted;
}

const topicOf = (wanted: Wanted): string =>
  [...wanted.tree(T0, 0).keys()].find((topic) => topic.includes('/positions/')) ?? assert.fail('no position');

function said(wanted: Wanted, topic: string): Readonly<Record<string, unknown>> | null {
  const parsed: unknown = parseJson(wanted.endingOf(topic, LATER) ?? '');
  return typeof parsed === 'object' && parsed !== null ? Object.fromEntries(Object.entries(parsed)) : null;
}

describe('the last message of a position', () => {
  it('says that nothing of it is held, when it is closed, with every key that it had', () => {
    const wanted = holding();
    const topic = topicOf(wanted);
    const before = parseJson(wanted.tree(T0, 0).get(topic)?.text ?? '');
    wanted.hear(toldPositions([], { at: LATER }), null);
    const last = said(wanted, topic);
    assert.deepEqual(Object.keys(last ?? {}), Object.keys(Object(before)));
    const { market_value, portfolio_pct, price, quantity, stale, symbol, ts_ms } = last ?? {};
    assert.deepEqual(
      { market_value, portfolio_pct, price, quantity, stale, symbol, ts_ms },
      {
        market_value: 0,
        portfolio_pct: 0,
        price: null,
        quantity: 0,
        stale: false,
        symbol: position().instrument.symbol,
        ts_ms: LATER,
      },
    );
  });

  it('is said of one that an earlier run has left there', () => {
    const wanted = holding();
    const topic = `${topicOf(wanted)}_before`;
    wanted.found(topic, '{"symbol":"OLD","quantity":5,"ts":"2026-11-24T15:00:00.000Z","ts_ms":1}');
    const { quantity, symbol, ts_ms } = said(wanted, topic) ?? {};
    assert.deepEqual({ quantity, symbol, ts_ms }, { quantity: 0, symbol: 'OLD', ts_ms: LATER });
  });

  it('hides the quantity where no amounts are published, and says that its share is nothing', () => {
    const wanted = holding('relative');
    const topic = topicOf(wanted);
    wanted.hear(toldPositions([], { at: LATER }), null);
    const { portfolio_pct, quantity } = said(wanted, topic) ?? {};
    assert.deepEqual({ portfolio_pct, quantity }, { portfolio_pct: 0, quantity: null });
  });

  it('is not said of one that is held, of one that nobody tells of any more, and of what is no position', () => {
    const wanted = holding();
    const topic = topicOf(wanted);
    assert.equal(said(wanted, topic), null);
    wanted.found(`${topic}_before`, 'what is this');
    assert.equal(said(wanted, `${topic}_before`), null);
    wanted.doubt(sampledAccount().key, LATER);
    assert.equal(said(wanted, topic), null);
  });

  it('is forgotten when the position is back, and when its topic is empty', () => {
    const wanted = holding();
    const topic = topicOf(wanted);
    wanted.hear(toldPositions([]), null);
    wanted.hear(toldPositions([position()]), null);
    assert.equal(said(wanted, topic), null);
    wanted.hear(toldPositions([]), null);
    assert.notEqual(said(wanted, topic), null);
    wanted.emptied(topic);
    assert.equal(said(wanted, topic), null);
  });

  it('is not forgotten when figures arrive that were on their way before the end', () => {
    const wanted = holding();
    const topic = topicOf(wanted);
    wanted.hear(toldPositions([]), null);
    wanted.delivered(topic);
    assert.notEqual(said(wanted, topic), null);
  });
});
