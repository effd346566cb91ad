import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { loginStore } from '../../nodes/schwab-config/schwab-config.js';
import { createMarket, startSchwabSimulator, type SchwabSimulator } from '../../simulators/index.js';
import { RateLimit } from '../../src/brokers/schwab/rate-limit.js';
import { tokenEndpoint } from '../../src/brokers/schwab/token-endpoint.js';
import { Tokens } from '../../src/brokers/schwab/tokens.js';
import { systemClock } from '../../src/runtime/system-clock.js';
import { launchBrowser, missingBrowser, watchPage } from '../support/browser.js';
import { MemoryLogger } from '../support/memory-broker.js';
import { startNodeRed, type NodeRedProcess } from '../support/node-red-process.js';
import { poll } from '../support/poll.js';
import { askProbe, forgetTold, functionNode, probeFlow } from '../support/probe-flow.js';

/** A flow with a connection that nobody has entered anything in yet, and a page that asks for everything anew. */
function flowsFor(apiUrl: string): readonly object[] {
  return [
    ...probeFlow('c1'),
    {
      id: 'c1',
      type: 'schwab-config',
      name: 'My Schwab',
      version: 1,
      callbackUrl: 'https://127.0.0.1',
      apiUrl,
    },
    {
      id: 'ask',
      type: 'http in',
      z: 'tab',
      x: 100,
      y: 400,
      url: '/ask',
      method: 'get',
      wires: [['sync1', 'done']],
    },
    functionNode('done', `return { ...msg, payload: {} };`, ['out']),
  ];
}

describe('a user who logs in at Schwab', function () {
  this.timeout(120_000);
  let schwab: SchwabSimulator;
  let nodeRed: NodeRedProcess;
  let browser: Browser;
  let misdeeds: ReturnType<typeof watchPage>;
  /** One editor for all: it comes back by itself after a restart. */
  let page: Page;

  before(async function () {
    const reason = missingBrowser();
    if (reason !== null) {
      console.log(`      skipped: ${reason}`);
      return this.skip();
    }
    schwab = await startSchwabSimulator({
      market: createMarket({ accounts: 0 }),
      rotation: 'grace',
      // So short that every question needs a new token.
      lifetimes: { accessMs: 1_000 },
    });
    [nodeRed, browser] = await Promise.all([startNodeRed({ flows: flowsFor(schwab.url) }), launchBrowser()]);
    page = await browser.newPage({ viewport: { width: 1400, height: 1100 } });
    misdeeds = watchPage(page);
    await page.goto(nodeRed.url);
    await page.waitForFunction("window.RED?.nodes?.getType?.('schwab-config') && RED.nodes.node('c1')");
  });
  after(async () => {
    await browser?.close();
    await nodeRed?.stop();
    await schwab?.close();
  });

  const truth = () =>
    Object.fromEntries(
      schwab.market
        .ledger()
        .schwab.accounts.map(({ accountNumber, netLiquidation, positions }) => [
          `…${accountNumber.slice(-4)}`,
          { netLiquidation, positions: positions.length },
        ]),
    );

  async function figures() {
    return await poll(async () => await askProbe(nodeRed.url, 3), {
      withinMs: 30_000,
      what: 'the figures of three accounts',
    });
  }

  /** Asks for everything anew, and waits for the answer. */
  async function askAnew() {
    await forgetTold(nodeRed.url);
    await fetch(`${nodeRed.url}/ask`);
    return await figures();
  }

  async function editConnection(): Promise<void> {
    await page.evaluate("RED.editor.editConfig('', 'schwab-config', 'c1', 'node')");
    await page.locator('#schwab-login').waitFor();
  }

  /** Presses the button, signs in on Schwab's page, and pastes the address that the browser shows then. */
  async function logIn(): Promise<void> {
    const [signIn] = await Promise.all([
      page.context().waitForEvent('page'),
      page.locator('#schwab-login').click(),
    ]);
    await signIn.getByRole('button', { name: 'Done' }).waitFor();
    const [back] = await Promise.all([
      signIn.waitForEvent('request', (request) => request.url().startsWith('https://127.0.0.1/')),
      signIn.getByRole('button', { name: 'Done' }).click(),
    ]);
    await page.locator('#schwab-pasted').evaluate((box, address) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text', `${address}\n`);
      box.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }, back.url());
    await signIn.close();
  }

  it('sees the accounts in the dialog, deploys, and messages flow', async () => {
    await editConnection();
    await page.locator('#node-config-input-appKey').fill(schwab.appKey);
    await page.locator('#node-config-input-appSecret').fill(schwab.appSecret);
    await logIn();
    const result = page.locator('#schwab-result');
    await result.getByText('3 accounts found').waitFor();
    for (const label of Object.keys(truth())) await result.getByText(label).waitFor();
    assert.match((await page.locator('#schwab-state').textContent()) ?? '', /until/i);
    await page.locator('#node-config-dialog-ok').click();
    await page.waitForFunction("document.querySelectorAll('.red-ui-tray').length === 0");
    await page.locator('#red-ui-header-button-deploy').click();
    assert.deepEqual(await figures(), truth());
    assert.deepEqual(misdeeds, []);
  });

  it('is still logged in after Node-RED was restarted, and after it was killed', async () => {
    for (const how of ['SIGTERM', 'SIGKILL'] as const) {
      await nodeRed.restart(how);
      assert.deepEqual(await figures(), truth());
    }
    assert.equal(schwab.tokenRequests.filter(({ grant }) => grant === 'authorization_code').length, 1);
  });

  it('is still logged in after fifty tokens that another process has fetched meanwhile', async () => {
    const { appKey, appSecret, url: apiUrl } = schwab;
    const app = { apiUrl, appKey, appSecret };
    const logger = new MemoryLogger();
    const store = loginStore(
      { userDir: nodeRed.userDir, clock: systemClock, warn: (line) => logger.warn(line) },
      'c1',
      app,
    );
    const endpoint = tokenEndpoint({ app, limit: new RateLimit(systemClock, 1_000), clock: systemClock });
    const tokens = new Tokens({ store, endpoint, clock: systemClock, logger });
    const before = schwab.tokenRequests.length;
    for (let count = 0; count < 50; count += 1) await tokens.access();
    assert.ok(schwab.tokenRequests.length - before >= 50);
    assert.ok(schwab.tokenRequests.every(({ status }) => status === 200));
    assert.deepEqual(await askAnew(), truth());
    await nodeRed.restart();
    assert.deepEqual(await figures(), truth());
    assert.deepEqual(logger.lines, []);
  });

  it('leaves neither key nor token where they do not belong', async () => {
    const exported = String(await page.evaluate('JSON.stringify(RED.nodes.createCompleteNodeSet())'));
    for (const secret of [schwab.appKey, schwab.appSecret]) {
      assert.ok(!exported.includes(secret));
      assert.ok(!nodeRed.output().includes(secret));
    }
    const names = await readdir(join(nodeRed.userDir, 'brokerage'));
    assert.equal(names.filter((name) => name.startsWith('schwab-c1-') && name.endsWith('.json')).length, 1);
    assert.deepEqual(schwab.violations, []);
  });

  it('can log in again at any time, and the connection goes on', async () => {
    await editConnection();
    await logIn();
    await page.locator('#schwab-result').getByText('3 accounts found').waitFor();
    await page.locator('#node-config-dialog-cancel').click();
    assert.deepEqual(await askAnew(), truth());
  });
});
