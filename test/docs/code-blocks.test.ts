import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { Script } from 'node:vm';
import { z } from 'zod';
import { codeBlocks, pages, ROOT, textOf } from './markdown.js';

const Package = z.object({
  scripts: z.record(z.string(), z.string()),
  bin: z.record(z.string(), z.string()),
});
const { bin, scripts } = Package.parse(JSON.parse(textOf('package.json')));

/** '' is a drawing of words. */
const LANGUAGES = ['js', 'json', 'sh', 'text', 'yaml', ''];
const blocks = pages().flatMap((page) => codeBlocks(textOf(page)).map((block) => ({ ...block, page })));
const of = (language: string) => blocks.filter((block) => block.language === language);
const inline = pages().flatMap((page) =>
  [...textOf(page).matchAll(/`((?:npm|node|npx|CI=true npx) [^`\n]+)`/g)].map(([, code = '']) => ({
    page,
    code,
  })),
);

/** What is wrong with a command of a shell; null = nothing that can be seen from here. */
function troubleOf(command: string): string | null {
  const [, script] = /\bnpm run (?:--silent )?([\w:-]+)/.exec(command) ?? [];
  if (script !== undefined && !(script in scripts)) return `there is no script ${script}`;
  const [, short] = /\bnpm (start|test)\b/.exec(command) ?? [];
  if (short !== undefined && !(short in scripts)) return `there is no script ${short}`;
  const [, program] = /\bnpx (?:-y )?([\w@/.-]+)/.exec(command) ?? [];
  if (program !== undefined && !(program in bin) && !KNOWN_PROGRAMS.includes(program))
    return `nobody knows the program ${program}`;
  for (const [file] of command.matchAll(/(?<![\w./-])(?:scripts|dist\/test)\/[\w./-]+\.(?:mjs|js)\b/g)) {
    const source = file.replace(/^dist\//, '').replace(/\.js$/, '.ts');
    if (!existsSync(new URL(source, ROOT))) return `${file} is not there`;
  }
  return null;
}

/** Of our own dependencies. */
const KNOWN_PROGRAMS = ['mocha', 'node-red-dev@0.1.6', 'prettier', 'tsc'];

describe('the code on the pages', () => {
  it('is in a language that is looked at here', () => {
    assert.ok(blocks.length > 20, `only ${blocks.length} blocks were found`);
    assert.deepEqual(
      blocks.flatMap(({ language, line, page }) => (LANGUAGES.includes(language) ? [] : [`${page}:${line}`])),
      [],
    );
  });

  it('is JSON where it says so', () => {
    assert.ok(of('json').length > 10);
    for (const { code, line, page } of of('json'))
      assert.doesNotThrow(() => void JSON.parse(code), `${page}:${line}`);
  });

  it('is JavaScript that compiles, as the inside of a function node', () => {
    assert.ok(of('js').length >= 10);
    for (const { code, line, page } of of('js'))
      assert.doesNotThrow(() => new Script(`async function onMessage(msg) {\n${code}\n}`), `${page}:${line}`);
  });

  it('names npm scripts, programs and files that are there', () => {
    const commands = [
      ...of('sh').flatMap(({ code, page }) => code.split('\n').map((line) => ({ page, code: line }))),
      ...inline,
    ];
    assert.ok(commands.length > 20);
    assert.deepEqual(
      commands.flatMap(({ code, page }) => {
        const trouble = troubleOf(code);
        return trouble === null ? [] : [`${page}: ${code}: ${trouble}`];
      }),
      [],
    );
  });

  it('is found wrong where it names what is not there', () => {
    const wrong = [
      'npm run nothing',
      'npx nobody --help',
      'node scripts/none.mjs',
      'npx mocha dist/test/none.test.js',
    ];
    for (const command of wrong) assert.notEqual(troubleOf(command), null, command);
  });
});
