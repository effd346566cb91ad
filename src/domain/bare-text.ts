/**
 * What nobody sees and what turns the direction of what follows: bidi controls, joiners, fillers, tags. They are taken
 * out and not isolated, since an isolate that a shortened text does not close, or a mail program does not know, turns
 * the figure beside it. Letters of right-to-left scripts need none of them. Variation selectors only choose the look of
 * an emoji and stay. (UAX #9 2.7, UTS #39 3.1.1, https://trojansource.codes)
 */
const MARKS = /(?![\ufe00-\ufe0f])[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu;
/** C0 and C1: line breaks begin headers and lines of a log, ESC and U+009B what a terminal obeys. */
const CONTROLS = /[\p{Cc}\u2028\u2029]+/gu;
const CONTROLS_BUT_LINES = /(?:(?!\n)\p{Cc})+/gu;
const LINE_ENDS = /\r\n?|[\u0085\u2028\u2029]/gu;
const LONE_SURROGATE = /\p{Surrogate}/gu;

/** Foreign text as one line of visible characters, for a log, a status, a topic or a header. */
export function bareLine(text: string): string {
  return withoutMarks(text).replaceAll(CONTROLS, ' ').replaceAll(/\s+/gu, ' ').trim();
}

/** As `bareLine`, but lines stay lines, ended by `\n`, and blanks stay as they are. */
export function bareLines(text: string): string {
  return withoutMarks(text.replaceAll(LINE_ENDS, '\n')).replaceAll(CONTROLS_BUT_LINES, ' ');
}

/** By characters as Unicode counts them, so that no surrogate pair is cut in two. */
export function shortened(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const characters = Array.from(text.slice(0, 2 * longest + 2));
  return characters.length <= longest ? characters.join('') : `${characters.slice(0, longest - 1).join('')}…`;
}

function withoutMarks(text: string): string {
  return text.replaceAll(LONE_SURROGATE, '\ufffd').replaceAll(MARKS, '');
}
