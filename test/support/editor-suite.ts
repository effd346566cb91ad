import type { Browser, Page } from 'playwright-core';
import { launchBrowser, missingBrowser } from './browser.js';
import { leave, openEditor, type Editor } from './editor.js';
import { startNodeRed, type NodeRedProcess } from './node-red-process.js';

/** What the tests of a suite share, from its first test on. */
export interface EditorSuite {
  readonly nodeRed: NodeRedProcess;
  readonly editor: Editor;
  readonly page: Page;
}

/** For the suite that calls it: a Node-RED with these flows, and its editor in a browser; no dialog outlives its test. */
export function editorSuite(flows: readonly object[]): EditorSuite {
  let browser: Browser | null = null;
  let open: EditorSuite | null = null;
  const opened = (): EditorSuite => {
    if (open === null) throw new Error('The editor is open from the first test on.');
    return open;
  };
  before(async function () {
    const reason = missingBrowser();
    if (reason !== null) {
      console.log(`      skipped: ${reason}`);
      return this.skip();
    }
    const [nodeRed, launched] = await Promise.all([startNodeRed({ flows }), launchBrowser()]);
    browser = launched;
    const editor = await openEditor(launched, nodeRed.url);
    open = { nodeRed, editor, page: editor.page };
  });
  afterEach(async () => {
    const { page } = opened();
    await page.unrouteAll();
    if ((await page.locator('.red-ui-tray').count()) > 0) await leave(page, 'cancel');
  });
  after(async () => {
    await browser?.close();
    await open?.nodeRed.stop();
  });
  return {
    get nodeRed() {
      return opened().nodeRed;
    },
    get editor() {
      return opened().editor;
    },
    get page() {
      return opened().page;
    },
  };
}
