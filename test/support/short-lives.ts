import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { ownFolder } from '../../src/node-red/own-folder.js';
import type { Chance } from '../../src/ports.js';
import { parseJson } from '../../src/secrets/json.js';
import { decodeTold } from '../../src/state/told.js';
import { eventually } from './clocks.js';

const CHILD = fileURLToPath(new URL('./tell-forever.js', import.meta.url));
/** How long such a process takes to load its modules, more or less. */
const START_MS = 350;
const Warning = z.strictObject({ warning: z.string() });

export interface ShortLife {
  /** Messages in the order in which they were told. */
  readonly told: readonly unknown[];
  /** What is wrong with the process or with the files that it left. */
  readonly faults: readonly string[];
  /** Drafts of files that the kill left behind. */
  readonly drafts: number;
}

/** Reads the gateway at this port in a process of its own until `end` of it resolves, and then kills it. */
export async function shortLife({
  end,
  port,
  userDir,
}: {
  readonly userDir: string;
  readonly port: number;
  /** Gets the file that the process writes what it tells to. */
  readonly end: (said: string) => Promise<void>;
}): Promise<ShortLife> {
  const said = join(userDir, 'said.jsonl');
  const output = openSync(said, 'w');
  const child = spawn(process.execPath, [CHILD, userDir, String(port)], {
    stdio: ['ignore', output, 'inherit'],
  });
  closeSync(output);
  const exited = once(child, 'exit');
  await end(said);
  const diedBefore = child.exitCode !== null;
  child.kill('SIGKILL');
  await exited;
  const lines = linesIn(said);
  const warnings = lines.flatMap((line) => Warning.safeParse(line).data?.warning ?? []);
  const left = existsSync(ownFolder(userDir)) ? await readdir(ownFolder(userDir)) : [];
  return {
    told: lines.filter((line) => !Warning.safeParse(line).success),
    faults: [
      ...warnings,
      ...(diedBefore ? [`the process ended by itself: ${child.exitCode}`] : []),
      ...left.filter((name) => name.endsWith('.bad')).map((name) => `${name} was set aside`),
      ...unreadable(join(ownFolder(userDir), 'told.json')),
    ],
    drafts: left.filter((name) => name.endsWith('.tmp')).length,
  };
}

/** Some moment of a life: while it starts, while it connects and downloads, while it keeps what it tells. */
export function someMoment(chance: Chance): (said: string) => Promise<void> {
  const [kind, moment] = [chance(), chance()];
  return async (said) => {
    if (kind < 0.25) return await pause(moment * START_MS);
    await eventually(() => statSync(said).size > 0, { withinMs: 20_000, what: 'the first message' });
    await pause(moment * (kind < 0.7 ? 150 : 1_500));
  };
}

/** After so many milliseconds, or some more on a busy machine. */
export async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

function unreadable(path: string): readonly string[] {
  return !existsSync(path) || decodeTold(readFileSync(path, 'utf8')) !== null ? [] : [`${path} is damaged`];
}

/** A line without an end was being written when its process was killed. */
function linesIn(path: string): readonly unknown[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => parseJson(line));
}
