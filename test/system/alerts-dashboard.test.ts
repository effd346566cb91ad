import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { createMarket, startTwsSimulator, type TwsSimulator } from '../../simulators/index.js';
import { launchBrowser, missingBrowser, watchPage } from '../support/browser.js';
import { CASH, exampleFlow, RICH } from '../support/example-flow.js';
import { linkedPackages } from '../support/linked-packages.js';
import { startNodeRed, type NodeRedProcess } from '../support/node-red-process.js';

const TOLD_WITHIN = { timeout: 60_000 } as const;

describe('the page with the alerts', function () {
  this.timeout(120_000);
  let gateway: TwsSimulator;
  let nodeRed: NodeRedProcess;
  let browser: Browser;
  let page: Page;
  let misdeeds: readonly string[];

  before(async function () {
    const missing = missingBrowser();
    if (missing !== null) {
      console.log(`      skipped: ${missing}`);
      this.skip();
    }
    gateway = await startTwsSimulator({ market: createMarket({ seed: 7, accounts: 1 }) });
    const flows = exampleFlow('alerts-dashboard.json').map((node) => {
      if (node.type === 'ibkr-config') return { ...node, port: String(gateway.port) };
      return node.type === 'account-alert'
        ? { ...node, rules: [RICH, { ...CASH, operator: '<', threshold: 1e12 }] }
        : node;
    });
    nodeRed = await startNodeRed({ flows, install: linkedPackages(['@flowfuse/node-red-dashboard']) });
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: 'en-US' });
    misdeeds = watchPage(page);
    await page.goto(`${nodeRed.url}/dashboard/alerts`);
  });
  after(async () => {
    await browser?.close();
    await nodeRed?.stop();
    await gateway?.close();
  });

  const row = (name: string) => page.locator('.ba-list li', { hasText: name });

  it('keeps a critical notification, whatever else comes, until somebody closes it', async () => {
    const notification = (words: RegExp) => page.locator('.nrdb-ui-notification', { hasText: words });
    const warning = notification(/cash/i);
    await warning.waitFor(TOLD_WITHIN);
    assert.match(await warning.innerText(), /\(< USD [\d,.]+\)/);
    const critical = notification(/net liquidation/i);
    assert.equal(await critical.count(), 1);
    await critical.getByText('Close').click();
    await critical.waitFor({ state: 'detached' });
  });

  it('lists what goes on, the most urgent first, and what was told', async () => {
    await row('Cash').waitFor(TOLD_WITHIN);
    await page.locator('.ba-told li').nth(1).waitFor(TOLD_WITHIN);
    assert.match(await row('Rich').innerText(), /Rich\s*critical\s*….*net liquidation USD [\d,.]+/is);
    assert.match(await page.locator('.ba-list li').first().innerText(), /Rich/);
    assert.match(await page.locator('.ba-told').innerText(), /cash.*net liquidation/is);
  });

  it('acknowledges and silences by a press, and shows it also to who opens the page later', async () => {
    await row('Rich').getByRole('button', { name: 'Acknowledge' }).click();
    await row('Rich').getByText('acknowledged', { exact: true }).waitFor(TOLD_WITHIN);
    await row('Cash').getByRole('button', { name: 'Silence 1 h' }).click();
    await row('Cash').getByText('silenced', { exact: true }).waitFor(TOLD_WITHIN);
    await page.reload();
    await row('Cash').getByText('silenced', { exact: true }).waitFor(TOLD_WITHIN);
    assert.ok(await row('Rich').getByRole('button', { name: 'Acknowledge' }).isDisabled());
    assert.ok(await row('Rich').getByRole('button', { name: 'Silence 1 h' }).isEnabled());
    assert.equal(await row('Cash').getByText('acknowledged').count(), 0);
  });

  it('asks no other machine, and raises no error in the browser', () => {
    assert.deepEqual(misdeeds, []);
  });
});
