import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { load } from 'js-yaml';
import { z } from 'zod';
import { filesIn, manifest, read } from './files.js';

const ROOT = new URL('../../../', import.meta.url);

/** https://docs.github.com/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-githubs-form-schema */
const validations = z.strictObject({ required: z.boolean() }).default({ required: false });
const asked = z.looseObject({ label: z.string().min(1), description: z.string().optional() });
const Field = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('markdown'), attributes: z.strictObject({ value: z.string() }) }),
  z.strictObject({
    type: z.enum(['textarea', 'input', 'dropdown', 'checkboxes']),
    id: z.string(),
    attributes: asked,
    validations,
  }),
]);
const Form = z.strictObject({
  name: z.string(),
  description: z.string(),
  labels: z.array(z.string()),
  body: z.array(Field),
});
const form = (name: string) => Form.parse(load(read(`.github/ISSUE_TEMPLATE/${name}.yml`)));
const questions = (name: string) => form(name).body.flatMap((field) => ('id' in field ? [field] : []));

const Update = z.looseObject({
  'package-ecosystem': z.string(),
  directory: z.string().optional(),
  directories: z.array(z.string()).default([]),
});
const Dependabot = z.strictObject({ version: z.literal(2), updates: z.array(Update) });

describe('what GitHub shows to those who write to us', () => {
  it('asks for the diagnostics report in the words of the dialog', () => {
    const report = questions('bug').find(({ id }) => id === 'report');
    assert.equal(report?.validations.required, true);
    for (const word of ['Diagnostics', 'Copy report']) {
      assert.ok(report.attributes.description?.includes(word));
      for (const node of ['ibkr-config', 'schwab-config'])
        assert.ok(read(`nodes/${node}/locales/en-US/${node}.json`).includes(`"${word}"`), `${node}: ${word}`);
    }
  });

  it('names each question once', () => {
    for (const name of ['bug', 'feature']) {
      const ids = questions(name).map(({ id }) => id);
      assert.ok(ids.length > 0);
      assert.deepEqual(ids, [...new Set(ids)]);
    }
  });

  it('leads to places of this repository that exist', () => {
    const home = manifest.homepage?.replace(/#.*$/, '') ?? '';
    const texts = [...filesIn('.github'), 'SECURITY.md'].map(read).join('\n');
    const addresses = [...texts.matchAll(/https:\/\/github\.com\/[^\s)]+/g)].map(([address]) => address);
    assert.ok(addresses.length > 0);
    for (const address of addresses) assert.ok(address.startsWith(home), address);
    const anchors = new Set(
      [...read('README.md').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
        heading
          .toLowerCase()
          .replaceAll(/[^\w\s-]/g, '')
          .replaceAll(' ', '-'),
      ),
    );
    const wanted = [...texts.matchAll(/(?:README\.md|node-red-brokerage)#([\w-]+)/g)];
    assert.ok(wanted.length > 0);
    for (const [, anchor = ''] of wanted) assert.ok(anchors.has(anchor), `README.md has no #${anchor}`);
  });
});

describe('Dependabot', () => {
  const { updates } = Dependabot.parse(load(read('.github/dependabot.yml')));
  const watched = (ecosystem: string): readonly string[] =>
    updates
      .filter((update) => update['package-ecosystem'] === ecosystem)
      .flatMap(({ directory, directories }) => [directory ?? [], directories].flat());

  it('looks at every lock file, the actions and the images', () => {
    const folders = ['', ...readdirSync(ROOT).map((name) => `/${name}`)]
      .filter((folder) => folder !== '/node_modules')
      .filter((folder) => existsSync(new URL(`.${folder}/package-lock.json`, ROOT)));
    assert.deepEqual(
      watched('npm').toSorted(),
      folders.map((folder) => folder || '/'),
    );
    assert.deepEqual(watched('github-actions'), ['/']);
    for (const [ecosystem, file] of [
      ['docker', 'Dockerfile'],
      ['docker-compose', 'compose.yaml'],
    ] as const)
      for (const folder of watched(ecosystem)) assert.ok(existsSync(new URL(`.${folder}/${file}`, ROOT)));
  });
});
