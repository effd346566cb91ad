import { bareLine, bareLines, shortened } from '../../domain/bare-text.js';

const LONGEST_WORD = 80;

/**
 * Foreign text as one short line that is text wherever it is shown: the e-mail node sends what matches `<[a-z]` as HTML
 * (61-email.js of node-red-node-email), so that a `<` is followed by a blank or is none.
 */
export function oneLine(text: string, longest = LONGEST_WORD): string {
  return shortened(bareLine(text).replaceAll(/<(?=\S)/gu, '\u2039'), longest);
}

/**
 * As `oneLine`, but lines stay lines, and there is no `<` at all: `ui-notification` passes a payload that has one through
 * DOMPurify and shows the outcome as text, `&lt;` and `&amp;` included.
 */
export function plainText(text: string, longest: number): string {
  return shortened(bareLines(text).replaceAll('<', '\u2039'), longest);
}
