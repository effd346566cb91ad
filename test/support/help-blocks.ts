/** One paragraph, term or item of a help, with the tag that opens it. */
export interface HelpBlock {
  readonly tag: string;
  /** What stands in it up to the next block, tags included, white space made single. */
  readonly html: string;
}

const BLOCK = /<\/?(?:script|p|h\d|dl|dt|dd|ol|ul|li|div)\b[^>]*>/g;
const INLINE = /<\/?\w[^>]*>/g;

/** Cuts a help at its block tags, closing ones too: translations have the same ones in the same order. */
export function blocksIn(help: string): readonly HelpBlock[] {
  const tags = [...help.matchAll(BLOCK)];
  return tags.map((match, index) => {
    const end = tags[index + 1]?.index ?? help.length;
    const html = help.slice(match.index + match[0].length, end);
    return { tag: match[0], html: html.replaceAll(/\s+/g, ' ').trim() };
  });
}

/** The inline tags of a block, sorted: another language may need them in another order. */
export function inlineTags({ html }: HelpBlock): readonly string[] {
  return [...html.matchAll(INLINE)].map(([tag]) => tag).toSorted();
}

/** What stands between these inline tags, sorted. */
export function contentsOf({ html }: HelpBlock, tag: 'b' | 'code' | 'i' | 'span'): readonly string[] {
  const pattern = new RegExp(`<${tag}\\b[^>]*>(.*?)</${tag}>`, 'g');
  return [...html.matchAll(pattern)].map(([, content]) => content ?? '').toSorted();
}

/** A block's words alone. */
export function wordsOf({ html }: HelpBlock): string {
  return html.replaceAll(INLINE, '');
}
