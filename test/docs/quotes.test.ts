import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { ROOT, textOf } from './markdown.js';

/** Tables by what the user sees, whose first cells quote sentences of the package. */
const PAGES = ['README.md', 'docs/interactive-brokers.md', 'docs/schwab.md'];
/** Quoted words of others: Schwab's pages, IBKR's maintenance in the words of the README. */
const OF_OTHERS = ['unable to complete your request'];
const TABLE = /^\| (?:what )?you see[^\n]*\n\|[ -|]+\n((?:\|[^\n]*\n?)+)/gm;

/** Sources and dialogs, their strings put together where a line ends within one. */
function saidByThePackage(): string {
  const folders = ['src/', 'nodes/'].map((name) => new URL(name, ROOT));
  const texts = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.(ts|json|html)$/.test(path) && !/locales\/(?!en-US)/.test(path))
      .map((path) => readFileSync(new URL(path, folder), 'utf8')),
  );
  const text = texts.join('\n').replaceAll(/['`] \+\s+['`]/g, '');
  // Sentences as they are written, and with what is put into them left open.
  return [text, text.replaceAll(/\$\{[^}]*\}/g, '…')].join('\n').replaceAll('’', "'");
}

/** What is quoted in the first cells, as people read it: `…` for what differs. */
function quotesOf(page: string): readonly string[] {
  return [...textOf(page).matchAll(TABLE)].flatMap(([, rows = '']) =>
    rows.split('\n').flatMap((row) => {
      const [, cell = ''] = row.split('|');
      return [...cell.matchAll(/"([^"]+)"/g)].flatMap(([, quote = '']) => quote.split(' / '));
    }),
  );
}

/** The sentence with its words, any of which the package may put in; `…` may be anything. */
function patternOf(quote: string): RegExp {
  const words = quote.replaceAll(/…:\d+/g, '…').split(/( ?… ?|\w+)/);
  const parts = words.map((part) => {
    if (part.includes('…')) return '[^\\n]*?';
    return /^\w+$/.test(part) ? `(?:${part}|…)` : part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  });
  return new RegExp(parts.join(''), 'i');
}

describe('what the pages quote', () => {
  const said = saidByThePackage();

  it('is found wrong where nobody says it', () => {
    const wrong = ['Client id 17 is taken', 'the login has come to its end', 'refuses visits on Sundays'];
    assert.deepEqual(
      wrong.filter((quote) => patternOf(quote).test(said)),
      [],
    );
  });

  for (const page of PAGES)
    it(`in ${page} is what the package says`, () => {
      const quotes = quotesOf(page);
      assert.ok(quotes.length >= 6, `only ${quotes.length} quotes were found`);
      assert.deepEqual(
        quotes.filter((quote) => !OF_OTHERS.includes(quote) && !patternOf(quote).test(said)),
        [],
      );
    });
});
