import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Sample } from '../../src/alerts/sample.js';
import { EMPTY_FEED, heard, nothingOf, type Feed } from '../../src/feeds/feed.js';
import type { Privacy } from '../../src/feeds/leaf.js';
import { Retained } from '../../src/feeds/retained.js';
import { accountTree, type Tree } from '../../src/feeds/tree.js';
import { parseJson } from '../../src/secrets/json.js';
import { sampledAccount } from '../alerts/support.js';
import { instrument, leg, order, position, T0 } from '../support/builders.js';
import { toldBalances, toldOrders, toldPositions, toldStatus, TOPICS } from './support.js';

const known = { name: 'ibkr_main', since: null };

function feedOf(...samples: readonly Sample[]): Feed {
  return samples.reduce((feed, sample) => heard(feed, sample), EMPTY_FEED);
}

function treeOf(feed: Feed, { at = T0, privacy = 'amounts' }: { at?: number; privacy?: Privacy } = {}): Tree {
  const account = feed.accounts.get(sampledAccount().key) ?? nothingOf(sampledAccount());
  return accountTree(account, feed, { topics: TOPICS, known, privacy, at });
}

function payload(tree: Tree, topic: string): Readonly<Record<string, unknown>> {
  const parsed: unknown = parseJson(tree.get(`brokerage/ibkr_main/${topic}`)?.text ?? '');
  assert.ok(typeof parsed === 'object' && parsed !== null, `nothing stands in ${topic}`);
  return Object.fromEntries(Object.entries(parsed));
}

const topicsOf = (tree: Tree): readonly string[] =>
  [...tree.keys()].map((topic) => topic.replace('brokerage/ibkr_main/', ''));

describe('what the topics of an account hold', () => {
  it('is every figure of the balances, flat, with the time of the figures', () => {
    const feed = feedOf(
      toldBalances(
        { netLiquidation: 100_000, totalCash: 25_000, cushion: 0.832, dayPnl: -1_000, buyingPower: 48_000 },
        { trust: { asOf: T0 - 5_000 } },
      ),
      toldOrders([order(), order({ key: '1002', status: 'filled' })]),
    );
    assert.deepEqual(payload(treeOf(feed), 'summary'), {
      account: 'ibkr_main',
      label: 'IBKR main',
      source: 'ibkr',
      instance: 'nr-12345678',
      currency: 'USD',
      net_liquidation: 100_000,
      cash: 25_000,
      buying_power: 48_000,
      available_funds: null,
      excess_liquidity: null,
      initial_margin: null,
      maintenance_margin: null,
      gross_position_value: null,
      leverage: null,
      margin_cushion_pct: 83.2,
      cash_pct: 25,
      day_pnl: -1_000,
      day_pnl_pct: -0.990099009901,
      unrealized_pnl: null,
      realized_pnl: null,
      positions: null,
      open_orders: 1,
      quality: 'live',
      stale: false,
      ts: new Date(T0 - 5_000).toISOString(),
      ts_ms: T0 - 5_000,
    });
  });

  it('is null, and never 0 or nothing, where a figure is not known', () => {
    const keys = Object.keys(payload(treeOf(feedOf(toldBalances({ netLiquidation: 1 }))), 'summary'));
    const unknown = payload(treeOf(feedOf(toldBalances({}))), 'summary');
    assert.deepEqual(Object.keys(unknown), keys);
    const numbers = ['net_liquidation', 'cash', 'day_pnl', 'day_pnl_pct', 'positions', 'open_orders'];
    assert.deepEqual(
      numbers.map((key) => unknown[key]),
      numbers.map(() => null),
    );
  });

  it('names a position in words of the market, and a contract by its underlying', () => {
    const call = instrument({
      key: '900',
      symbol: 'AAPL  261218C00250000',
      assetClass: 'option',
      underlying: 'AAPL',
      expiry: '2026-12-18',
      strike: 250,
      right: 'call',
    });
    const feed = feedOf(toldPositions([position(), position({ key: '900', instrument: call })]));
    assert.deepEqual(topicsOf(treeOf(feed)), [
      'connection',
      'positions/aapl_stock_usd',
      'positions/aapl_option_usd_2026_12_18_250_call',
    ]);
    const held = payload(treeOf(feed), 'positions/aapl_stock_usd');
    assert.deepEqual(
      [held['quantity'], held['market_value'], held['avg_cost'], held['unrealized_pnl_pct'], held['stale']],
      [10, 1_000, 90, 100 / 9, false].map((value) => (value === 100 / 9 ? 11.1111111111 : value)),
    );
  });

  it('keeps two positions apart that have one name', () => {
    const feed = feedOf(toldPositions([position({ key: '1' }), position({ key: '2', quantity: -3 })]));
    assert.deepEqual(topicsOf(treeOf(feed)).slice(1), [
      'positions/aapl_stock_usd-1',
      'positions/aapl_stock_usd-2',
    ]);
  });

  it('holds orders while they are open', () => {
    const open = order({ legs: [leg('265598')] });
    const feed = feedOf(toldOrders([open, order({ key: '1002', status: 'canceled' })]));
    assert.deepEqual(topicsOf(treeOf(feed)), ['connection', 'orders/1001']);
    const { limit_price, symbol, status } = payload(treeOf(feed), 'orders/1001');
    assert.deepEqual([limit_price, symbol, status], [95, 'AAPL', 'working']);
  });

  it('says of an account that was not heard of since the start that what stands there is old, and knows no more', () => {
    const { connected, data_age_s, reason, stale, state } = payload(treeOf(EMPTY_FEED), 'connection');
    assert.deepEqual([connected, data_age_s, stale, state], [null, null, true, null]);
    assert.match(String(reason), /what stands here is from before/);
  });

  it('says how the connection is, in the words of the topic', () => {
    const down = feedOf(toldBalances({}), toldStatus({ state: 'login-required', reason: 'Log in again.' }));
    const { connected, reason, state } = payload(treeOf(down), 'connection');
    assert.deepEqual([connected, state, reason], [false, 'auth_required', 'Log in again.']);
    const live = payload(treeOf(feedOf(toldBalances({}), toldStatus({}))), 'connection');
    assert.deepEqual(
      [live['connected'], live['state'], live['stale'], live['reason']],
      [true, 'connected', false, null],
    );
  });

  it('grows old only while the figures are stale: silence of live ones is no age', () => {
    const live = feedOf(toldBalances({}), toldStatus({}));
    assert.equal(payload(treeOf(live, { at: T0 + 60_000 }), 'connection')['data_age_s'], 0);
    const stale = feedOf(
      toldBalances({}, { trust: { stale: true, staleSeconds: 30 } }),
      toldStatus({ state: 'down' }),
    );
    const { data_age_s, stale: isStale } = payload(treeOf(stale, { at: T0 + 60_000 }), 'connection');
    assert.deepEqual([data_age_s, isStale], [90, true]);
  });

  it('is no news when only time has passed', () => {
    const feed = feedOf(toldBalances({ netLiquidation: 1 }), toldStatus({ state: 'down' }));
    const news = (at: number): readonly (string | undefined)[] =>
      ['summary', 'connection'].map(
        (topic) => treeOf(feed, { at }).get(`brokerage/ibkr_main/${topic}`)?.news,
      );
    assert.deepEqual(news(T0), news(T0 + 3_600_000));
  });

  it('hears of single changes what has changed, and does not take what it was not told for gone', () => {
    const told = feedOf(toldPositions([position({ key: '1' }), position({ key: '2' })]));
    const closed = heard(told, {
      of: 'positions',
      at: T0,
      account: sampledAccount(),
      trust: { quality: 'live', stale: false, staleSeconds: 0, asOf: T0, issues: [] },
      positions: [position({ key: '1' })],
      complete: false,
      changes: [
        { of: 'positions', eventId: 'e', change: 'closed', before: position({ key: '1' }), after: null },
      ],
    });
    assert.deepEqual(
      [...(closed.accounts.get(sampledAccount().key)?.positions?.figures.keys() ?? [])],
      ['2'],
    );
  });

  it('publishes no amount, no quantity and no price paid where only shares are wanted', () => {
    const amounts = fc.double({ min: 1_000, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(amounts, amounts, amounts, (netLiquidation, totalCash, quantity) => {
        const feed = feedOf(
          toldBalances({ netLiquidation, totalCash, dayPnl: totalCash, cushion: 0.5, buyingPower: quantity }),
          toldPositions([
            position({ quantity, averagePrice: totalCash, portfolioPercent: 12.5, marketPrice: 7 }),
          ]),
          toldOrders([order({ quantity, limitPrice: totalCash, filledQuantity: quantity / 2 })]),
        );
        const shown = [...treeOf(feed, { privacy: 'relative' }).keys()].map((topic) =>
          payload(treeOf(feed, { privacy: 'relative' }), topic.replace('brokerage/ibkr_main/', '')),
        );
        const full = payload(treeOf(feed), 'summary');
        assert.deepEqual(Object.keys(shown[1] ?? {}), Object.keys(full));
        for (const one of shown)
          for (const [key, value] of Object.entries(one))
            if (typeof value === 'number')
              assert.match(
                key,
                /_pct$|^(ts_ms|data_age_s|price|multiplier|positions|open_orders|strike|leverage|legs)$/,
              );
        assert.equal(shown[1]?.['margin_cushion_pct'], 50);
      }),
      { numRuns: 50 },
    );
  });

  it('is sent again every minute, as it is, while nothing new is told: balances and connection, and not what lists hold', () => {
    const feed = feedOf(toldBalances({}), toldPositions([position()]), toldStatus({}));
    const retained = new Retained();
    const sent = (at: number): readonly string[] => {
      retained.want(treeOf(feed, { at }), () => true);
      const topics: string[] = [];
      for (let next = retained.next(); next !== null; next = retained.next()) {
        topics.push(next.topic.split('/')[2] ?? '');
        retained.delivered(next.topic);
      }
      return topics.toSorted();
    };
    assert.deepEqual(sent(T0), ['connection', 'positions', 'summary']);
    assert.deepEqual(sent(T0 + 59_000), []);
    assert.deepEqual(sent(T0 + 60_000), ['connection', 'summary']);
    assert.equal(payload(treeOf(feed, { at: T0 + 60_000 }), 'summary')['ts_ms'], T0);
  });
});
