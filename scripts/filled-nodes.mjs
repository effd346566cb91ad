import { readFileSync } from 'node:fs';

/** Nodes whose functions and templates are files of their own below `folder`: `file` goes into the property `into`. */
export function filledNodes(folder, nodes) {
  return nodes.map(({ file, into, startFile, ...node }) => ({
    ...node,
    ...(file === undefined ? {} : { [into]: withIncludes(folder, file) }),
    ...(startFile === undefined ? {} : { initialize: withIncludes(folder, startFile) }),
  }));
}

/** A file with the files that its `// @include name` lines ask for, from the same folder. */
function withIncludes(folder, path) {
  const read = (name) => readFileSync(new URL(name, folder), 'utf8');
  return read(path).replace(/^( *)\/\/ @include (\S+)\n/gm, (_line, indent, name) =>
    snippet(read(path.replace(/[^/]+$/, name))).replace(/^(?=.)/gm, indent),
  );
}

/** Of a file that exports an object the properties, of any other file everything. */
function snippet(text) {
  const [, properties] = /export const \w+ = \{\n([\s\S]*)\};\n$/.exec(text) ?? [];
  return properties === undefined ? text : properties.replace(/^ {2}/gm, '');
}
