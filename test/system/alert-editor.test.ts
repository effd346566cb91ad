import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { parseQuietHours } from '../../src/alerts/schema/quiet-hours.js';
import { parseRules } from '../../src/alerts/schema/rule.js';
import { answerAlerts, READY } from '../support/alert-answers.js';
import { editNode, leave, overhang } from '../support/editor.js';
import { editorSuite } from '../support/editor-suite.js';

const EVIL = '<img src=x onerror=alert(1)>';
const CUSHION = {
  id: 'cushion',
  name: '',
  metric: 'cushion',
  operator: '<',
  threshold: 0.07,
  severity: 'critical',
};
const DOWN = { id: 'down', name: '', metric: 'connectionDownSeconds', operator: '>', threshold: 300 };
const FILLED = { id: 'filled', name: '', metric: 'orderStatus', operator: 'event', threshold: ['filled'] };
const LONG_NAME = `${EVIL} ${'Donaudampfschifffahrtsgesellschaft'.repeat(8)}`;
const MANY = Array.from({ length: 60 }, (_, index) => ({ ...CUSHION, id: `r${index}`, name: LONG_NAME }));

const alert = (id: string, y: number, rest: object = {}) => ({
  id,
  type: 'account-alert',
  version: 1,
  z: 'tab1',
  x: 200,
  y,
  wires: [[]],
  ...rest,
});
const FLOWS = [
  { id: 'tab1', type: 'tab', label: 'Flow' },
  { id: 'ibkr1', type: 'ibkr-config', version: 1, port: '1' },
  {
    id: 'sync1',
    type: 'account-sync',
    z: 'tab1',
    connection: 'ibkr1',
    x: 200,
    y: 60,
    wires: [[], [], [], []],
  },
  alert('new1', 120),
  alert('new2', 180),
  alert('none', 240, { rules: [] }),
  alert('some', 300, { rules: [CUSHION, DOWN, FILLED] }),
  alert('keys', 360, { rules: [CUSHION, DOWN] }),
  alert('many', 420, { rules: MANY }),
];

describe('the edit dialog of the alert node', function () {
  this.timeout(60_000);
  const suite = editorSuite(FLOWS);
  let page: Page;

  before(() => ({ page } = suite));

  const saved = async (id: string) =>
    Object(await page.evaluate(`JSON.parse(JSON.stringify(RED.nodes.convertNode(RED.nodes.node('${id}'))))`));
  const savedIds = async (id: string) => (await saved(id)).rules.map((rule: { id: string }) => rule.id);
  const rows = () => page.locator('#alert-rules .alert-rule');
  const texts = async () => await rows().locator('.alert-text').allTextContents();
  const edit = (row: number) => rows().nth(row).getByRole('button', { name: 'Edit' }).click();
  const reason = (label: string) =>
    page.locator('.alert-field', { has: page.getByLabel(label, { exact: true }) }).locator('.alert-reason');
  /** Opens a dialog and waits until the runtime has judged its rules. */
  async function open(id: string): Promise<void> {
    const judged = page.waitForResponse('**/check');
    await editNode(page, id);
    await judged;
  }

  it('stands in the category brokerage, with its ports named, and loads without a warning', async () => {
    assert.doesNotMatch(suite.nodeRed.output(), /\[(warn|error)\] \[@tradinghelper|missing types|uncaught/i);
    const seen = await page.evaluate(`(() => {
      const { category, inputLabels, outputLabels } = RED.nodes.getType('account-alert');
      const node = RED.nodes.node('new1');
      return [category, inputLabels.call(node), outputLabels.call(node)];
    })()`);
    assert.deepEqual(seen, [
      'brokerage',
      'messages of account sync, or a command: ack, silence, list',
      'alerts',
    ]);
  });

  it('begins with the ready rules that are on, in the words of the runtime', async () => {
    assert.equal(await page.evaluate("RED.nodes.node('new1').valid"), false);
    await answerAlerts(page);
    await open('new1');
    assert.deepEqual(await texts(), [
      'Warn when margin cushion is below 10 % for 1 minute, all accounts.',
      'Alarm when margin call is yes, all accounts.',
      'Warn when time without connection is above 5 minutes, all accounts.',
    ]);
    assert.equal(await page.locator('#alert-count').textContent(), '3 rules, 3 switched on');
    await leave(page, 'ok');
    const { rules, quietHours, version } = await saved('new1');
    assert.deepEqual(
      [rules, quietHours, version],
      [READY.filter(({ on }) => on).map(({ rule }) => rule), null, 1],
    );
    assert.equal(await page.evaluate("RED.nodes.node('new1').valid"), true);
  });

  it('leaves a new node new when the ready rules cannot be fetched, says why, and tries again', async () => {
    await page.route('**/brokerage/alert/**', (route) =>
      route.fulfill({ status: 500, json: { error: { message: `Broken: ${EVIL}` } } }),
    );
    await editNode(page, 'new2');
    await page.getByText(`Rules cannot be changed now. Broken: ${EVIL}`).waitFor();
    assert.ok(await page.getByRole('button', { name: 'Add rule' }).isDisabled());
    await leave(page, 'ok');
    assert.ok(!Array.isArray((await saved('new2')).rules));
    await editNode(page, 'new2');
    await page.getByRole('button', { name: 'Try again' }).waitFor();
    await page.unrouteAll();
    await answerAlerts(page);
    await page.getByRole('button', { name: 'Try again' }).click();
    await rows().nth(2).waitFor();
    await leave(page, 'ok');
  });

  it('does not fill a list that its owner has emptied', async () => {
    await answerAlerts(page);
    await open('none');
    assert.equal(await rows().count(), 0);
    assert.equal(await page.locator('#alert-count').textContent(), 'No rules: this node tells nothing.');
    await leave(page, 'ok');
    assert.deepEqual((await saved('none')).rules, []);
  });

  it('adds a ready rule twice, with an id of its own', async () => {
    await answerAlerts(page);
    await open('none');
    for (const expected of [
      'Why position-share matters.',
      'Already in the list. Why position-share matters.',
    ]) {
      await page.getByRole('button', { name: 'Add rule' }).click();
      const choice = page.locator('.alert-choice', { hasText: 'share of net liquidation is above 25 %' });
      assert.equal(await choice.locator('small').textContent(), expected);
      await choice.click();
    }
    await leave(page, 'ok');
    const [first, second] = await savedIds('none');
    assert.equal(first, 'position-share');
    assert.match(second, /^[0-9a-f]{16}$/);
    assert.deepEqual(parseRules((await saved('none')).rules).problems, []);
  });

  it('makes an own rule, whose percent is saved as a fraction', async () => {
    await answerAlerts(page);
    await open('some');
    await page.getByRole('button', { name: 'Add rule' }).click();
    await page.getByRole('button', { name: 'Own rule' }).click();
    assert.equal(await reason('When').textContent(), 'Choose what is watched.');
    await page.getByLabel('When', { exact: true }).selectOption({ label: 'margin cushion' });
    await page.getByLabel('Condition').selectOption('is at or below');
    await page.getByLabel('Threshold').fill('7');
    await page.getByLabel('For', { exact: true }).fill('90');
    await page.getByText('How long it must last, without a break. That is 1 minute 30 seconds.').waitFor();
    await page.getByLabel('Severity').selectOption('critical');
    await page.getByLabel('Account', { exact: true }).fill('Retirement');
    await rows()
      .last()
      .getByText('Alarm when margin cushion is at or below 7 % for 90 s, account Retirement.')
      .waitFor();
    await leave(page, 'ok');
    const { id, ...rule } = (await saved('some')).rules.at(-1);
    assert.match(id, /^[0-9a-f]{16}$/);
    assert.deepEqual(rule, {
      enabled: true,
      name: '',
      metric: 'cushion',
      operator: '<=',
      threshold: 0.07,
      scope: { account: 'Retirement', symbol: '', assetClass: '' },
      severity: 'critical',
      forSeconds: 90,
    });
    await open('some');
    await edit(3);
    assert.equal(await page.getByLabel('Threshold').inputValue(), '7');
    await rows().last().getByRole('button', { name: 'Remove' }).click();
    await leave(page, 'ok');
  });

  it('changes nothing in rules that are only looked at', async () => {
    await answerAlerts(page);
    const before = await saved('some');
    await open('some');
    for (const row of [0, 1, 2]) await edit(row);
    await leave(page, 'ok');
    assert.deepEqual(await saved('some'), before);
  });

  it('says beside each field what is wrong, and in the line that the rule is not used', async () => {
    await answerAlerts(page);
    await open('some');
    await edit(0);
    await page.getByLabel('Threshold').fill('ten');
    assert.equal(await reason('Threshold').textContent(), 'A number, such as 10 or -2.5.');
    assert.equal(
      await rows().first().locator('.alert-said .alert-reason').textContent(),
      'Not used. Threshold: A number, such as 10 or -2.5.',
    );
    await page.getByText('More', { exact: true }).click();
    await page.getByLabel('Threshold').fill('10');
    await page.getByLabel('Ends at').fill('9');
    assert.match((await reason('Ends at').textContent()) ?? '', /On the wrong side of the threshold/);
    await page.getByLabel('At most once in').fill('-1');
    assert.match((await reason('At most once in').textContent()) ?? '', /A number of seconds/);
    assert.equal(
      await page.locator('#alert-count').textContent(),
      '3 rules, 3 switched on, not used because of a mistake: 1',
    );
    await leave(page, 'ok');
    assert.equal(await page.evaluate("RED.nodes.node('some').valid"), false);
    await open('some');
    await edit(0);
    await page.getByLabel('Ends at').fill('');
    await page.getByLabel('At most once in').fill('');
    await page.getByLabel('Threshold').fill('7');
    await leave(page, 'ok');
    assert.deepEqual((await saved('some')).rules[0], CUSHION);
  });

  it('shows what only the runtime finds wrong', async () => {
    await answerAlerts(page);
    await page.route('**/check', (route) =>
      route.fulfill({
        json: {
          rules: [{ sentence: null, problems: [`Rule 1 (cushion): ${EVIL}.`] }],
          quietHours: null,
          heard: true,
          now: [],
        },
      }),
    );
    await open('some');
    await rows().first().getByText(`Not used. Rule 1 (cushion): ${EVIL}.`).waitFor();
    assert.equal(await page.locator('.account-alert-form img').count(), 0);
  });

  it('drops a sentence that no longer fits when the runtime makes no other', async () => {
    await answerAlerts(page);
    await open('some');
    await edit(0);
    await page.route('**/check', (route) => route.abort());
    await page.getByLabel('Threshold').fill('3');
    await rows().first().getByText('margin cushion is below 3 %').waitFor();
  });

  it('keeps to what the metric asks for: yes or no, words, or a figure', async () => {
    await answerAlerts(page);
    await open('some');
    await edit(0);
    await page.getByLabel('When', { exact: true }).selectOption({ label: 'margin call' });
    assert.ok(await page.getByLabel('Threshold').isHidden());
    assert.equal(await page.getByLabel('Is', { exact: true }).inputValue(), 'yes');
    await rows().first().getByText('Alarm when margin call is yes').waitFor();
    await page.getByLabel('When', { exact: true }).selectOption({ label: 'orderStatus happens' });
    await page.getByLabel('Only these').fill('filled, rejected');
    assert.ok(await page.getByLabel('For', { exact: true }).isHidden());
    await rows().first().getByText('an order changes its status (filled, rejected)').waitFor();
    await page.getByLabel('When', { exact: true }).selectOption({ label: 'leverage' });
    await page.getByLabel('Threshold').fill('2');
    await page.getByLabel('When', { exact: true }).selectOption({ label: 'margin cushion' });
    assert.equal(await page.getByLabel('Threshold').inputValue(), '2');
    await leave(page, 'ok');
    assert.deepEqual((await saved('some')).rules[0], { ...CUSHION, threshold: 0.02 });
  });

  it('removes a rule, and calls it back to its place', async () => {
    await answerAlerts(page);
    await open('some');
    const before = await texts();
    await rows().nth(1).getByRole('button', { name: 'Remove' }).click();
    assert.equal(await rows().count(), 2);
    await page.getByRole('button', { name: 'Undo' }).click();
    assert.deepEqual(await texts(), before);
    await rows().nth(1).getByRole('button', { name: 'Remove' }).click();
    await leave(page, 'ok');
    assert.deepEqual(await savedIds('some'), ['cushion', 'filled']);
  });

  it('reorders by dragging', async () => {
    await answerAlerts(page);
    await open('keys');
    // The dialog slides in; hovering waits until it stands.
    await rows().nth(1).hover();
    const to = await rows().nth(1).boundingBox();
    await page.locator('#alert-rules .red-ui-editableList-item-handle').nth(0).hover();
    await page.mouse.down();
    assert.ok(to !== null);
    await page.mouse.move(to.x, to.y + to.height + 4, { steps: 8 });
    await page.mouse.up();
    await leave(page, 'ok');
    assert.deepEqual(await savedIds('keys'), ['down', 'cushion']);
  });

  it('works without a mouse', async () => {
    await answerAlerts(page);
    await open('keys');
    const press = async (name: string, key: string) => {
      await page.getByRole('button', { name, exact: true }).focus();
      await page.keyboard.press(key);
    };
    await press('Add rule', 'Enter');
    assert.equal(await page.evaluate('document.activeElement.textContent'), await choiceText(0));
    await page.keyboard.press('Escape');
    assert.equal(await page.evaluate('document.activeElement.id'), 'alert-add');
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    // The fields of the rule that was added have the focus: position-share, fourth in the menu.
    assert.equal(
      await page.evaluate('document.activeElement.selectedOptions[0].textContent'),
      'share of net liquidation',
    );
    await press('Move up', 'Space');
    await press('Move up', 'Enter');
    assert.equal(await page.evaluate('document.activeElement.textContent.trim()'), 'Move up');
    const last = rows().last();
    await last.getByRole('checkbox').focus();
    await page.keyboard.press('Space');
    await leave(page, 'ok');
    const { rules } = await saved('keys');
    assert.deepEqual(
      rules.map((rule: { id: string; enabled?: boolean }) => [rule.id, rule.enabled]),
      [
        ['position-share', true],
        ['down', undefined],
        ['cushion', false],
      ],
    );
  });
  const choiceText = (index: number) => page.locator('.alert-choice').nth(index).textContent();

  it('gives every control a name', async () => {
    await answerAlerts(page);
    await open('some');
    await edit(0);
    await page.getByText('More', { exact: true }).click();
    await page.getByLabel('Keep quiet at night').check();
    const nameless =
      await page.evaluate(`[...document.querySelectorAll('.account-alert-form :is(button, input, select, textarea)')]
      .filter((control) => control.offsetParent !== null)
      .filter((control) => !control.labels?.length && !control.ariaLabel && !control.textContent.trim())
      .map((control) => control.outerHTML)`);
    assert.deepEqual(nameless, []);
  });

  it('shows what would fire now, with the words of others as words', async () => {
    await answerAlerts(page, {
      heard: true,
      now: [
        { ruleId: 'cushion', fires: [{ line: `${EVIL}: margin cushion 4 %` }], unknown: [] },
        { ruleId: 'filled', fires: [], unknown: [{ line: 'no orders yet' }] },
      ],
    });
    await open('some');
    await page.getByRole('button', { name: 'Test with last data' }).click();
    await page.getByText(`Would fire now: ${EVIL}: margin cushion 4 %`).waitFor();
    await page.getByText('Not known: no orders yet').waitFor();
    assert.equal(await page.locator('.account-alert-form img').count(), 0);
  });

  it('says that nothing was heard yet, that it asks, and that Node-RED does not answer', async () => {
    await answerAlerts(page, { heard: false, now: [] });
    await open('some');
    const result = page.locator('#alert-trial');
    await page.getByRole('button', { name: 'Test with last data' }).click();
    await result.getByText('Nothing was heard yet.').waitFor();
    await page.route('**/check', () => undefined);
    await page.getByRole('button', { name: 'Test with last data' }).click();
    await result.getByText('Asking Node-RED …').waitFor();
    await page.route('**/check', (route) => route.abort());
    await page.getByRole('button', { name: 'Test with last data' }).click();
    await result.getByText('Node-RED does not answer. Is it still running?').waitFor();
  });

  it('sends a test alert, of the node or of one rule', async () => {
    const { tested } = await answerAlerts(page);
    await open('some');
    await page.getByRole('button', { name: 'Send a test alert' }).click();
    await page.locator('#alert-trial').getByText('A test alert was sent.').waitFor();
    await edit(0);
    await page.getByRole('button', { name: 'Send a test of this rule' }).click();
    await rows().first().getByText('A test alert was sent.').waitFor();
    assert.deepEqual(tested, [{ rule: null }, { rule: 'cushion' }]);
  });

  it('asks once for what is typed in one go', async () => {
    const { checked } = await answerAlerts(page);
    await open('some');
    await edit(0);
    const before = checked.length;
    const judged = page.waitForResponse('**/check');
    await page.getByLabel('Threshold').pressSequentially('12345', { delay: 20 });
    await judged;
    assert.equal(checked.length, before + 1);
  });

  it('saves quiet hours in the time zone of the browser, or says what is wrong with them', async () => {
    await answerAlerts(page);
    await open('none');
    await page.getByLabel('Keep quiet at night').check();
    await page.getByText('critical alerts come at any time').waitFor();
    const own = await page.evaluate('Intl.DateTimeFormat().resolvedOptions().timeZone');
    assert.equal(await page.getByLabel('Time zone').inputValue(), own);
    await page.getByLabel('From').fill('25:00');
    assert.equal(await reason('From').textContent(), 'A time of day such as 22:00.');
    await page.getByLabel('Time zone').fill('Moon');
    assert.match((await reason('Time zone').textContent()) ?? '', /The name of a time zone/);
    await page.getByLabel('From').fill('21:30');
    await page.getByLabel('Time zone').fill('Europe/Zurich');
    await leave(page, 'ok');
    const { quietHours } = await saved('none');
    assert.deepEqual(quietHours, { from: '21:30', to: '07:00', timeZone: 'Europe/Zurich' });
    assert.equal(parseQuietHours(quietHours).problem, null);
    await open('none');
    await page.getByLabel('Keep quiet at night').uncheck();
    await leave(page, 'ok');
    assert.equal((await saved('none')).quietHours, null);
  });

  it('deploys what was saved', async () => {
    await answerAlerts(page);
    const deployed = page.waitForResponse((response) => response.url().endsWith('/flows'));
    await page.locator('#red-ui-header-button-deploy').click();
    await deployed;
    const flows = Object(await (await fetch(`${suite.nodeRed.url}/flows`)).json());
    const { rules } = flows.find(({ id }: { id: string }) => id === 'keys');
    assert.deepEqual(parseRules(rules).problems, []);
    assert.equal(rules.length, 3);
  });

  it('agrees with the runtime on what is valid', async () => {
    const numbers = [
      undefined,
      null,
      '',
      ' ',
      0,
      1,
      -1,
      '5',
      '1e3',
      'x',
      '1,5',
      1e16,
      true,
      [],
      31_622_400,
      31_622_401,
    ];
    const spans = ['forSeconds', 'keepFiringSeconds', 'cooldownSeconds', 'repeatSeconds'];
    const rule = { id: 'a', name: '', metric: 'leverage', operator: '>', threshold: 2 };
    const event = { id: 'a', name: '', metric: 'orderStatus', operator: 'event' };
    const tried: unknown[] = [
      ...[...spans, 'threshold', 'clearAt'].flatMap((name) =>
        numbers.map((value) => ({ ...rule, [name]: value })),
      ),
      ...['<', '<=', '>', '>=', 'outside', 'crosses', 'crossesUp', 'crossesDown', 'near', ''].flatMap(
        (operator) =>
          [-3, 0, 1.5, 2, 3].flatMap((clearAt) =>
            [-2, 0, 2].map((threshold) => ({ ...rule, operator, clearAt, threshold })),
          ),
      ),
      ...['a', '', ' ', undefined, 'a b', 'a|b', '-a', 'x'.repeat(65), 7].map((id) => ({ ...rule, id })),
      ...[true, false, 'true', 'yes', 1, null].flatMap((value) =>
        ['enabled', 'resolveMessage', 'marketHoursOnly'].map((name) => ({ ...rule, [name]: value })),
      ),
      ...['info', 'critical', '', 'high', undefined].map((severity) => ({ ...rule, severity })),
      ...['', null, 'x'.repeat(100_000), 'x'.repeat(100_001), 5, {}].flatMap((value) =>
        ['name', 'template'].map((name) => ({ ...rule, [name]: value })),
      ),
      ...[
        'hold',
        '',
        null,
        undefined,
        'alert',
        5,
        ...numbers.map((alertAfterSeconds) => ({ alertAfterSeconds })),
      ].map((noData) => ({ ...rule, noData })),
      ...[
        null,
        undefined,
        'all',
        [],
        { account: 'x'.repeat(81) },
        { symbol: 'AAPL' },
        { assetClass: 'x'.repeat(41) },
      ].map((scope) => ({ ...rule, scope })),
      ...[undefined, '', 'filled', 'a,b', ['a'], [1], {}, 5, 'x'.repeat(81), Array(101).fill('a')].map(
        (threshold) => ({
          ...event,
          threshold,
        }),
      ),
      ...[undefined, ''].map((metric) => ({ ...rule, metric })),
      null,
      'rule',
      [],
    ];
    const lists = [...tried.map((one) => [one]), [], [rule, rule], [rule, { ...rule, id: 'b' }]];
    const editorSays = await page.evaluate(
      (all) =>
        all.map(
          (list) =>
            Object(globalThis)
              .RED.nodes.getType('account-alert')
              .defaults.rules.validate.call({}, list, {}) === true,
        ),
      lists,
    );
    const runtimeSays = lists.map((list) => parseRules(list).problems.length === 0);
    const differ = lists.filter((_, index) => editorSays[index] !== runtimeSays[index]);
    assert.deepEqual(differ, []);
    assert.ok(runtimeSays.includes(true) && runtimeSays.includes(false));
  });

  it('keeps an environment variable, and leaves it to the runtime', async () => {
    const list = [{ ...CUSHION, threshold: '${LIMIT}', forSeconds: '${SPAN}' }];
    const says = await page.evaluate(
      (rules) =>
        Object(globalThis).RED.nodes.getType('account-alert').defaults.rules.validate.call({}, rules, {}),
      list,
    );
    assert.equal(says, true);
  });

  it('holds 60 rules with long names in a narrow window, every text translated, foreign words inert', async () => {
    await answerAlerts(page);
    await page.setViewportSize({ width: 820, height: 1100 });
    await open('many');
    await rows().last().getByText('Alarm when margin cushion').waitFor();
    await rows().nth(57).getByRole('button', { name: 'Remove' }).click();
    const undo = page.getByRole('button', { name: 'Undo' });
    const at = await undo.boundingBox();
    assert.ok(at !== null && at.y > 0 && at.y < 1100);
    await undo.click();
    await edit(59);
    await rows().last().getByText('More', { exact: true }).click();
    await page.getByRole('button', { name: 'Test with last data' }).click();
    await page.getByRole('button', { name: 'Add rule' }).click();
    assert.ok((await overhang(page)) <= 0);
    assert.ok((await overhang(page, '#alert-rules .alert-form')) <= 0);
    assert.equal(await page.locator('.account-alert-form img').count(), 0);
    const seen = (await page.locator('.red-ui-tray').textContent()) ?? '';
    assert.doesNotMatch(seen, /account-alert\.|__\w+__/);
    await leave(page, 'cancel');
    await page.setViewportSize({ width: 1400, height: 1100 });
  });

  it('has every text that the dialog can ask for', async () => {
    const missing = await page.evaluate(`(() => {
      const { OPERATORS, SEVERITIES } = RED.brokerage.alertRule;
      const has = (key) => !RED.nodes.getType('account-alert')._('account-alert.' + key).includes(key);
      return [
        ...Object.values(OPERATORS).flat().map((name) => 'operator.' + name),
        ...SEVERITIES.flatMap((name) => ['severity.' + name, 'hint.severity.' + name]),
        ...['percent', 'fraction', 'money', 'ratio', 'seconds', 'hours', 'days', 'units'].map((name) => 'unit.' + name),
        ...['account', 'positions', 'orders', 'connection'].map((name) => 'group.' + name),
        ...['empty', 'late', 'unreachable', 'forbidden', 'missing', 'tooMany', 'status'].map((name) => 'answer.' + name),
      ].filter((key) => !has(key));
    })()`);
    assert.deepEqual(missing, []);
  });

  it('has help', async () => {
    await page.evaluate("RED.sidebar.help.show('account-alert')");
    await page.locator('.red-ui-help').getByText('Neither broker tells of unusual logins').waitFor();
  });

  it('asked nobody but 127.0.0.1 and wrote no error to the console', () => {
    // A browser writes a line for each of the answers that a test made fail.
    const rest = suite.editor.misdeeds.filter((line) => !line.startsWith('console: Failed to load resource'));
    assert.deepEqual(rest, []);
  });
});
