const LONGEST_WORD = 80;

/** Marks that turn the direction of what follows, joiners and what cannot be seen. */
const INVISIBLE = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;
const CONTROL = /[\p{Cc}\u2028\u2029]+/gu;
const CONTROL_BUT_LINES = /(?:(?!\n)\p{Cc})+/gu;
const LONE_SURROGATE = /\p{Surrogate}/gu;

/**
 * Foreign text as one short line that is text wherever it is shown: the e-mail node sends what matches `<[a-z]` as HTML,
 * line breaks in a subject begin a new header, and direction marks make another name of a name.
 */
export function oneLine(text: string, longest = LONGEST_WORD): string {
  return shortened(withoutMarks(text).replaceAll(CONTROL, ' ').replaceAll(/\s+/gu, ' ').trim(), longest);
}

/** As `oneLine`, but lines stay lines. */
export function plainText(text: string, longest: number): string {
  const lines = withoutMarks(text.replaceAll(/\r\n?|[\u2028\u2029]/gu, '\n')).replaceAll(
    CONTROL_BUT_LINES,
    ' ',
  );
  return shortened(lines, longest);
}

function withoutMarks(text: string): string {
  return text
    .replaceAll(LONE_SURROGATE, '\ufffd')
    .replaceAll(INVISIBLE, '')
    .replaceAll(/<(?=\S)/gu, '\u2039');
}

/** By characters as people count them, so that none is cut in two. */
function shortened(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const characters = Array.from(text.slice(0, 2 * longest + 2));
  return characters.length <= longest ? characters.join('') : `${characters.slice(0, longest - 1).join('')}…`;
}
