const STYLE = `
  :root { color-scheme: light dark }
  body { margin: 15vh auto 0; max-width: 34rem; padding: 0 1.5rem; font: 1.1rem/1.5 system-ui, sans-serif }
  h1 { font-size: 1.5rem }
`;

/** A page of a heading and some sentences, without a script. */
export function messagePage(heading: string, sentences: readonly string[]): string {
  const paragraphs = sentences.map((sentence) => `<p>${escaped(sentence)}</p>`).join('\n');
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(heading)}</title>
<style>${STYLE}</style>
<h1>${escaped(heading)}</h1>
${paragraphs}
</html>
`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
