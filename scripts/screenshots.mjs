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
const folder = new URL('../docs/images/', import.meta.url);
const picture = (name) => new URL(name, folder).pathname;

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
  const dialogs = await browser.newPage({ viewport: { width: 1300, height: 1240 } });
  await dialogs.goto(demo.editor);
  await dialogs.waitForFunction("window.RED?.nodes?.node('demo-sync')");
  await dialogs.evaluate(
    `RED.editor.editConfig('', 'ibkr-config', RED.nodes.node('demo-sync').connection, 'node')`,
  );
  await dialogs.getByText('IB Gateway, paper').waitFor();
  await pause(1000);
  await dialogs.locator('#node-config-input-port').fill(new URL(`tcp://${demo.tws}`).port);
  await dialogs.getByRole('button', { name: 'Test connection' }).click();
  await dialogs.getByText('API server version').waitFor();
  await pause(500);
  await dialogs
    .locator('.red-ui-tray')
    .last()
    .screenshot({ path: picture('ibkr-config.png') });
  await dialogs.getByRole('button', { name: 'Cancel' }).last().click();
  await dialogs.waitForFunction("document.querySelectorAll('.red-ui-tray').length === 0");
  await dialogs.setViewportSize({ width: 1300, height: 1320 });
  await dialogs.evaluate("RED.editor.editConfig('', 'schwab-config', 'demo-schwab', 'node')");
  await dialogs.locator('#schwab-login').waitFor();
  await pause(1000);
  const [signIn] = await Promise.all([
    dialogs.context().waitForEvent('page'),
    dialogs.locator('#schwab-login').click(),
  ]);
  const done = signIn.getByRole('button', { name: 'Done' });
  await done.waitFor();
  const [back] = await Promise.all([
    signIn.waitForEvent('request', (request) => request.url().startsWith('https://127.0.0.1/')),
    done.click(),
  ]);
  await dialogs.locator('#schwab-pasted').fill(back.url());
  await dialogs.locator('#schwab-use').click();
  await dialogs.locator('#schwab-result').getByText('accounts found').waitFor();
  await pause(500);
  await dialogs
    .locator('.red-ui-tray')
    .last()
    .screenshot({ path: picture('schwab-config.png') });
  await dialogs.getByRole('button', { name: 'Cancel' }).last().click();
  await dialogs.waitForFunction("document.querySelectorAll('.red-ui-tray').length === 0");
  await dialogs.evaluate("RED.editor.edit(RED.nodes.node('demo-sync'))");
  await dialogs.getByText('Account labels').waitFor();
  await pause(1000);
  await dialogs
    .locator('.red-ui-tray')
    .last()
    .screenshot({ path: picture('account-sync.png') });
  await dialogs.getByRole('button', { name: 'Cancel' }).last().click();
  await dialogs.waitForFunction("document.querySelectorAll('.red-ui-tray').length === 0");
  await dialogs.setViewportSize({ width: 1300, height: 900 });
  await dialogs.evaluate("RED.editor.edit(RED.nodes.node('demo-alert'))");
  await dialogs.locator('#alert-rules .alert-rule').first().waitFor();
  await dialogs.getByRole('button', { name: 'Test with last data' }).click();
  await pause(1500);
  await dialogs
    .locator('.red-ui-tray')
    .last()
    .screenshot({ path: picture('alert.png') });
  await dialogs.getByRole('button', { name: 'Cancel' }).last().click();
  await dialogs.waitForFunction("document.querySelectorAll('.red-ui-tray').length === 0");
  await dialogs.evaluate("RED.editor.edit(RED.nodes.node('demo-feed'))");
  await pause(1500);
  await dialogs
    .locator('.red-ui-tray')
    .last()
    .screenshot({ path: picture('mqtt-feed.png') });
} finally {
  await browser.close();
  await demo.close();
  rmSync(userDir, { recursive: true, force: true });
}
