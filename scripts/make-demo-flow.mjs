import { readFileSync, writeFileSync } from 'node:fs';
import { nodes } from '../demo/flow-nodes.mjs';

// demo/flow.json is what Node-RED loads and what users import. Its templates and functions are written as
// files of their own (demo/dashboard, demo/functions), and this puts them in.
const demo = new URL('../demo/', import.meta.url);

/** A file with the files that its `// @include name` lines ask for, from the same folder. */
function withIncludes(path) {
  const text = read(path);
  return text.replace(/^( *)\/\/ @include (\S+)\n/gm, (_line, indent, name) =>
    snippet(read(path.replace(/[^/]+$/, name))).replace(/^(?=.)/gm, indent),
  );
}

/** Of a file that exports an object the properties, of any other file everything. */
function snippet(text) {
  const [, properties] = /export const \w+ = \{\n([\s\S]*)\};\n$/.exec(text) ?? [];
  return properties === undefined ? text : properties.replace(/^ {2}/gm, '');
}

function read(path) {
  return readFileSync(new URL(path, demo), 'utf8');
}

function makeFlow() {
  const filled = nodes.map(({ file, into, ...node }) =>
    file === undefined ? node : { ...node, [into]: withIncludes(file) },
  );
  return `${JSON.stringify(filled, null, 2)}\n`;
}

const flow = new URL('flow.json', demo);
if (!process.argv.includes('--check')) writeFileSync(flow, makeFlow());
else if (readFileSync(flow, 'utf8') !== makeFlow()) {
  console.error('demo/flow.json is older than its sources: run node scripts/make-demo-flow.mjs');
  process.exit(1);
}
