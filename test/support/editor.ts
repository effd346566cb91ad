import type { Browser, Page } from 'playwright-core';
import { watchPage } from './browser.js';

export interface Editor {
  readonly page: Page;
  /** What the page did that it should not, so far. */
  readonly misdeeds: string[];
}

/** Opens Node-RED's editor, in the language of the browser or the one chosen in its settings, and waits until the flow is drawn. */
export async function openEditor(browser: Browser, url: string, language?: string): Promise<Editor> {
  const page = await browser.newPage({ viewport: { width: 1400, height: 1100 } });
  if (language !== undefined)
    await page.addInitScript(
      (chosen) => Object(globalThis).localStorage.setItem('editor-language', chosen),
      language,
    );
  page.setDefaultTimeout(15_000);
  const misdeeds = watchPage(page);
  await page.goto(url);
  await page.waitForFunction("window.RED?.nodes?.getType?.('account-sync') && RED.nodes.node('sync1')");
  return { page, misdeeds };
}

export async function editConfig(page: Page, id: string): Promise<void> {
  await page.evaluate(`RED.editor.editConfig('', RED.nodes.node('${id}').type, '${id}', 'node')`);
  await opened(page);
}

/** Opens the dialog of a config node that does not exist yet. */
export async function addConfig(page: Page, type: string): Promise<void> {
  await page.evaluate(`RED.editor.editConfig('', '${type}', '_ADD_', 'node')`);
  await opened(page);
}

export async function editNode(page: Page, id: string): Promise<void> {
  await page.evaluate(`RED.editor.edit(RED.nodes.node('${id}'))`);
  await opened(page);
}

/** The topmost dialog is open when the editor has moved the focus into it: what comes earlier loses its focus to that. */
export async function opened(page: Page): Promise<void> {
  await page.waitForFunction(
    "[...document.querySelectorAll('.red-ui-tray-body')].at(-1)?.contains(document.activeElement)",
  );
}

/** Presses a button of the open dialog and waits until that dialog is gone; the one below it may come back then. */
export async function leave(page: Page, how: 'ok' | 'cancel'): Promise<void> {
  const dialog = await page.locator('.red-ui-tray').last().elementHandle();
  await page.locator(`#node-config-dialog-${how}, #node-dialog-${how}`).last().click();
  await page.waitForFunction((left) => !left?.isConnected, dialog);
}

/** How far a part of the dialog, its form if nothing else is said, reaches out of it to the right, in pixels. */
export async function overhang(page: Page, part = '.red-ui-tray form > div'): Promise<number> {
  const right = (selector: string) => `document.querySelector('${selector}').getBoundingClientRect().right`;
  return Number(await page.evaluate(`${right(part)} - ${right('.red-ui-tray')}`));
}
