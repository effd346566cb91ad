import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { posix } from 'node:path';
import { anchorsOf, pages, ROOT, textOf, withoutCode } from './markdown.js';

const EXTERNAL = /^[a-z][a-z0-9+.-]*:/i;

interface Link {
  readonly page: string;
  readonly target: string;
}

/** Links and pictures, of Markdown and of HTML. */
function linksOf(page: string): readonly Link[] {
  const text = withoutCode(textOf(page));
  const found = [
    ...text.matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)/g),
    ...text.matchAll(/(?:href|src)="([^"]+)"/g),
    ...text.matchAll(/^\[[^\]]+\]: (\S+)/gm),
  ];
  return found.map(([, target = '']) => ({ page, target }));
}

/** Why a link leads nowhere; null = it leads somewhere. */
function troubleOf({ page, target }: Link): string | null {
  const [path = '', anchor] = decodeURIComponent(target).split('#');
  const file = path === '' ? page : posix.join(posix.dirname(page), path);
  if (file.startsWith('..') || !existsSync(new URL(file, ROOT))) return `${page}: ${target} is not there`;
  if (anchor === undefined) return null;
  if (!file.endsWith('.md')) return `${page}: ${target} has an anchor, and is no page`;
  return anchorsOf(textOf(file)).has(anchor) ? null : `${page}: ${target} has no such heading`;
}

describe('the pages', () => {
  const links = pages().flatMap(linksOf);
  const relative = links.filter(({ target }) => !EXTERNAL.test(target));

  it('lead only to files, headings and pictures that are there', () => {
    assert.ok(relative.length > 60, `only ${relative.length} links were found`);
    assert.deepEqual(
      relative.flatMap((link) => troubleOf(link) ?? []),
      [],
    );
  });

  it('notice a link that leads nowhere', () => {
    const wrong = [
      'missing.md',
      '#no-such-heading',
      'docs/images/missing.png',
      '../elsewhere.md',
      'LICENSE#a',
    ];
    for (const target of wrong) assert.notEqual(troubleOf({ page: 'README.md', target }), null, target);
  });

  it('send nobody to a page without encryption, but this machine', () => {
    const plain = links.filter(({ target }) => /^http:\/\/(?!127\.0\.0\.1|localhost)/.test(target));
    assert.deepEqual(plain, []);
  });

  it('can all be reached from the README', () => {
    const reached = new Set(['README.md']);
    for (const page of reached)
      for (const { target } of linksOf(page)) {
        const [path = ''] = target.split('#');
        const file = posix.join(posix.dirname(page), path);
        if (!EXTERNAL.test(target) && path.endsWith('.md')) reached.add(file);
      }
    assert.deepEqual(
      pages().filter((page) => !reached.has(page)),
      [],
    );
  });
});
