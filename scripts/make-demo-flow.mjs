import { readFileSync, writeFileSync } from 'node:fs';
import { nodes } from '../demo/flow-nodes.mjs';
import { filledNodes } from './filled-nodes.mjs';

// demo/flow.json is what Node-RED loads and what users import. Its templates and functions are written as
// files of their own (demo/dashboard, demo/functions), and this puts them in.
const demo = new URL('../demo/', import.meta.url);
const made = `${JSON.stringify(filledNodes(demo, nodes), null, 2)}\n`;

const flow = new URL('flow.json', demo);
if (!process.argv.includes('--check')) writeFileSync(flow, made);
else if (readFileSync(flow, 'utf8') !== made) {
  console.error('demo/flow.json is older than its sources: run node scripts/make-demo-flow.mjs');
  process.exit(1);
}
