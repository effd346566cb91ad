import type { Browser, Page } from 'playwright-core';
import { watchPage } from './browser.js';

export interface Editor {
  readonly page: Page;
  /** What the page did that it should not, so far. */
  readonly misdeeds: readonly string[];
}

/** Opens Node-RED's editor and waits until the flow is drawn. */
export async function openEditor(browser: Browser, url: string): Promise<Editor> {
  const page = await browser.newPage({ viewport: { width: 1400, height: 1100 } });
  page.setDefaultTimeout(15_000);
  const misdeeds = watchPage(page);
  await page.goto(url);
  await page.waitForFunction("window.RED?.nodes?.getType?.('account-sync') && RED.nodes.node('sync1')");
  return { page, misdeeds };
}

export async function editConfig(page: Page, id: string): Promise<void> {
  await page.evaluate(`RED.editor.editConfig('', 'ibkr-config', '${id}', 'node')`);
  await opened(page);
}

export async function editNode(page: Page, id: string): Promise<void> {
  await page.evaluate(`RED.editor.edit(RED.nodes.node('${id}'))`);
  await opened(page);
}

/** A dialog is open when the editor has moved the focus into it: what comes earlier loses its focus to that. */
async function opened(page: Page): Promise<void> {
  await page.waitForFunction("document.querySelector('.red-ui-tray-body')?.contains(document.activeElement)");
}

/** Presses a button of the open dialog and waits until the dialog is gone. */
export async function leave(page: Page, how: 'ok' | 'cancel'): Promise<void> {
  await page.locator(`#node-config-dialog-${how}, #node-dialog-${how}`).last().click();
  await page.waitForFunction("document.querySelectorAll('.red-ui-tray').length === 0");
}

/** How far the dialog's form reaches out of the dialog to the right, in pixels. */
export async function overhang(page: Page): Promise<number> {
  const right = (selector: string) => `document.querySelector('${selector}').getBoundingClientRect().right`;
  return Number(await page.evaluate(`${right('.red-ui-tray form > div')} - ${right('.red-ui-tray')}`));
}
