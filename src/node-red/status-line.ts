import { shortened } from '../domain/bare-text.js';
import { saidLine } from './said.js';

/** What fits under a node without running into its neighbour. */
const LONGEST_TEXT = 70;

/** Any text as the line under a node. */
export function statusLine(text: string): string {
  return shortened(saidLine(text), LONGEST_TEXT);
}
