import assert from 'node:assert/strict';
import { z } from 'zod';
import { filesIn, locked, manifest, read } from './files.js';

/** What the editor registers: `RED.nodes.registerType('account-sync', {` in a script of the node's page. */
const REGISTERED = /RED\.nodes\.registerType\('([\w-]+)', \{\s+category: '([\w-]+)'/g;
const pages = Object.values(manifest['node-red'].nodes).map((path) => {
  const page = path.replace(/^dist\/(.+)\.js$/, '$1.html');
  const text = read(page);
  const [, type = '', category = ''] = [...text.matchAll(REGISTERED)].at(0) ?? [];
  return { page, type, category, text };
});

// Rules of Node-RED's scorecard (https://nodered.org/docs/creating-nodes/scorecard), which looks at what is published:
// here they are seen before. Those that ask the catalogue or npm are left to `node-red-dev validate`.
describe('package.json', () => {
  it('lets the palette and the catalogue find the package (P03, P04, P05)', () => {
    assert.ok(manifest.keywords.includes('node-red'));
    assert.match(manifest.name, /^@[\w-]+\/node-red-[\w-]+$/);
    const home = manifest.homepage?.replace(/#.*$/, '');
    assert.equal(manifest.repository?.url, `git+${home}.git`);
    assert.equal(manifest.bugs?.url, `${home}/issues`);
    assert.ok(manifest.author);
  });

  it('names the licence whose text lies beside it (P01)', () => {
    assert.equal(manifest.license, 'Apache-2.0');
    assert.match(read('LICENSE'), /^\s*Apache License\s+Version 2\.0, January 2004/);
  });

  it('asks for the oldest Node-RED that is tested, and shuts out no newer one (P06)', () => {
    const { version } = locked('package-lock.json', 'node-red');
    const [major, minor] = version.split('.');
    assert.equal(manifest['node-red'].version, `>=${major}.${minor}.0`);
  });

  it('brings six packages at most (D01)', () => {
    const names = Object.keys(manifest.dependencies);
    assert.ok(names.length <= 6, names.join(', '));
  });
});

describe('the nodes, as the scorecard reads them', () => {
  it('are registered in the open, one in each page, in a script that says what it is', () => {
    for (const { page, type, text } of pages) {
      assert.notEqual(type, '', `${page} registers no type by name with its properties`);
      assert.equal(text.match(/registerType\(/g)?.length, 1, page);
      const script = [...text.matchAll(/<script type="text\/javascript">(.*?)<\/script>/gs)].map(
        ([, code = '']) => code,
      );
      assert.ok(script.join('').includes('registerType('), page);
      for (const name of ['color', 'icon', 'inputs', 'outputs'])
        for (const [, value = ''] of text.matchAll(new RegExp(`^      ${name}: (.+),$`, 'gm')))
          assert.match(value, /^('[^']+'|\d+)$/, `${page}: ${name}`);
    }
    const types = pages.map(({ type }) => type);
    assert.deepEqual(types, [...new Set(types)]);
  });

  it('each stand in an example to import, unless they are configuration (N02)', () => {
    const Flow = z.array(z.looseObject({ type: z.string() }));
    const shown = new Set(
      filesIn('examples/flows').flatMap((path) => Flow.parse(JSON.parse(read(path))).map(({ type }) => type)),
    );
    const nodes = pages.filter(({ category }) => category !== 'config').map(({ type }) => type);
    assert.ok(nodes.length > 0);
    assert.deepEqual(
      nodes.filter((type) => !shown.has(type)),
      [],
    );
  });
});
