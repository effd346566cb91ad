import assert from 'node:assert/strict';
import { withRules, withSilence, type QuietHours, type Sample } from '../../src/alerts/index.js';
import { instrument, order, position, T0 } from '../support/builders.js';
import { connectionIs, cushionOf, heldNow, openNow, stockAt } from './samples.js';
import { balancesSample, MINUTE_MS, rulesOf, sampledAccount, settingsOf, Stage, trust } from './support.js';

const HOUR_MS = 60 * MINUTE_MS;
const NIGHT: QuietHours = { from: 22 * 60, to: 7 * 60, timeZone: 'UTC' };
const EVENING = Date.UTC(2026, 0, 12, 20);
const LOW = { id: 'low', metric: 'cushion', operator: '<', threshold: 0.1 };
const CHEAP = { id: 'cheap', metric: 'marketPrice', operator: '<', threshold: 50 };

const told = (stage: Stage) => stage.take().map(({ alert }) => `${alert.ruleId} ${alert.state}`);
const edit = (stage: Stage, ...raw: readonly Readonly<Record<string, unknown>>[]) => {
  stage.settings = settingsOf(rulesOf(...raw), stage.settings.quietHours);
  stage.engine = withRules(stage.engine, stage.settings, stage.at).engine;
};

describe('a rule for market hours', () => {
  /** Of a Tuesday, in New York. */
  const at = (hour: number) => Date.UTC(2026, 10, 24, hour + 5);
  const fires = (given: Parameters<typeof instrument>[0], hour: number) => {
    const stage = new Stage(settingsOf(rulesOf({ ...CHEAP, marketHoursOnly: true })), at(hour));
    stage.sample(
      heldNow([position({ key: 'a', marketPrice: 40, instrument: instrument({ key: 'a', ...given }) })]),
    );
    stage.pass(MINUTE_MS);
    return told(stage).length > 0;
  };

  it('is judged while the US market is open for what trades there, and always for all else', () => {
    for (const assetClass of ['stock', 'etf', 'option', 'mutual_fund'] as const) {
      assert.equal(fires({ assetClass }, 12), true, assetClass);
      assert.equal(fires({ assetClass }, 20), false, assetClass);
      assert.equal(fires({ assetClass, currency: 'EUR' }, 20), true, assetClass);
    }
    assert.equal(fires({ currency: null }, 20), false);
    for (const assetClass of ['future', 'crypto', 'forex'] as const)
      assert.equal(fires({ assetClass }, 20), true);
  });

  it('says nothing of figures that are missing outside of them', () => {
    const rule = { ...LOW, marketHoursOnly: true, noData: { alertAfterSeconds: 60 } };
    const stage = new Stage(settingsOf(rulesOf(rule)), at(17));
    stage.sample(cushionOf(null));
    stage.pass(2 * HOUR_MS);
    assert.deepEqual(told(stage), []);
  });
});

describe('figures that are missing', () => {
  const rule = { ...LOW, severity: 'critical', cooldownSeconds: 600, noData: { alertAfterSeconds: 300 } };

  it('are told after as long as the rule says, as a warning, with the end of it, and again after the cooldown', () => {
    const stage = new Stage(settingsOf(rulesOf(rule)));
    stage.sample(cushionOf(null));
    stage.pass(299_000);
    assert.deepEqual(told(stage), []);
    stage.pass(MINUTE_MS);
    const [first] = stage.sent;
    assert.equal(first?.topic, 'IBKR main: no data for margin cushion');
    assert.equal(first.alert.severity, 'warning');
    assert.deepEqual(told(stage), ['low firing']);
    stage.sample(cushionOf(0.5));
    stage.pass(MINUTE_MS);
    const [end] = stage.sent;
    assert.equal(end?.topic, 'IBKR main: data for margin cushion are back');
    assert.equal(end.alert.id, first.alert.id);
    assert.deepEqual(told(stage), ['low resolved']);
    stage.sample(cushionOf(null));
    stage.pass(6 * MINUTE_MS);
    const [again] = stage.sent;
    assert.notEqual(again?.alert.id, first.alert.id);
    assert.deepEqual(told(stage), []);
    stage.pass(10 * MINUTE_MS);
    assert.deepEqual(told(stage), ['low firing']);
  });

  it('wake nobody, however urgent the figures would be', () => {
    const stage = new Stage(settingsOf(rulesOf(rule), NIGHT), EVENING);
    stage.tickMs = MINUTE_MS;
    stage.sample(cushionOf(0.5));
    stage.pass(3 * HOUR_MS);
    stage.sample(cushionOf(null));
    stage.pass(7 * HOUR_MS);
    assert.deepEqual(told(stage), []);
    stage.pass(2 * HOUR_MS);
    assert.deepEqual(told(stage), ['low firing']);
  });

  it('are not told while they come and go', () => {
    const stage = new Stage(settingsOf(rulesOf(rule)));
    for (let time = 0; time < 5; time++) {
      stage.sample(cushionOf(null));
      stage.pass(4 * MINUTE_MS);
      stage.sample(cushionOf(0.5));
      stage.pass(MINUTE_MS);
    }
    assert.deepEqual(told(stage), []);
    assert.equal(stage.engine.keys.size, 0);
  });
});

describe('an alert about something that is gone', () => {
  it('ends when the thing is, and is forgotten with its cooldown', () => {
    const stage = new Stage(settingsOf(rulesOf(CHEAP)));
    stage.sample(heldNow([stockAt('A', 40), stockAt('B', 60)]));
    stage.pass(MINUTE_MS);
    stage.sample(heldNow([stockAt('B', 60)]));
    stage.pass(MINUTE_MS);
    const [, end] = stage.sent;
    assert.equal(end?.topic, 'IBKR main A: price, ended: it is no longer there');
    assert.equal(end.alert.value, null);
    assert.deepEqual(told(stage), ['cheap firing', 'cheap resolved']);
    stage.pass(20 * MINUTE_MS);
    assert.equal(stage.engine.keys.size, 0);
  });

  it('ends for an order that has ended', () => {
    const stuck = order({ status: 'pending' });
    const stage = new Stage(
      settingsOf(rulesOf({ id: 'stuck', metric: 'orderPendingSeconds', operator: '>', threshold: 60 })),
    );
    stage.sample(openNow([stuck]));
    stage.pass(3 * MINUTE_MS);
    stage.sample(openNow([order({ status: 'filled' })]));
    stage.pass(MINUTE_MS);
    assert.deepEqual(told(stage), ['stuck firing', 'stuck resolved']);
  });

  it('that had ended at night is told in the morning as ended, and not as gone', () => {
    const stage = new Stage(settingsOf(rulesOf(CHEAP), NIGHT), EVENING);
    stage.tickMs = MINUTE_MS;
    stage.sample(heldNow([stockAt('A', 40)]));
    stage.pass(3 * HOUR_MS);
    assert.deepEqual(told(stage), ['cheap firing']);
    stage.sample(heldNow([stockAt('A', 60)]));
    stage.pass(HOUR_MS);
    stage.sample(heldNow([]));
    stage.pass(8 * HOUR_MS);
    assert.deepEqual(
      stage.sent.map(({ topic }) => topic),
      ['IBKR main A: price unknown (was < 50 USD), ended'],
    );
  });

  it('goes on where only a list that is not whole, or not live, lacks it', () => {
    for (const more of [{ complete: false }, { trust: trust({ stale: true }) }]) {
      const stage = new Stage(settingsOf(rulesOf(CHEAP)));
      stage.sample(heldNow([stockAt('A', 40)]));
      stage.pass(MINUTE_MS);
      stage.sample(heldNow([], more));
      stage.pass(HOUR_MS);
      assert.deepEqual(told(stage), ['cheap firing']);
    }
  });
});

describe('a rule that is removed or changed', () => {
  it('ends what it had told, and says so, unless it tells no ends', () => {
    for (const [rule, ends] of [
      [LOW, ['low resolved']],
      [{ ...LOW, resolveMessage: false }, []],
      [{ ...LOW, forSeconds: 3_600 }, []],
    ] as const) {
      const stage = new Stage(settingsOf(rulesOf(rule)));
      stage.sample(cushionOf(0.01));
      stage.pass(MINUTE_MS);
      stage.take();
      edit(stage);
      stage.pass(MINUTE_MS);
      assert.deepEqual(told(stage), ends);
      assert.equal(stage.engine.keys.size, 0);
    }
  });

  it('says why it has ended', () => {
    const topics = (...raw: readonly Readonly<Record<string, unknown>>[]) => {
      const stage = new Stage(settingsOf(rulesOf(LOW)));
      stage.sample(cushionOf(0.01));
      stage.pass(MINUTE_MS);
      stage.take();
      edit(stage, ...raw);
      stage.pass(MINUTE_MS);
      return stage.take().map(({ topic }) => topic);
    };
    assert.deepEqual(topics(), [
      'IBKR main: margin cushion 1 % (was < 10 %), ended: its rule was removed or switched off',
    ]);
    assert.deepEqual(topics({ ...LOW, threshold: 0.001 }), [
      'IBKR main: margin cushion 1 % (was < 10 %), ended: its rule was changed',
    ]);
  });

  it('tells in the morning the end of what had ended at night, though its rule is gone', () => {
    const stage = new Stage(settingsOf(rulesOf(LOW), NIGHT), EVENING);
    stage.tickMs = MINUTE_MS;
    stage.sample(cushionOf(0.01));
    stage.pass(3 * HOUR_MS);
    stage.sample(cushionOf(0.5));
    stage.pass(HOUR_MS);
    assert.deepEqual(told(stage), ['low firing']);
    edit(stage);
    stage.pass(8 * HOUR_MS);
    assert.deepEqual(told(stage), ['low resolved']);
  });

  it('leaves the others alone', () => {
    const stage = new Stage(settingsOf(rulesOf(LOW, CHEAP)));
    stage.sample(cushionOf(0.01));
    stage.sample(heldNow([stockAt('A', 40)]));
    stage.pass(MINUTE_MS);
    assert.deepEqual(told(stage), ['low firing', 'cheap firing']);
    edit(stage, LOW);
    stage.pass(MINUTE_MS);
    assert.deepEqual(told(stage), ['cheap resolved']);
    stage.sample(cushionOf(0.5));
    stage.pass(MINUTE_MS);
    assert.deepEqual(told(stage), ['low resolved']);
  });
});

describe('a rule about happenings', () => {
  const ORDERS = { id: 'orders', metric: 'orderStatus', operator: 'event', cooldownSeconds: 0 };
  const became = (eventId: string, given: Parameters<typeof order>[0] = {}): ((at: number) => Sample) => {
    const [before, after] = [order(), order({ status: 'rejected', ...given })];
    return (at) => ({
      of: 'orders',
      at,
      account: sampledAccount(),
      trust: trust(),
      orders: [],
      complete: false,
      changes: [{ of: 'orders', change: 'closed', before, after, eventId }],
    });
  };
  /** A stage that has known the account for ten minutes. */
  const listening = (...raw: readonly Readonly<Record<string, unknown>>[]) => {
    const stage = new Stage(settingsOf(rulesOf(...raw)));
    stage.sample(cushionOf(0.5));
    stage.pass(10 * MINUTE_MS);
    return stage;
  };
  const hears = (raw: Readonly<Record<string, unknown>>) => {
    const stage = listening({ ...ORDERS, ...raw });
    stage.sample(became('e1'));
    stage.pass(MINUTE_MS);
    return told(stage).length > 0;
  };

  it('hears of what it means, and of nothing else', () => {
    assert.equal(hears({}), true);
    assert.equal(hears({ threshold: ['filled', 'rejected'] }), true);
    assert.equal(hears({ threshold: ['filled'] }), false);
    assert.equal(hears({ operator: 'vanished' }), true);
    assert.equal(hears({ operator: 'appeared' }), false);
    assert.equal(hears({ scope: { account: 'IBKR main' } }), true);
    assert.equal(hears({ scope: { account: 'Other' } }), false);
    // An order without legs is of no symbol and no class.
    assert.equal(hears({ scope: { symbol: 'AAPL' } }), false);
    assert.equal(hears({ scope: { assetClass: 'stock' } }), false);
  });

  it('is told once of each event, and of all that came during its cooldown after it', () => {
    const stage = listening({ ...ORDERS, cooldownSeconds: 600 });
    stage.sample(became('e1'));
    stage.sample(became('e1'));
    stage.pass(MINUTE_MS);
    assert.equal(stage.take().length, 1);
    stage.sample(became('e2'));
    stage.sample(became('e3'));
    stage.pass(8 * MINUTE_MS);
    assert.deepEqual(stage.take(), []);
    stage.pass(2 * MINUTE_MS);
    assert.deepEqual(
      stage.take().map(({ alert }) => alert.count),
      [2],
    );
    stage.pass(HOUR_MS);
    assert.equal(stage.engine.keys.size, 0);
  });

  it('waits while it is silenced, and then tells what happened meanwhile', () => {
    const stage = listening(ORDERS);
    stage.engine = withSilence(
      stage.engine,
      { ruleId: 'orders' },
      { at: stage.at, until: stage.at + HOUR_MS },
    );
    stage.sample(became('e1'));
    stage.pass(59 * MINUTE_MS);
    assert.deepEqual(told(stage), []);
    stage.pass(2 * MINUTE_MS);
    assert.deepEqual(told(stage), ['orders firing']);
  });

  it('takes what comes with the first figures of an account for old, when it names no time', () => {
    const stage = new Stage(settingsOf(rulesOf(ORDERS)));
    stage.sample(became('e1'));
    stage.pass(MINUTE_MS);
    assert.deepEqual(told(stage), []);
    stage.sample(became('e2', { updatedAt: new Date(T0 - HOUR_MS).toISOString() }));
    stage.sample(became('e3', { updatedAt: new Date(T0 + 1_000).toISOString() }));
    stage.pass(MINUTE_MS);
    assert.deepEqual(told(stage), ['orders firing']);
  });

  it('knows the tags that are its own, by how they begin', () => {
    const stage = listening({
      id: 'tags',
      metric: 'orderTag',
      operator: 'event',
      threshold: ['API_', 'mine'],
      cooldownSeconds: 0,
    });
    for (const [index, tag] of ['API_TOS', 'mine', 'TOS_API', 'API'].entries())
      stage.sample((at) => ({
        of: 'orders',
        at,
        account: sampledAccount(),
        trust: trust(),
        orders: [],
        complete: false,
        changes: [
          { of: 'orders', change: 'opened', before: null, after: order({ tag }), eventId: `t${index}` },
        ],
      }));
    stage.pass(MINUTE_MS);
    const [message] = stage.take();
    assert.deepEqual(
      [message?.alert.count, message?.payload.includes('TOS_API'), message?.payload.includes('mine')],
      [2, true, false],
    );
  });
});

describe('a new account', () => {
  const rule = { id: 'new', metric: 'account', operator: 'appeared', cooldownSeconds: 0 };
  const of = (key: string) => (at: number) =>
    balancesSample(at, {}, { account: sampledAccount({ key, label: key }) });

  it('is told when others have been known for a minute', () => {
    const stage = new Stage(settingsOf(rulesOf(rule)));
    stage.sample(of('a'));
    stage.pass(MINUTE_MS - 1_000);
    stage.sample(of('b'));
    stage.pass(MINUTE_MS);
    assert.deepEqual(told(stage), []);
    stage.sample(of('c'));
    stage.sample(of('a'));
    stage.pass(MINUTE_MS);
    assert.deepEqual(
      stage.take().map(({ topic }) => topic),
      ['c: the account c appeared'],
    );
  });
});

describe('an order rule', () => {
  it('is about orders with a leg that it means', () => {
    const legs = ['AAPL', 'MSFT'].map((symbol) => ({
      instrument: instrument({ key: symbol, symbol }),
      side: 'buy' as const,
      positionEffect: null,
      ratio: 1,
      quantity: 1,
      filledQuantity: null,
      averageFillPrice: null,
    }));
    const fires = (scope: Readonly<Record<string, string>>, own = legs) => {
      const stage = new Stage(
        settingsOf(rulesOf({ metric: 'orderPendingSeconds', operator: '>', threshold: 60, scope })),
      );
      stage.sample(openNow([order({ status: 'pending', legs: own })]));
      stage.pass(3 * MINUTE_MS);
      return told(stage).length > 0;
    };
    assert.equal(fires({}), true);
    assert.equal(fires({}, []), true);
    assert.equal(fires({ symbol: 'MSFT' }), true);
    assert.equal(fires({ symbol: 'IBM' }), false);
    assert.equal(fires({ assetClass: 'option' }), false);
    assert.equal(fires({ symbol: 'MSFT' }, []), false);
  });
});

describe('rules about connections', () => {
  it('are about all of them, whatever their scope', () => {
    const stage = new Stage(
      settingsOf(
        rulesOf({
          id: 'lost',
          metric: 'connectionDownSeconds',
          operator: '>',
          threshold: 60,
          scope: { account: 'Other' },
        }),
      ),
    );
    stage.sample(connectionIs({ state: 'down' }));
    stage.pass(3 * MINUTE_MS);
    assert.deepEqual(told(stage), ['lost firing']);
  });
});
