import assert from 'node:assert/strict';
import type { Account } from '../../../src/domain/account.js';
import { connectionIssues } from '../../../src/sync/issues.js';
import { reconcile } from '../../../src/sync/reconcile.js';
import { EMPTY_STATE, type SyncState } from '../../../src/sync/state.js';
import { account, accounts } from '../../support/builders.js';
import { Broker } from './asked-broker.js';

describe('the set of accounts', () => {
  const [one, two] = [account(), account({ key: 'b', lastFour: '0002' })];
  const messages = (state: SyncState) => connectionIssues(state).map(({ message }) => message);

  it('is told when it changes, until it is what it was', () => {
    const first = [accounts(one, two)].reduce(reconcile, EMPTY_STATE);
    assert.deepEqual(messages(first), []);
    const less = reconcile(first, accounts(one));
    assert.deepEqual(messages(less), [
      "The accounts behind this login changed (…0002 is gone): if you did not do that, look at the broker's page and log in again with all accounts.",
    ]);
    assert.deepEqual(messages(reconcile(reconcile(less, { kind: 'begin' }), accounts(one))), messages(less));
    assert.deepEqual(messages(reconcile(less, accounts(two, one))), []);
    const back = reconcile(less, accounts(two, one));
    assert.deepEqual(messages(reconcile(back, accounts(one))), messages(less));
    const other = reconcile(less, accounts(two));
    assert.match(messages(other)[0] ?? '', /\(…4567 is gone\)/);
    const three = account({ key: 'c', lastFour: '0003' });
    assert.match(
      messages(reconcile(first, accounts(one, three)))[0] ?? '',
      /\(…0002 is gone and …0003 is new\)/,
    );
  });

  it('is told with all that are gone and all that are new', () => {
    const [three, four] = ['3', '4'].map((key) => account({ key, lastFour: `000${key}` }));
    assert.ok(three && four);
    const what = (...to: (readonly Account[])[]) =>
      connectionIssues(to.map((named) => accounts(...named)).reduce(reconcile, EMPTY_STATE)).map(
        ({ code, message, severity }) => [code, severity, message.replace(/^[^(]*\((.*)\).*$/, '$1')],
      );
    const told = (text: string) => [['ACCOUNT_SET_CHANGED', 'warning', text]];
    assert.deepEqual(what([one], [one, three]), told('…0003 is new'));
    assert.deepEqual(what([one, two], [three, four]), told('…4567, …0002 are gone and …0003, …0004 are new'));
    assert.deepEqual(connectionIssues(EMPTY_STATE), []);
  });

  it('is the same when what is known of an account changes', () => {
    const first = reconcile(EMPTY_STATE, accounts(one, two));
    assert.deepEqual(messages(reconcile(first, accounts({ ...one, currency: 'EUR' }, two))), []);
  });

  it('is old news after a day', () => {
    const broker = new Broker().tell(accounts(one, two)).look();
    assert.deepEqual(broker.codes, ['ACCOUNT_SET_CHANGED']);
    assert.deepEqual(broker.look({}, 86_400_000).codes, []);
  });
});
