import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { answerAlerts } from '../support/alert-answers.js';
import { launchBrowser, missingBrowser } from '../support/browser.js';
import { brokerConfig } from '../support/core-mqtt.js';
import { cutTexts } from '../support/cut-texts.js';
import { editConfig, editNode, leave, openEditor, overhang, type Editor } from '../support/editor.js';
import { blocksIn, wordsOf } from '../support/help-blocks.js';
import { ENGLISH, helpOf, LANGUAGES, textsOf } from '../support/locales.js';
import { startNodeRed, type NodeRedProcess } from '../support/node-red-process.js';

const onTab = (id: string, y: number, more: object) => ({ id, z: 'tab1', x: 200, y, wires: [], ...more });
const CUSHION = { id: 'r1', metric: 'cushion', operator: '<', threshold: 0.07, severity: 'critical' };
const FLOWS = [
  { id: 'tab1', type: 'tab', label: 'Flow' },
  // Ports where nobody listens; what is folded otherwise is open.
  { id: 'ibkr1', type: 'ibkr-config', version: 1, port: '1', backupHost: 'b', flexQueryId: '1' },
  { id: 'schwab1', type: 'schwab-config', version: 1, apiUrl: 'http://127.0.0.1:1' },
  onTab('sync1', 60, { type: 'account-sync', version: 1, connection: 'ibkr1', d: true }),
  onTab('alert1', 120, {
    type: 'account-alert',
    version: 1,
    rules: [CUSHION],
    quietHours: { from: '22:00', to: '07:00', timeZone: 'Europe/Zurich' },
  }),
  brokerConfig(1883),
  onTab('feed1', 180, { type: 'account-mqtt', version: 1, broker: 'broker', homeAssistant: true, d: true }),
];
const LOGIN = { state: 'expiring', loginExpiresAt: '2026-11-30T15:00:00.000Z', pending: true };
// A day that is never today is shown with its date.
const AT = '2025-11-28T15:00:00.000Z';
const TOLD = { completeAt: AT, rows: 17 };
const WAY = {
  via: 'tws',
  address: '127.0.0.1:4002',
  state: 'degraded',
  inUse: true,
  message: '',
  since: AT,
  nextAttemptAt: AT,
  loginExpiresAt: null,
  lastError: null,
  counters: { sessions: 3, attempts: 4, polls: 9, failedPolls: 2, snapshots: 8, refusedSnapshots: 1 },
  requests: { requests: 9, failures: 3, retries: 2, breaker: 'open', nextTrialAt: AT },
  accounts: [
    {
      name: '…4567',
      present: false,
      balances: TOLD,
      positions: TOLD,
      orders: TOLD,
      executions: TOLD,
      issues: [],
    },
  ],
  history: [{ at: AT, state: 'login-required', message: '' }],
};
const RAW_KEY = /\b(ibkr-config|schwab-config|account-(sync|alert|mqtt))\.\w|__\w+__/;

describe('the editor in other languages', function () {
  this.timeout(60_000);
  let nodeRed: NodeRedProcess;
  let browser: Browser;

  before(async function () {
    const missing = missingBrowser();
    if (missing !== null) return this.skip();
    [nodeRed, browser] = await Promise.all([startNodeRed({ flows: FLOWS }), launchBrowser()]);
  });
  after(async () => {
    await browser?.close();
    await nodeRed?.stop();
  });

  for (const language of [ENGLISH, ...LANGUAGES])
    describe(language, () => {
      let editor: Editor;
      let page: Page;

      before(async () => {
        editor = await openEditor(browser, nodeRed.url, language);
        page = editor.page;
        await answerAlerts(page);
        await page.route('**/schwab1/login', (route) => route.fulfill({ json: LOGIN }));
        await page.route('**/diagnostics', (route) =>
          route.fulfill({ json: { at: AT, message: '', ways: [WAY] } }),
        );
        await page.setViewportSize({ width: 820, height: 1100 });
      });
      afterEach(async () => {
        if ((await page.locator('.red-ui-tray').count()) > 0) await leave(page, 'cancel');
      });
      after(() => page.close());

      const seen = async () =>
        (await page.locator('.red-ui-tray').last().innerText()).replaceAll(/\s+/g, ' ');
      const textIn = (node: string, key: string) => {
        const text = textsOf(node, language).get(key);
        assert.ok(text, `${node}: ${key}`);
        return text;
      };

      /** What every open dialog has to be. */
      async function isInItsLanguage(node: string, keys: readonly string[]): Promise<void> {
        const text = await seen();
        for (const key of keys) assert.ok(text.includes(textIn(node, key)), `${key}: ${textIn(node, key)}`);
        assert.doesNotMatch(text, RAW_KEY);
        assert.ok((await overhang(page)) <= 0);
        assert.deepEqual(await cutTexts(page), []);
      }

      it('is what Node-RED itself takes it for', async () => {
        assert.equal(await page.evaluate('RED.i18n.lang()'), language);
      });

      it('shows the dialog of ibkr-config in a narrow window, no word cut', async () => {
        await editConfig(page, 'ibkr1');
        await isInItsLanguage('ibkr-config', [
          'ibkr-config.label.tradingMode',
          'ibkr-config.hint.clientId',
          'ibkr-config.secrets.label',
          'ibkr-config.test.start',
        ]);
      });

      it('shows the diagnostics of a connection in a narrow window, no word cut', async () => {
        await editConfig(page, 'ibkr1');
        await page.locator('#brokerage-tabs a').last().click();
        await page.locator('.brokerage-figures').waitFor();
        await isInItsLanguage('ibkr-config', [
          'ibkr-config.diagnostics.kind.executions',
          'ibkr-config.diagnostics.state.login-required',
          'ibkr-config.diagnostics.breakerState.open',
        ]);
      });

      it('shows the dialog of schwab-config in a narrow window, no word cut', async () => {
        await editConfig(page, 'schwab1');
        await page.getByText(textIn('schwab-config', 'schwab-config.login.steps.paste')).waitFor();
        await isInItsLanguage('schwab-config', [
          'schwab-config.label.apiUrl',
          'schwab-config.login.again',
          'schwab-config.login.use',
        ]);
      });

      it('shows the dialog of account-sync in a narrow window, no word cut', async () => {
        await editNode(page, 'sync1');
        await isInItsLanguage('account-sync', [
          'account-sync.label.staleAfterSeconds',
          'account-sync.emit.changes',
          'account-sync.connection.add.ibkr-config',
        ]);
      });

      it('shows the dialog of alert in a narrow window, no word cut, durations in the same language', async () => {
        const judged = page.waitForResponse('**/check');
        await editNode(page, 'alert1');
        await judged;
        await page.locator('#alert-rules .alert-buttons button').first().click();
        await page.locator('.alert-more summary').click();
        await isInItsLanguage('alert', [
          'account-alert.label.quiet',
          'account-alert.field.noData',
          'account-alert.operator.crossesUp',
          'account-alert.severity.critical',
        ]);
        const quarter = new Intl.NumberFormat(language, {
          style: 'unit',
          unit: 'minute',
          unitDisplay: 'long',
        });
        assert.ok((await seen()).includes(quarter.format(15)));
      });

      it('puts a rule that has no sentence yet into the order of the language', async () => {
        const words = await page.evaluate(`RED.brokerage.alertRule.roughSentence(
          { metric: 'x', operator: '<', threshold: 7 }, [],
          (key, values) => RED.nodes.getType('account-alert')._('account-alert.' + key, values))`);
        const below = textIn('alert', 'account-alert.operator.<');
        assert.equal(words, language === 'ja' ? `x 7 ${below}` : `x ${below} 7`);
      });

      it('shows the dialog of mqtt-feed in a narrow window, no word cut', async () => {
        await editNode(page, 'feed1');
        await isInItsLanguage('mqtt-feed', [
          'account-mqtt.label.broker',
          'account-mqtt.qosHint.1',
          'account-mqtt.hint.discoveryPrefix',
        ]);
      });

      for (const [node, type] of [
        ['ibkr-config', 'ibkr-config'],
        ['schwab-config', 'schwab-config'],
        ['account-sync', 'account-sync'],
        ['alert', 'account-alert'],
        ['mqtt-feed', 'account-mqtt'],
      ] as const)
        it(`has the help of ${node}`, async () => {
          const first = blocksIn(helpOf(node, language))
            .map(wordsOf)
            .find((text) => text !== '');
          assert.ok(first);
          await page.evaluate(`RED.sidebar.help.show('${type}')`);
          await page.locator('.red-ui-help').getByText(first).waitFor();
        });

      it('asked nobody but 127.0.0.1 and wrote no error to the console', () => {
        assert.deepEqual(editor.misdeeds, []);
      });
    });
});
