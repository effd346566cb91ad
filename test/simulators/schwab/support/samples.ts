import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../../../../', import.meta.url);

/** The text of a recorded answer or a document beside the project; null where it is not laid. */
export function sample(name: string): string | null {
  const found = ['../shared/samples/schwab/', '../../shared/samples/schwab/']
    .map((path) => fileURLToPath(new URL(`${path}${name}`, ROOT)))
    .find((path) => existsSync(path));
  return found === undefined ? null : readFileSync(found, 'utf8');
}
