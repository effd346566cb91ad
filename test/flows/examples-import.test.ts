import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { DEFAULT_RULES } from '../../src/alerts/index.js';
import { EXAMPLES, exampleFlow, type FlowNode } from '../support/example-flow.js';

const SCRIPT = fileURLToPath(new URL('../../../scripts/make-example-flows.mjs', import.meta.url));
const MODULES = new URL('../../../node_modules/', import.meta.url);
const NODES = new URL('../../../nodes/', import.meta.url);
const FILES = readdirSync(EXAMPLES).toSorted();

/** Types without a definition of their own. */
const BUILT_IN = ['tab', 'group'];

/** Every type that a file of these folders registers, as the editor would find it. */
function registeredTypes(folder: URL): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(
      (path) => path.endsWith('.html') && !path.includes('locales/') && !path.startsWith('node_modules/'),
    )
    .flatMap((path) => [
      ...readFileSync(new URL(path, folder), 'utf8').matchAll(/registerType\(\s*['"]([^'"]+)['"]/g),
    ])
    .flatMap(([, type]) => type ?? []);
}

describe('the example flows, as they are imported', () => {
  const known = new Set([
    ...BUILT_IN,
    ...registeredTypes(NODES),
    ...registeredTypes(new URL('@node-red/nodes/core/', MODULES)),
    ...registeredTypes(new URL('@flowfuse/node-red-dashboard/nodes/', MODULES)),
    ...registeredTypes(new URL('node-red-node-email/', MODULES)),
  ]);
  const ofAll = FILES.flatMap((file) => exampleFlow(file));

  it('share no id, so that each can be imported beside the others', () => {
    assert.ok(FILES.length >= 16);
    const ids = ofAll.map(({ id }) => id);
    assert.deepEqual(
      ids.filter((id, index) => ids.indexOf(id) !== index),
      [],
    );
  });

  it('hold the functions and templates as they are written in their files', () => {
    const { status, stderr } = spawnSync(process.execPath, [SCRIPT, '--check'], { encoding: 'utf8' });
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
  });

  for (const file of FILES)
    it(`${file} is whole: every wire ends somewhere, every node is known and stands on the tab`, () => {
      const flow = exampleFlow(file);
      const byId = new Map(flow.map((node) => [node.id, node]));
      const [tab, ...otherTabs] = flow.filter(({ type }) => type === 'tab');
      assert.ok(tab !== undefined && otherTabs.length === 0);
      assert.match(String(tab['info']), /\w{3}/);
      assert.deepEqual(
        flow.map(({ type }) => type).filter((type) => !known.has(type)),
        [],
      );
      const onTab = flow.filter((node) => 'x' in node);
      assert.deepEqual(
        onTab.filter((node) => node['z'] !== tab.id),
        [],
      );
      for (const { id, name, wires } of onTab)
        for (const target of wires.flat())
          assert.ok(
            'x' in (byId.get(target) ?? {}),
            `${name || id} is wired to ${target}, which is not there`,
          );
      for (const { id, name, ...properties } of flow)
        for (const target of referencesIn(properties))
          assert.ok(byId.has(target), `${name || id} needs ${target}, which is not there`);
      assert.deepEqual(unreached(onTab), [], 'nodes that nothing is wired to, and that wait for a message');
    });

  for (const file of FILES)
    it(`${file} stands without one node on another`, () => {
      const places = exampleFlow(file)
        .filter((node) => 'x' in node)
        .map((node) => `${String(node['x'])}, ${String(node['y'])}`);
      assert.equal(new Set(places).size, places.length);
    });

  for (const file of FILES)
    it(`${file} says what to do in steps`, () => {
      const comment = exampleFlow(file).find(({ type }) => type === 'comment');
      assert.match(`${comment?.name} ${String(comment?.['info'])}`, /\b1\. .*\b2\. /s);
    });

  for (const file of FILES.filter((name) => name.startsWith('alerts')))
    it(`${file} watches by the rules that are on from the start`, () => {
      const flow = exampleFlow(file);
      assert.deepEqual(
        flow.find(({ type }) => type === 'account-alert')?.['rules'],
        DEFAULT_RULES.filter(({ raw }) => raw.enabled).map(({ raw }) => raw),
      );
    });
});

/** Ids of configuration nodes and of links, as far as the examples have them. */
function referencesIn(properties: Readonly<Record<string, unknown>>): readonly string[] {
  const { broker, connection, fallback, group, links, page, scope, theme, ui } = z
    .looseObject({
      broker: z.string().optional(),
      connection: z.string().optional(),
      fallback: z.string().optional(),
      group: z.string().optional(),
      links: z.array(z.string()).default([]),
      page: z.string().optional(),
      scope: z.array(z.string()).nullish(),
      theme: z.string().optional(),
      ui: z.string().optional(),
    })
    .parse(properties['type'] === 'mqtt-broker' ? {} : properties);
  const single = [broker, connection, fallback, group, page, theme, ui].flatMap((id) => id || []);
  return [...single, ...links, ...(scope ?? [])];
}

/** What begins a path by itself. */
const SOURCES = ['comment', 'inject', 'catch', 'complete', 'link in', 'mqtt in', 'account-sync'];

function unreached(onTab: readonly FlowNode[]): readonly string[] {
  const targets = new Set(onTab.flatMap(({ wires }) => wires.flat()));
  return onTab
    .filter(({ id, type }) => !SOURCES.includes(type) && !targets.has(id))
    .filter((node) => node['templateScope'] !== 'page:style')
    .map(({ id, name }) => name || id);
}
