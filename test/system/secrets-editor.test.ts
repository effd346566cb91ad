import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { z } from 'zod';
import { launchBrowser, missingBrowser } from '../support/browser.js';
import { addConfig, editConfig, leave, openEditor, overhang, type Editor } from '../support/editor.js';
import { startNodeRed, type NodeRedProcess } from '../support/node-red-process.js';
import { poll } from '../support/poll.js';
import { noSecretService, startSecretService, type SecretService } from '../support/secret-service.js';

const APP_KEY = 'k'.repeat(32);
const APP_SECRET = 's'.repeat(16);
const ENTRY = { service: 'TradingHelperBot_Schwab', account: 'schwab1' };
const Kept = z.object({ secrets: z.record(z.string(), z.string()) });
const FLOWS = [
  { id: 'tab1', type: 'tab', label: 'Flow' },
  connection({ credentials: { appKey: APP_KEY, appSecret: APP_SECRET } }),
  { id: 'ibkr1', type: 'ibkr-config', version: 1, name: 'Home', port: '1' },
  {
    id: 'sync1',
    type: 'account-sync',
    z: 'tab1',
    version: 1,
    connection: 'schwab1',
    x: 200,
    y: 100,
    wires: [[], [], [], []],
  },
];

function connection(more: object): object {
  const values = { callbackUrl: 'https://127.0.0.1', apiUrl: 'http://127.0.0.1:1', accounts: '' };
  return {
    id: 'schwab1',
    type: 'schwab-config',
    version: 1,
    name: 'Savings',
    streamer: false,
    ...values,
    ...more,
  };
}

describe('the row "Keep secrets in" of a connection', function () {
  this.timeout(60_000);
  let service: SecretService;
  let nodeRed: NodeRedProcess;
  let browser: Browser;
  let editor: Editor;
  let page: Page;
  const answers: string[] = [];

  before(async function () {
    const reason = missingBrowser() ?? noSecretService();
    if (reason !== null) {
      console.log(`      skipped: ${reason}`);
      return this.skip();
    }
    service = await startSecretService();
    [nodeRed, browser] = await Promise.all([startNodeRed({ env: service.env }), launchBrowser()]);
    await nodeRed.deploy(FLOWS);
    editor = await openEditor(browser, nodeRed.url);
    page = editor.page;
    page.on('response', (response) => {
      if (!response.url().includes('/brokerage/')) return;
      response.text().then(
        (text) => answers.push(text),
        () => undefined,
      );
    });
  });
  after(async () => {
    await browser?.close();
    await nodeRed?.stop();
    await service?.stop();
  });
  afterEach(async () => {
    await page.unroute('**/brokerage/**');
    while ((await page.locator('.red-ui-tray').count()) > 0) await leave(page, 'cancel');
  });

  const store = () => page.locator('#node-config-input-secretStore');
  const said = () => page.locator('#brokerage-keep-said');
  const retry = () => page.locator('#brokerage-keep-retry');
  const hint = (name: string) => page.locator(`#schwab-${name}-hint`);
  const entry = async () => {
    const text = await service.lookup(ENTRY);
    return text === null ? null : Kept.parse(JSON.parse(text)).secrets;
  };
  const choose = async (which: string) => {
    await store().selectOption(which);
    await page.waitForFunction("!document.querySelector('#node-config-input-secretStore').disabled");
  };
  const deploy = async () => {
    await page.locator('#red-ui-header-button-deploy').click();
    await page.waitForFunction('RED.nodes.dirty() === false');
  };
  /** What a file of Node-RED's holds of the connection's credentials. */
  const credentialsInNodeRed = async () => {
    const response = await fetch(`${nodeRed.url}/credentials/schwab-config/schwab1`);
    return z.record(z.string(), z.unknown()).parse(await response.json());
  };

  it('moves the secrets to the keychain: copied and read back in the dialog, removed from Node-RED by the deploy', async () => {
    await editConfig(page, 'schwab1');
    assert.equal(await store().inputValue(), 'node-red');
    assert.match((await hint('appKey').textContent()) ?? '', /^Saved with Node-RED's credentials/);
    await choose('keychain');
    assert.match((await said().textContent()) ?? '', /were read back\. Deploy to remove them/);
    assert.match((await hint('appSecret').textContent()) ?? '', /^Is set, in the system keychain\./);
    assert.deepEqual(await entry(), { appKey: APP_KEY, appSecret: APP_SECRET });
    assert.deepEqual(await credentialsInNodeRed(), { has_appKey: true, has_appSecret: true });
    await leave(page, 'ok');
    await deploy();
    assert.deepEqual(await credentialsInNodeRed(), { has_appKey: false, has_appSecret: false });
    assert.deepEqual(await entry(), { appKey: APP_KEY, appSecret: APP_SECRET });
    assert.deepEqual(editor.misdeeds, []);
  });

  it('says when it opens what is set there, and that it is open', async () => {
    await editConfig(page, 'schwab1');
    await said().getByText('The system keychain is open').waitFor();
    assert.equal(await store().inputValue(), 'keychain');
    for (const name of ['appKey', 'appSecret'])
      assert.match((await hint(name).textContent()) ?? '', /^Is set, in the system keychain\./);
    assert.equal(await page.locator('#node-config-input-appSecret').inputValue(), '');
  });

  it('takes another secret when the dialog is closed, and keeps the one that was not entered', async () => {
    await editConfig(page, 'schwab1');
    await page.locator('#node-config-input-appSecret').fill('t'.repeat(16));
    await leave(page, 'ok');
    await page.getByText('Kept in the system keychain, and read back.').last().waitFor();
    assert.deepEqual(await entry(), { appKey: APP_KEY, appSecret: 't'.repeat(16) });
    const exported = String(await page.evaluate('JSON.stringify(RED.nodes.createCompleteNodeSet())'));
    assert.equal(exported.includes('t'.repeat(16)), false);
  });

  it('changes nothing when the dialog is cancelled', async () => {
    await editConfig(page, 'schwab1');
    await page.locator('#node-config-input-appSecret').fill('x'.repeat(16));
    await leave(page, 'cancel');
    assert.deepEqual(await entry(), { appKey: APP_KEY, appSecret: 't'.repeat(16) });
  });

  it('says that the keychain is locked, and tries again at the press of a button', async () => {
    await service.lock();
    await editConfig(page, 'schwab1');
    await said().getByText('The system keychain is locked. Unlock it').waitFor();
    assert.match((await said().getAttribute('class')) ?? '', /warn/);
    await service.unlock();
    await retry().click();
    await said().getByText('The system keychain is open').waitFor();
    assert.equal(await retry().count(), 0);
  });

  it('says when what was entered could not be kept, and the former is still there', async () => {
    await editConfig(page, 'schwab1');
    await said().getByText('The system keychain is open').waitFor();
    await service.lock();
    await page.locator('#node-config-input-appSecret').fill('u'.repeat(16));
    await leave(page, 'ok');
    await page.getByText('The secrets that you entered were not kept; the former ones still are.').waitFor();
    await service.unlock();
    assert.deepEqual(await entry(), { appKey: APP_KEY, appSecret: 't'.repeat(16) });
  });

  it('moves them back to Node-RED, and out of the keychain with the deploy', async () => {
    await editConfig(page, 'schwab1');
    await said().getByText('The system keychain is open').waitFor();
    await choose('node-red');
    assert.match((await said().textContent()) ?? '', /are in Node-RED\. Deploy to save them there/);
    await leave(page, 'ok');
    await deploy();
    assert.deepEqual(await credentialsInNodeRed(), { has_appKey: true, has_appSecret: true });
    await poll(async () => ((await entry()) === null ? true : null), { withinMs: 10_000, what: 'no entry' });
  });

  it('leaves everything where it is while the keychain does not work, and offers another try', async () => {
    // Ten requests a minute are for people.
    await nodeRed.restart();
    await service.lock();
    await editConfig(page, 'schwab1');
    await choose('keychain');
    assert.match(
      (await said().textContent()) ?? '',
      /is locked.*Nothing was moved: the secrets stay in Node-RED/,
    );
    assert.equal(await store().inputValue(), 'node-red');
    await service.unlock();
    await retry().click();
    await said().getByText('were read back').waitFor();
    assert.equal(await store().inputValue(), 'keychain');
    assert.deepEqual(await entry(), { appKey: APP_KEY, appSecret: 't'.repeat(16) });
  });

  it('takes the secrets of a connection that was never deployed', async () => {
    await addConfig(page, 'schwab-config');
    await choose('keychain');
    await page.locator('#node-config-input-appKey').fill(APP_KEY);
    await leave(page, 'ok');
    await page.getByText('Kept in the system keychain, and read back.').last().waitFor();
  });

  it('is there for the Flex token, too', async () => {
    await editConfig(page, 'ibkr1');
    await page.locator('#ibkr-flex summary').click();
    await page.locator('#node-config-input-flexToken').fill('1'.repeat(24));
    await choose('keychain');
    await leave(page, 'ok');
    await page.getByText('Kept in the system keychain, and read back.').last().waitFor();
    assert.notEqual(await service.lookup({ service: 'TradingHelperBot_IBKR', account: 'ibkr1' }), null);
  });

  for (const [what, status, body, words] of [
    ['lacks the permission', 401, '', 'lacks the permission brokerage.write'],
    ['is asked too often', 429, '', 'Too many attempts'],
    ['is older than the dialog', 404, '', 'restart Node-RED'],
    [
      'answers with markup',
      502,
      JSON.stringify({ error: { code: 'x', message: '<b>bold</b>' } }),
      '<b>bold</b>',
    ],
  ] as const) {
    it(`says so when Node-RED ${what}`, async () => {
      await page.route('**/brokerage/secrets/**', (route) =>
        route.fulfill({ status, body, contentType: 'application/json' }),
      );
      await editConfig(page, 'schwab1');
      await choose('keychain');
      await said().getByText(words).waitFor();
      assert.equal(await store().inputValue(), 'node-red');
    });
  }

  it('fits into a narrow dialog', async () => {
    await page.setViewportSize({ width: 900, height: 900 });
    await editConfig(page, 'schwab1');
    await choose('keychain');
    assert.ok((await overhang(page)) <= 0);
    await page.setViewportSize({ width: 1400, height: 1100 });
  });

  it('has never brought a secret back to the browser', () => {
    assert.ok(answers.length > 10);
    for (const secret of [APP_KEY, APP_SECRET, 't'.repeat(16), '1'.repeat(24)])
      assert.deepEqual(
        answers.filter((text) => text.includes(secret)),
        [],
      );
  });
});
