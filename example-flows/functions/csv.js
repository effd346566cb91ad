// A cell by RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe (OWASP, CSV injection), and
// line breaks become spaces, so that each row is one line of the file.
const cell = (value) => {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const safe = (/^[=+\-@\t\r]/.test(value) ? `'${value}` : value).replace(/[\r\n]+/g, ' ');
  return /[",]/.test(safe) || safe !== safe.trim() ? `"${safe.replace(/"/g, '""')}"` : safe;
};
const csvLine = (values) => values.map(cell).join(',');
/** The first cells, as they are written, of all lines that are whole. */
const firstCells = (text) =>
  new Set(
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => /^(?:"(?:[^"]|"")*"|[^,]*)/.exec(line)[0]),
  );
/** What stands behind the last line that is whole: where a crash has cut it off, its row is written anew. */
const lastLine = (text) => text.slice(text.lastIndexOf('\n') + 1).replace(/\r$/, '');
/** What has to stand between a file as it is and a new row. */
const gapAfter = (text, header) => {
  if (header.startsWith(text)) return header.slice(text.length);
  if (text.endsWith('\n')) return '';
  return text.endsWith('\r') ? '\n' : '\r\n';
};
const isMissing = (error) =>
  objectOf(error).code === 'ENOENT' || /ENOENT/.test(textOf(objectOf(error).message) || '');
