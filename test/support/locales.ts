import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';

const ROOT = new URL('../../../', import.meta.url);
/** Where the package keeps what Node-RED reads. */
const NODES = new URL('dist/nodes/', ROOT);
export const ENGLISH = 'en-US';
/** The languages beside English, as Node-RED's editor calls them. */
export const LANGUAGES = ['de', 'ja'];

interface Tree {
  readonly [key: string]: string | Tree;
}
const Tree: z.ZodType<Tree> = z.lazy(() => z.record(z.string(), z.union([z.string(), Tree])));

/** The folders of the package's nodes. */
export function nodeFolders(): readonly string[] {
  return readdirSync(NODES).toSorted();
}

/** The languages of a node, English too. */
export function languagesOf(node: string): readonly string[] {
  return readdirSync(new URL(`${node}/locales/`, NODES)).toSorted();
}

/** What a node has in a language: names of files. */
export function filesOf(node: string, language: string): readonly string[] {
  return readdirSync(new URL(`${node}/locales/${language}/`, NODES)).toSorted();
}

/** The texts of a node's dialog: path of the key → text. */
export function textsOf(node: string, language: string): ReadonlyMap<string, string> {
  return flat(new URL(`${node}/locales/${language}/${node}.json`, NODES));
}

/** The help of a node, as it is shown in the sidebar. */
export function helpOf(node: string, language: string): string {
  return readFileSync(new URL(`${node}/locales/${language}/${node}.html`, NODES), 'utf8');
}

/** What Node-RED's own editor says in this language: path of the key → text. */
export function editorTexts(language: string): ReadonlyMap<string, string> {
  return flat(new URL(`node_modules/@node-red/editor-client/locales/${language}/editor.json`, ROOT));
}

function flat(file: URL): ReadonlyMap<string, string> {
  return new Map(leaves(Tree.parse(JSON.parse(readFileSync(file, 'utf8'))), ''));
}

function leaves(tree: Tree, path: string): (readonly [string, string])[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[path + key, value] as const] : leaves(value, `${path}${key}.`),
  );
}
