import { existsSync, readFileSync } from 'node:fs';

/** `import … from './x.js'`, `import('./x.js')`, and the file of a process of our own: `new URL('x.js', …)`. */
const REFERENCE = /(?:from |import |import\(|new URL\()'((?:\.\.?\/)*[\w./-]+\.js)'/g;

/** The files of ours that Node.js can come to from `entries`. @returns their addresses */
export function reachable(entries) {
  const seen = new Set();
  const next = entries.map(String);
  for (let address = next.pop(); address !== undefined; address = next.pop()) {
    if (seen.has(address)) continue;
    seen.add(address);
    for (const [, path] of readFileSync(new URL(address), 'utf8').matchAll(REFERENCE)) {
      const target = new URL(path, address);
      if (existsSync(target)) next.push(target.href);
    }
  }
  return seen;
}
