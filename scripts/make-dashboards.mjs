import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { FILES } from '../dist/example-dashboards/index.js';

// grafana/ holds what users import and mount. Dashboards and what fills their stores name the same figures, so both are
// made of example-dashboards/; npm run build comes first.
const folder = new URL('../grafana/', import.meta.url);
const isCheck = process.argv.includes('--check');

for (const [name, text] of FILES) {
  const path = new URL(name, folder);
  const made = await formatted(path, text);
  if (!isCheck) {
    mkdirSync(new URL('.', path), { recursive: true });
    writeFileSync(path, made);
  } else if (readFileSync(path, 'utf8') !== made) {
    console.error(
      `grafana/${name} is older than its source: run npm run build && node scripts/make-dashboards.mjs`,
    );
    process.exitCode = 1;
  }
}

async function formatted(path, text) {
  const filepath = fileURLToPath(path);
  if (filepath.endsWith('.conf')) return text;
  return await format(text, { ...(await resolveConfig(filepath)), filepath });
}
