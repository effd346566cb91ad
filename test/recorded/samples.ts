import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Fields } from '../support/scripted-gateway.js';

const ROOT = new URL('../../../', import.meta.url);

/** The folder of recorded frames beside the project; null where it is not laid. */
export function samplesFolder(): string | null {
  const found = ['../shared/samples/ibkr/', '../../shared/samples/ibkr/'].map((path) =>
    fileURLToPath(new URL(path, ROOT)),
  );
  return found.find((path) => existsSync(path)) ?? null;
}

const Line = z.object({
  scenario: z.string(),
  direction: z.enum(['in', 'out']),
  fields: z.array(z.string()),
});

/** What the gateway sent in one scenario of order-lifecycle-sv164.jsonl. */
export function lifecycleFrames(folder: string, scenario: string): readonly Fields[] {
  return readFileSync(`${folder}/order-lifecycle-sv164.jsonl`, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Line.parse(JSON.parse(line)))
    .filter((line) => line.scenario === scenario && line.direction === 'in')
    .map(({ fields }) => fields);
}

/** The recorded answers to one request of tws_interactions.yaml; its `raw` texts write NUL as `\0`. */
export function recordedAnswers(folder: string, name: string): readonly Fields[] {
  const text = readFileSync(`${folder}/tws_interactions.yaml`, 'utf8');
  const [, section = ''] = text.split(`- name: ${name}\n  request:`);
  const answers = section.split('\n- name: ')[0]?.split('  responses:')[1] ?? '';
  return [...answers.matchAll(/- raw: "(.*)"/g)].map(([, raw = '']) => raw.split('\\0').slice(0, -1));
}
