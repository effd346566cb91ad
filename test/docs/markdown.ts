import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The checkout, from the compiled test. */
export const ROOT = new URL('../../../', import.meta.url);
/** What others wrote, what is made, what GitHub shows by itself, and what stands elsewhere (examples/grafana is a link). */
const NOT_OURS =
  /(^|\/)(node_modules|dist|coverage|\.demo|\.git|\.github|examples\/grafana|mutation\/(sandbox|report))(\/|$)/;

/** All pages, by their path from the root. */
export function pages(): readonly string[] {
  return readdirSync(fileURLToPath(ROOT), { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.md') && !NOT_OURS.test(path))
    .toSorted();
}

export function textOf(path: string): string {
  return readFileSync(new URL(path, ROOT), 'utf8');
}

export interface CodeBlock {
  /** Of the fence: `js`, `json`, `sh`; '' where there is none. */
  readonly language: string;
  readonly code: string;
  /** Of the fence, from 1. */
  readonly line: number;
}

const FENCED = /^( *)```(\w*)\n([\s\S]*?)^\1```$/gm;

/** Fenced blocks, those within lists too. */
export function codeBlocks(text: string): readonly CodeBlock[] {
  return [...text.matchAll(FENCED)].map(({ 1: indent = '', 2: language = '', 3: code = '', index }) => ({
    language,
    code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    line: text.slice(0, index).split('\n').length,
  }));
}

/** The text without its code, in which a link is none. */
export function withoutCode(text: string): string {
  return text
    .replaceAll(/^( *)```(\w*)\n[\s\S]*?^\1```$/gm, '')
    .replaceAll(/`[^`\n]+`/g, (code) => 'x'.repeat(code.length));
}

/** The anchors that GitHub gives the headings of a page. */
export function anchorsOf(text: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  const bare = text.replaceAll(FENCED, '');
  for (const [, heading = ''] of bare.matchAll(/^#{1,6} (.+)$/gm)) {
    const slug = slugOf(heading);
    let anchor = slug;
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${slug}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** As github-slugger: lower case, without punctuation, blanks become hyphens. */
function slugOf(heading: string): string {
  const words = heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .trim();
  return words.replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '').replaceAll(' ', '-');
}

/** The part of a page under the first heading that begins so, up to the next one of the same level or above. */
export function sectionOf(text: string, heading: string): string {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => line.startsWith(heading));
  if (at < 0) throw new Error(`There is no heading ${heading}.`);
  const level = /^#+/.exec(heading)?.[0].length ?? 1;
  const after = lines.slice(at + 1);
  const end = after.findIndex((line) => new RegExp(`^#{1,${level}} `).test(line));
  return after.slice(0, end < 0 ? undefined : end).join('\n');
}
