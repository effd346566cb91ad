import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, missingBrowser } from '../support/browser.js';
import { EXAMPLES, exampleFlow } from '../support/example-flow.js';
import { linkedPackages } from '../support/linked-packages.js';
import { startNodeRed, type NodeRedProcess } from '../support/node-red-process.js';

const PACKAGES = ['@flowfuse/node-red-dashboard', 'node-red-node-email'];
const LIBRARY = 'library/examples/flows/@tradinghelper/node-red-brokerage/flows';

describe('the example flows in the editor', function () {
  this.timeout(60_000);
  let nodeRed: NodeRedProcess;
  let browser: Browser;
  let page: Page;

  before(async function () {
    const missing = missingBrowser();
    if (missing !== null) {
      console.log(`      skipped: ${missing}`);
      this.skip();
    }
    nodeRed = await startNodeRed({ install: linkedPackages(PACKAGES) });
    browser = await launchBrowser();
    page = await browser.newPage();
    await page.goto(nodeRed.url);
    await page.waitForFunction(
      "window.RED?.nodes?.getType?.('account-alert') && window.RED?.nodes?.getType?.('ui-page')",
    );
  });
  after(async () => {
    await browser?.close();
    await nodeRed?.stop();
  });

  for (const file of readdirSync(EXAMPLES).toSorted())
    it(`${file} is offered under Import → Examples, and every node of it is valid`, async () => {
      const response = await fetch(`${nodeRed.url}/${LIBRARY}/${file.replace('.json', '')}`);
      const text = await response.text();
      assert.deepEqual(JSON.parse(text).length, exampleFlow(file).length);
      const faults: unknown = await page.evaluate(`(() => {
        RED.nodes.import(${text}, { generateIds: false, addFlow: false });
        return ${text}.flatMap(({ id, type }) => {
          if (type === 'tab') return RED.nodes.workspace(id) ? [] : [id + ': no tab'];
          const node = RED.nodes.node(id);
          if (!node) return [id + ': not imported'];
          RED.editor.validateNode(node);
          return node.type === 'unknown' || !node.valid ? [id + ': ' + node.type + ' ' + node.validationErrors] : [];
        });
      })()`);
      assert.deepEqual(faults, []);
    });
});
