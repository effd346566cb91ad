import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { startDaemon, type Daemon } from './daemon.js';
import { freePort } from './node-red-process.js';
import { poll } from './poll.js';

export type Value = string | number | boolean | null;
/** Of an answer: column or tag → value */
export type Row = Readonly<Record<string, Value>>;

export interface InfluxDb {
  readonly url: string;
  /** By InfluxQL. @throws Error with what InfluxDB says of a question that it does not understand */
  ask(question: string): Promise<readonly Row[]>;
  write(lines: readonly string[]): Promise<void>;
  /** Ends it; what was written stays. */
  halt(): Promise<void>;
  resume(): Promise<void>;
  close(): Promise<void>;
}

export const DATABASE = 'brokerage';
const STARTS_WITHIN_MS = 20_000;

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const Answer = z.object({
  results: z.array(
    z.object({
      error: z.string().optional(),
      series: z
        .array(
          z.object({
            tags: z.record(z.string(), z.string()).default({}),
            columns: z.array(z.string()),
            values: z.array(z.array(scalar)).default([]),
          }),
        )
        .default([]),
    }),
  ),
});

/** A real InfluxDB 1 on this machine with an empty database, in folders of its own. */
export async function startInfluxDb(): Promise<InfluxDb> {
  const folder = await mkdtemp(join(tmpdir(), 'brokerage-influxdb-'));
  const [port, backupPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const config = join(folder, 'influxdb.conf');
  await writeFile(config, configFor({ folder, port, backupPort }));
  let daemon: Daemon | null = null;
  const resume = async (): Promise<void> => {
    daemon = startDaemon({ command: 'influxd', args: ['run', '-config', config], env: process.env });
    const answers = async (): Promise<true | null> =>
      await fetch(`${url}/ping`).then(
        ({ ok }) => ok || null,
        () => null,
      );
    await poll(answers, { withinMs: STARTS_WITHIN_MS, what: 'an answer of influxd' });
  };
  const halt = async (): Promise<void> => await daemon?.stop();
  const query = async (question: string): Promise<readonly Row[]> => {
    const words = new URLSearchParams({ db: DATABASE, epoch: 'ms', q: question });
    const response = await fetch(`${url}/query`, { method: 'POST', body: words });
    const text = await response.text();
    if (!response.ok) throw new Error(`InfluxDB answers ${response.status} ${text} to ${question}`);
    const { results } = Answer.parse(JSON.parse(text));
    const error = results.find((result) => result.error !== undefined)?.error;
    if (error !== undefined) throw new Error(`InfluxDB answers ${error} to ${question}`);
    return results.flatMap(({ series }) =>
      series.flatMap(({ columns, tags, values }) =>
        values.map((row) => ({
          ...tags,
          ...Object.fromEntries(columns.map((name, index) => [name, row[index] ?? null])),
        })),
      ),
    );
  };
  await resume();
  await query(`CREATE DATABASE ${DATABASE}`);
  return {
    url,
    ask: query,
    write: async (lines) => {
      const to = `${url}/write?db=${DATABASE}&precision=ms`;
      const response = await fetch(to, { method: 'POST', body: lines.join('\n') });
      if (!response.ok) throw new Error(`InfluxDB refuses: ${await response.text()}`);
    },
    halt,
    resume,
    close: async () => {
      await halt();
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

function configFor({
  backupPort,
  folder,
  port,
}: {
  readonly folder: string;
  readonly port: number;
  readonly backupPort: number;
}): string {
  return `reporting-disabled = true
bind-address = "127.0.0.1:${backupPort}"
[meta]
  dir = "${folder}/meta"
[data]
  dir = "${folder}/data"
  wal-dir = "${folder}/wal"
[monitor]
  store-enabled = false
[http]
  bind-address = "127.0.0.1:${port}"
  log-enabled = false
`;
}
