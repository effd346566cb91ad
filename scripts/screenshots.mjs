import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { build } from './ensure-installed.mjs';

// Makes the pictures of docs/images anew: node scripts/screenshots.mjs
build();
const { startDemo } = await import('../dist/demo/demo.js');
const { parseOptions } = await import('../dist/demo/options.js');
const { launchBrowser } = await import('../dist/test/support/browser.js');

/** Long enough for curves with a shape, some fills and some open orders. */
const PLAY_MS = 40_000;
/** For what is faded in, or fetched. */
const SETTLE_MS = 1_000;
/** Whether the topmost dialog stands where it will stay. */
const IS_IN = `(() => {
  const tray = [...document.querySelectorAll('.red-ui-tray')].at(-1);
  const { right, width } = tray.getBoundingClientRect();
  return right <= innerWidth && width >= 500;
})()`;
const folder = new URL('../docs/images/', import.meta.url);
const picture = (name) => new URL(name, folder).pathname;

/** The topmost dialog, once it has slid in. */
async function ofDialog(page, name) {
  await page.waitForFunction(IS_IN);
  await pause(SETTLE_MS);
  await page
    .locator('.red-ui-tray')
    .last()
    .screenshot({ path: picture(name) });
}

/** An editor of its own for each dialog: one that has shown another before opens them narrower. */
async function editorOf(browser, height) {
  const page = await browser.newPage({ viewport: { width: 1300, height } });
  await page.goto(demo.editor);
  await page.waitForFunction("window.RED?.nodes?.node('demo-sync')");
  return page;
}

mkdirSync(folder, { recursive: true });
const userDir = mkdtempSync(join(tmpdir(), 'brokerage-pictures-'));
const ports = ['--port', '0', '--mqtt-port', '0', '--tws-port', '0', '--schwab-port', '0'];
const demo = await startDemo(
  parseOptions([...ports, '--user-dir', userDir, '--trade-ms', '2500']),
  console.log,
);
const browser = await launchBrowser();
try {
  await pause(PLAY_MS);
  const dashboard = await browser.newPage({ viewport: { width: 1280, height: 1120 }, locale: 'en-US' });
  await dashboard.goto(demo.dashboard);
  await dashboard.locator('.bk-curve').first().waitFor();
  await dashboard.locator('.bk-name').first().waitFor();
  await dashboard.screenshot({ path: picture('dashboard.png') });

  const editor = await browser.newPage({ viewport: { width: 1400, height: 1010 } });
  await editor.goto(demo.editor);
  await editor.waitForFunction("window.RED?.nodes?.node('demo-sync')");
  // The canvas alone: palette and sidebar say nothing about the flow.
  await editor.evaluate(
    "RED.actions.invoke('core:toggle-palette'); RED.actions.invoke('core:toggle-sidebar')",
  );
  await editor.getByText('live, 3 accounts').nth(1).waitFor();
  await pause(1000);
  const box = { x: 0, y: 0, width: 960, height: 1000 };
  await editor.screenshot({ path: picture('flow.png'), clip: box });

  // The dialogs, as they open; the answers in the first two come from the simulated brokers.
  const dialogs = await editorOf(browser, 1240);
  await dialogs.evaluate(
    `RED.editor.editConfig('', 'ibkr-config', RED.nodes.node('demo-sync').connection, 'node')`,
  );
  await dialogs.getByText('IB Gateway, paper').waitFor();
  await pause(1000);
  await dialogs.locator('#node-config-input-port').fill(new URL(`tcp://${demo.tws}`).port);
  await dialogs.getByRole('button', { name: 'Test connection' }).click();
  await dialogs.getByText('API server version').waitFor();
  await pause(500);
  await ofDialog(dialogs, 'ibkr-config.png');
  const schwab = await editorOf(browser, 1320);
  await schwab.evaluate("RED.editor.editConfig('', 'schwab-config', 'demo-schwab', 'node')");
  await schwab.locator('#schwab-login').waitFor();
  await pause(1000);
  const [signIn] = await Promise.all([
    schwab.context().waitForEvent('page'),
    schwab.locator('#schwab-login').click(),
  ]);
  const done = signIn.getByRole('button', { name: 'Done' });
  await done.waitFor();
  const [back] = await Promise.all([
    signIn.waitForEvent('request', (request) => request.url().startsWith('https://127.0.0.1/')),
    done.click(),
  ]);
  await schwab.locator('#schwab-pasted').fill(back.url());
  await schwab.locator('#schwab-use').click();
  await schwab.locator('#schwab-result').getByText('accounts found').waitFor();
  await pause(500);
  await ofDialog(schwab, 'schwab-config.png');
  const sync = await editorOf(browser, 1240);
  await sync.evaluate("RED.editor.edit(RED.nodes.node('demo-sync'))");
  await sync.getByText('Account labels').waitFor();
  await ofDialog(sync, 'account-sync.png');

  const alert = await editorOf(browser, 900);
  await alert.evaluate("RED.editor.edit(RED.nodes.node('demo-alert'))");
  await alert.locator('#alert-rules .alert-rule').first().waitFor();
  await ofDialog(alert, 'alert.png');

  const feed = await editorOf(browser, 820);
  await feed.evaluate("RED.editor.edit(RED.nodes.node('demo-feed'))");
  await ofDialog(feed, 'mqtt-feed.png');
} finally {
  await browser.close();
  await demo.close();
  rmSync(userDir, { recursive: true, force: true });
}
