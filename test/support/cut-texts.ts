import type { Page } from 'playwright-core';
import { z } from 'zod';

/** Runs in the page. A list shows an arrow beside its words, and a field some room around them. */
const FIND = `(() => {
  const ARROW_PX = 20;
  const pen = document.createElement('canvas').getContext('2d');
  const tray = $('.red-ui-tray').last();
  const all = (selector) => tray.find(selector).filter(':visible').toArray();
  const widthOf = (text, element) => {
    pen.font = getComputedStyle(element).font;
    return pen.measureText(text).width;
  };
  const roomIn = (element) => {
    const { paddingLeft, paddingRight } = getComputedStyle(element);
    return element.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
  };
  const linesOf = (element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    const rows = [...range.getClientRects()].filter(({ width }) => width > 0);
    const tops = rows.map(({ top, height }) => Math.round((top + height / 2) / 10));
    return Math.max(...tops) - Math.min(...tops) > 1 ? 2 : 1;
  };
  return [
    ...all('.form-row > label span').filter((label) => linesOf(label) > 1).map((label) => 'on two lines: ' + $(label).text()),
    ...all('label, button, h4, h5, summary, th, .red-ui-tab a, .alert-mark, .alert-unit, .brokerage-scroll')
      .filter((box) => box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box).display !== 'inline')
      .map((box) => 'cut: ' + $(box).text().trim()),
    ...all('select').flatMap((select) =>
      $(select).find('option').toArray()
        .filter((option) => widthOf(option.text, select) > roomIn(select) - ARROW_PX)
        .map((option) => 'cut in its list: ' + option.text)),
    ...all('input[placeholder]')
      .filter((field) => widthOf(field.placeholder, field) > roomIn(field))
      .map((field) => 'cut in its field: ' + field.placeholder),
  ];
})()`;

/**
 * What can be read only in part in the topmost dialog, as it is now: labels on two lines, and words that do not fit
 * into their label, button, tab, list or field.
 */
export async function cutTexts(page: Page): Promise<readonly string[]> {
  return z.array(z.string()).parse(await page.evaluate(FIND));
}
