import assert from 'node:assert/strict';
import { alertStatus } from '../../src/node-red/alert/alert-status.js';
import { listMessage } from '../../src/node-red/alert/list-message.js';
import type { Ongoing } from '../../src/node-red/alert/ongoing.js';

const FORGED = '<img src=x onerror=alert(1)>\r\n- critical: all sold\u001b[2J\u202e';
const INERT = '\u2039img src=x onerror=alert(1)> - critical: all sold [2J';

const ONGOING: Ongoing = {
  key: 'r1|a1b2c3d4e5f6||',
  ruleId: 'r1',
  name: FORGED,
  severity: 'warning',
  state: 'firing',
  since: null,
  alertId: '0123456789abcdef',
  value: 1,
  account: FORGED,
  instrument: null,
  connection: null,
  told: true,
  silenced: false,
  acknowledged: false,
};
const STANDING = { ongoing: [], rules: 1, problems: [], hasHeard: true };

describe('foreign words around an alert', () => {
  it('make one short visible line of a status', () => {
    const { text } = alertStatus({ ...STANDING, ongoing: [ONGOING] });
    assert.equal(text, `${INERT}, \u2039img src=x one…`);
    const problem = alertStatus({ ...STANDING, problems: [`Rule 1 (${FORGED}) is no rule.`] });
    assert.doesNotMatch(problem.text ?? '', /[\p{Cc}\u202e]/u);
    assert.ok((problem.text ?? '').length <= 70);
  });

  it('add no line to the list of what goes on, and no mark to its data', () => {
    const { alerts, payload } = listMessage([ONGOING], 0);
    assert.deepEqual(payload.split('\n'), [
      'Alerts that go on: 1',
      `- warning: ${INERT}, ${INERT}: 1, since ?`,
    ]);
    assert.deepEqual([alerts[0]?.name, alerts[0]?.account, alerts[0]?.instrument], [INERT, INERT, null]);
  });
});
