import assert from 'node:assert/strict';
import type { Notice } from '../../src/domain/update.js';
import { connectionIssues, issuesFor } from '../../src/sync/issues.js';
import { noticesFor, refusalNotice } from '../../src/sync/notices.js';
import {
  account,
  accounts,
  after,
  executionsSnapshot,
  issueCodes,
  KEY,
  ordersSnapshot,
  positionsSnapshot,
  provenance,
} from '../support/builders.js';

function notice(
  given: Partial<Notice> & { readonly code: Notice['issue']['code']; readonly text?: string },
): Notice {
  const { code, text = 'Something.', of = 'orders', account: about = null } = given;
  return { kind: 'notice', of, account: about, issue: { code, severity: 'warning', message: text } };
}

describe('notices', () => {
  it('keeps one of a code about one thing, in its newest words', () => {
    const state = after([
      notice({ code: 'BAD_RESPONSE', text: 'First.' }),
      notice({ code: 'BAD_RESPONSE', text: 'Second.' }),
      notice({ code: 'BAD_RESPONSE', text: 'Other.', account: KEY }),
      notice({ code: 'ORDERS_UNAVAILABLE', text: 'Third.' }),
      notice({ code: 'BAD_RESPONSE', text: 'Fourth.', of: 'executions' }),
    ]);
    assert.deepEqual(
      [...state.notices.values()].map(({ issue }) => issue.message),
      ['Second.', 'Other.', 'Third.', 'Fourth.'],
    );
  });

  it('takes back what was said of a kind when a complete image of it comes', () => {
    const state = after([
      notice({ code: 'ORDERS_UNAVAILABLE' }),
      notice({ code: 'BAD_RESPONSE', account: KEY }),
      notice({ code: 'BAD_RESPONSE', account: 'another' }),
      notice({ code: 'RATE_LIMITED', of: null }),
      notice({ code: 'BAD_RESPONSE', of: 'executions' }),
    ]);
    assert.equal(after([], state), state);
    assert.deepEqual(
      [...after([ordersSnapshot([])], state).notices.values()].map((kept) => [kept.of, kept.account]),
      [
        ['orders', 'another'],
        [null, null],
        ['executions', null],
      ],
    );
    assert.deepEqual(issueCodes(after([ordersSnapshot([]), executionsSnapshot([])], state)), [
      'BAD_RESPONSE',
      'RATE_LIMITED',
    ]);
  });

  it('takes back that something could not be read with the next positions, but not what only the user can mend', () => {
    const state = after([
      notice({ code: 'BAD_RESPONSE', of: null }),
      notice({ code: 'ACCOUNT_SET_CHANGED', of: null }),
      ordersSnapshot([]),
    ]);
    assert.deepEqual(issueCodes(state), ['BAD_RESPONSE', 'ACCOUNT_SET_CHANGED']);
    assert.deepEqual(issueCodes(after([positionsSnapshot([])], state)), ['ACCOUNT_SET_CHANGED']);
  });

  it('shows a reader what is about its account, and what is about the whole connection', () => {
    const state = after([
      accounts(account(), account({ key: 'another' })),
      notice({ code: 'ORDERS_UNAVAILABLE' }),
      notice({ code: 'BAD_RESPONSE', account: KEY }),
      notice({ code: 'TRUNCATED', account: 'another' }),
      notice({ code: 'RATE_LIMITED', of: null }),
    ]);
    const codes = (key: string) => noticesFor(state, key).map(({ issue }) => issue.code);
    assert.deepEqual(codes(KEY), ['ORDERS_UNAVAILABLE', 'BAD_RESPONSE', 'RATE_LIMITED']);
    assert.deepEqual(codes('another'), ['ORDERS_UNAVAILABLE', 'TRUNCATED', 'RATE_LIMITED']);
  });

  it('says of the connection only what is about all of it', () => {
    const state = after([
      notice({ code: 'BAD_RESPONSE', account: KEY }),
      notice({ code: 'RATE_LIMITED', of: null, text: 'Slow.' }),
      notice({ code: 'ORDERS_UNAVAILABLE', text: 'Read-only.' }),
    ]);
    assert.deepEqual(
      connectionIssues(state).map(({ message }) => message),
      ['Slow.', 'Read-only.'],
    );
  });

  it('says one sentence once, however many feeds it came from, and all that differ', () => {
    const issue = { code: 'TRUNCATED', severity: 'warning', message: 'Cut off.' } as const;
    const state = after([
      notice({ code: 'TRUNCATED', text: 'Cut off.' }),
      notice({ code: 'TRUNCATED', of: 'executions', text: 'Cut off.' }),
      notice({ code: 'TRUNCATED', of: null, text: 'Cut off elsewhere.' }),
      notice({ code: 'BAD_RESPONSE', text: 'Cut off.' }),
    ]);
    assert.deepEqual(
      issuesFor(state, KEY, provenance({ issues: [issue] })).map(({ code, message }) => [code, message]),
      [
        ['TRUNCATED', 'Cut off.'],
        ['TRUNCATED', 'Cut off elsewhere.'],
        ['BAD_RESPONSE', 'Cut off.'],
      ],
    );
  });

  it('takes for a refusal of positions only what is one, of that account', () => {
    const state = after([
      notice({ code: 'NAV_MISMATCH', of: 'positions', account: KEY }),
      notice({ code: 'SUSPECT_EMPTY', of: 'orders', account: KEY }),
      notice({ code: 'SUSPECT_EMPTY', of: 'positions', account: 'another' }),
    ]);
    assert.equal(refusalNotice(state, { account: KEY, of: 'positions' }), null);
    for (const code of ['DUPLICATE_KEY', 'BAD_RESPONSE'] as const) {
      const refused = notice({ code, of: 'positions', account: KEY });
      assert.equal(refusalNotice(after([refused], state), { account: KEY, of: 'positions' }), refused);
    }
  });
});
