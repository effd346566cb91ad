import assert from 'node:assert/strict';
import { order } from '../support/builders.js';
import { connectionIs, cushionOf, openNow, type Coming } from './samples.js';
import { MINUTE_MS, rulesOf, sampledAccount, settingsOf, Stage, trust } from './support.js';

const LOW = { id: 'low', metric: 'cushion', operator: '<', threshold: 0.1 };
const LOST = { id: 'lost', metric: 'connectionDownSeconds', operator: '>', threshold: 60 };
const LOGIN = { id: 'login', metric: 'loginHoursLeft', operator: '<=', threshold: 6 };
const ERRORS = { id: 'errors', metric: 'apiErrorPercent', operator: '>', threshold: 20 };
const OLD_ORDER = { id: 'order', metric: 'orderAgeSeconds', operator: '>', threshold: 60 };
const OLD_DATA = { id: 'data', metric: 'dataAgeSeconds', operator: '>', threshold: 60 };

/** What fires of these rules when one sample comes after the other, ten minutes apart. */
function told(
  rules: readonly Readonly<Record<string, unknown>>[],
  ...samples: readonly Coming[]
): readonly string[] {
  const stage = new Stage(settingsOf(rulesOf(...rules)));
  for (const sample of samples) {
    stage.sample(sample);
    stage.pass(10 * MINUTE_MS);
  }
  return stage
    .take()
    .map(({ alert }) => `${alert.ruleId} ${alert.state}`)
    .toSorted((a, b) => a.localeCompare(b));
}

const low = (connection: string | null) => cushionOf(0.01, { account: sampledAccount({ connection }) });
const down = connectionIs({ state: 'down' });
const other = { key: 'c2', broker: 'schwab' };

describe('an alert that a lost connection explains', () => {
  it('waits while the connection of its own account is lost, named or not', () => {
    assert.deepEqual(told([LOW, LOST], down, low('c1')), ['lost firing']);
    assert.deepEqual(told([LOW, LOST], down, connectionIs({}, other), low(null)), ['lost firing']);
  });

  it('does not wait for the connection of another broker, or one of two that may be its own', () => {
    const lostElsewhere = connectionIs({ state: 'down' }, other);
    assert.deepEqual(told([LOW, LOST], lostElsewhere, connectionIs({}), low('c1')), [
      'lost firing',
      'low firing',
    ]);
    assert.deepEqual(told([LOW, LOST], lostElsewhere, connectionIs({}), low(null)), [
      'lost firing',
      'low firing',
    ]);
    assert.deepEqual(told([LOW, LOST], lostElsewhere, low(null)), ['lost firing', 'low firing']);
    const second = connectionIs({}, { key: 'c2' });
    assert.deepEqual(told([LOW, LOST], down, second, low(null)), ['lost firing', 'low firing']);
    assert.deepEqual(told([LOW, LOST], down, low('unheard of')), ['lost firing']);
  });

  it('does not wait for a connection that nobody wants to hear of, or that is not lost for long enough', () => {
    assert.deepEqual(told([LOW], down, low('c1')), ['low firing']);
    assert.deepEqual(told([LOW, { ...LOST, threshold: 86_400 }], down, low('c1')), ['low firing']);
  });

  it('waits until the connection is back for as long as it must be', () => {
    const slow = { ...LOST, keepFiringSeconds: 15 * 60 };
    assert.deepEqual(told([LOW, slow], down, low('c1'), connectionIs({})), ['lost firing']);
    assert.deepEqual(told([LOW, slow], down, low('c1'), connectionIs({}), connectionIs({})), [
      'lost firing',
      'lost resolved',
      'low firing',
    ]);
  });
});

describe('an alert that the end of a sign-in explains', () => {
  it('is that of the lost connection, and no other', () => {
    const over = connectionIs({ state: 'login-required', apiErrorPercent: 50 });
    assert.deepEqual(told([LOGIN, LOST, ERRORS], over), ['errors firing', 'login firing']);
  });

  it('does not wait while the sign-in has only come near its end', () => {
    const near: Coming = (at) => connectionIs({ state: 'down', loginExpiresAt: at + 4 * 3_600_000 })(at);
    assert.deepEqual(told([LOGIN, LOST], near), ['login firing', 'lost firing']);
  });
});

describe('an alert while IBKR resets the account', () => {
  const issue = (code: 'ACCOUNT_RESETTING' | 'TRUNCATED') =>
    ({ code, severity: 'warning', message: '' }) as const;
  const resetting = { trust: trust({ issues: [issue('TRUNCATED'), issue('ACCOUNT_RESETTING')] }) };
  const fresh: Coming = (at) => openNow([order({ createdAt: new Date(at - 86_400_000).toISOString() })])(at);

  it('waits where its figure is one of the account, of whatever kind', () => {
    assert.deepEqual(told([LOW], cushionOf(0.01, resetting)), []);
    assert.deepEqual(told([OLD_ORDER], cushionOf(0.5, resetting), fresh), []);
    assert.deepEqual(told([LOW], cushionOf(0.01, { trust: trust({ issues: [issue('TRUNCATED')] }) })), [
      'low firing',
    ]);
  });

  it('comes where it is about the age of figures, or a connection', () => {
    const stale = { trust: { ...resetting.trust, stale: true, staleSeconds: 600 } };
    assert.deepEqual(told([OLD_DATA, LOST], cushionOf(0.01, stale), down), ['data firing', 'lost firing']);
  });
});

describe('an alert beside a more urgent one of the same figure', () => {
  it('waits when it is less urgent, and not when both are as urgent', () => {
    const critical = { ...LOW, id: 'critical', severity: 'critical' };
    const rule = (severity: string) => ({ ...LOW, id: 'other', threshold: 0.2, severity });
    assert.deepEqual(told([critical, rule('info')], cushionOf(0.01)), ['critical firing']);
    assert.deepEqual(told([critical, rule('critical')], cushionOf(0.01)), [
      'critical firing',
      'other firing',
    ]);
    assert.deepEqual(told([LOW, rule('info')], cushionOf(0.01)), ['low firing', 'other firing']);
    assert.deepEqual(
      told([{ ...critical, keepFiringSeconds: 900 }, rule('info')], cushionOf(0.01), cushionOf(0.15)),
      ['critical firing'],
    );
  });
});
