import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Fields } from './raw-client.js';

// dist/test/simulators/support → the repository; the samples stand beside it (or beside its worktrees).
const root = fileURLToPath(new URL('../../../../', import.meta.url));
const folder = ['../shared', '../../shared']
  .map((path) => `${root}${path}/samples/ibkr/`)
  .find((path) => existsSync(path));

/** null = the samples are there. */
export const whyNotThere = (): string | null =>
  folder === undefined ? `no recorded frames in ../shared or ../../shared of ${root}` : null;

const read = (name: string): string => readFileSync(`${folder ?? ''}${name}`, 'utf8');

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

/** What the server said in one scenario at sv 164; for completed orders the request comes first. */
export const recordedFrames = (scenario: string): readonly Fields[] =>
  read('order-lifecycle-sv164.jsonl')
    .trim()
    .split('\n')
    .map((text): { scenario?: unknown; fields?: unknown } => JSON.parse(text))
    .flatMap((frame) => (frame.scenario === scenario && isTexts(frame.fields) ? [frame.fields] : []));

interface Interaction {
  readonly request: Fields;
  readonly responses: readonly Fields[];
}

const fieldsOf = (raw: string): Fields => raw.split(String.raw`\0`).slice(0, -1);

const interaction = (name: string): Interaction => {
  const text =
    read('tws_interactions.yaml')
      .split(/^- name: /m)
      .find((part) => part.startsWith(`${name}\n  request`)) ?? '';
  const [request = [], ...responses] = [...text.matchAll(/raw: "([^"]*)"/g)].map(([, raw = '']) =>
    fieldsOf(raw),
  );
  return { request, responses };
};

export const recordedPositions = (): readonly Fields[] => interaction('positions').responses;
export const recordedSummary = (): Interaction => interaction('account_summary');
