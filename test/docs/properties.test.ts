import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ROOT, sectionOf, textOf } from './markdown.js';

/** Node type → its folder, its page with a table of saved properties, its section in the README. */
const NODES = [
  {
    folder: 'ibkr-config',
    page: 'docs/interactive-brokers.md',
    readme: '### ibkr-config: the connection to Interactive Brokers',
  },
  {
    folder: 'schwab-config',
    page: 'docs/schwab.md',
    readme: '### schwab-config: the connection to Charles Schwab',
  },
  { folder: 'account-sync', page: null, readme: '### account-sync: the messages' },
  { folder: 'mqtt-feed', page: null, readme: '## MQTT' },
] as const;

/** The block in braces after `word:` in the text of an editor file. */
function blockAfter(text: string, word: string): string {
  const at = text.indexOf(`\n      ${word}: {\n`);
  if (at < 0) return '';
  return text.slice(at + 1, text.indexOf('\n      },', at));
}

/** Properties as the editor saves them, and credentials, with the text of their definition. */
function definedBy(folder: string): ReadonlyMap<string, string> {
  const html = readFileSync(new URL(`nodes/${folder}/${folder}.html`, ROOT), 'utf8');
  const blocks = ['defaults', 'credentials'].map((word) => blockAfter(html, word));
  return new Map(
    blocks.flatMap((block) =>
      [...block.matchAll(/^ {8}(\w+): \{([\s\S]*?)(?=^ {8}\w+: \{|(?![\s\S]))/gm)].map(
        ([, name = '', text = '']) => [name, text] as const,
      ),
    ),
  );
}

/** First cells of the table whose first heading is `property`, with the second cell. */
function propertyRows(text: string): readonly (readonly [string, string])[] {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => /^\| property +\|/.test(line));
  if (at < 0) return [];
  const rest = lines.slice(at + 2);
  const end = rest.findIndex((line) => !line.startsWith('|'));
  return rest.slice(0, end < 0 ? undefined : end).map((line) => {
    const [, name = '', value = ''] = line.split('|').map((cell) => cell.trim());
    return [name, value] as const;
  });
}

const bare = (cell: string): string => cell.replaceAll('`', '');

/** Longer texts of a dialog are sentences, in which any word may stand. */
const LONGEST_LABEL = 60;

/** What a dialog calls its fields, in English. */
function wordsOf(folder: string): readonly string[] {
  const parsed = z.json().parse(JSON.parse(textOf(`nodes/${folder}/locales/en-US/${folder}.json`)));
  const all = new Set<string>();
  const collect = (value: z.infer<ReturnType<typeof z.json>>): void => {
    if (typeof value === 'string') all.add(value);
    else if (value !== null && typeof value === 'object')
      for (const inner of Object.values(value)) collect(inner);
  };
  collect(parsed);
  return [...all].filter(({ length }) => length <= LONGEST_LABEL);
}

describe('the tables of properties', () => {
  for (const { folder, page } of NODES) {
    if (page === null) continue;
    const defined = definedBy(folder);

    it(`of ${page} name what the node saves, all of it, with its defaults`, () => {
      const rows = propertyRows(textOf(page));
      const documented = rows.map(([name]) => bare(name));
      assert.deepEqual(
        documented.toSorted(),
        [...defined.keys()].filter((name) => name !== 'version').toSorted(),
      );
      for (const [name, value] of rows) {
        const text = defined.get(bare(name)) ?? '';
        const [, saved] = /value: ('[^']*'|[\w.]+)/.exec(text) ?? [];
        assert.equal(bare(value), (saved ?? '').replaceAll("'", ''), name);
      }
    });
  }

  for (const { folder, readme } of NODES)
    it(`of the README call the fields of ${folder} as its dialog does`, () => {
      const words = wordsOf(folder);
      const labels = propertyRows(sectionOf(textOf('README.md'), readme)).flatMap(([cell]) =>
        cell.split(', '),
      );
      assert.ok(labels.length >= 5, `only ${labels.length} labels were found`);
      assert.deepEqual(
        labels.filter((label) => !words.some((word) => word.toLowerCase().includes(label.toLowerCase()))),
        [],
      );
    });
});
