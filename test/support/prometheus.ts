import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { startDaemon, type Daemon } from './daemon.js';
import type { Row } from './influxdb.js';
import { freePort } from './node-red-process.js';
import { poll } from './poll.js';

const SHIPPED = new URL('../../../grafana/', import.meta.url);
const EXPORTERS = ['exporter-accounts.yaml', 'exporter-positions.yaml'];
const STARTS_WITHIN_MS = 20_000;
const STEP_S = 60;

export interface Prometheus {
  /** Rows of labels and `value`, of the newest moment. `at` in ms since the epoch. */
  ask(question: string, at: number): Promise<readonly Row[]>;
  /** The same over an hour, minute by minute; each row has its `time`. */
  askRange(question: string, at: number): Promise<readonly Row[]>;
  close(): Promise<void>;
}

export interface PrometheusOptions {
  readonly mqttPort: number;
  /** How long the exporter of accounts keeps what is not told any more, as it writes it; as shipped without. */
  readonly forgetsAfter?: string;
}

const sample = z.tuple([z.number(), z.string()]);
const Answer = z.object({
  data: z.object({
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        value: sample.optional(),
        values: z.array(sample).default([]),
      }),
    ),
  }),
});

/** The shipped exporters before an MQTT broker on this machine, and the shipped Prometheus, with other ports and in a hurry. */
export async function startPrometheus({ forgetsAfter, mqttPort }: PrometheusOptions): Promise<Prometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'brokerage-prometheus-'));
  const shipped = async (file: string): Promise<string> => await readFile(new URL(file, SHIPPED), 'utf8');
  const daemons: Daemon[] = [];
  const start = (command: string, args: readonly string[]): void =>
    void daemons.push(startDaemon({ command, args, env: process.env }));
  const ports: number[] = [];
  for (const file of EXPORTERS) {
    const [port, path] = [await freePort(), join(folder, file)];
    ports.push(port);
    const text = replaced(await shipped(file), 'tcp://127.0.0.1:1883', `tcp://127.0.0.1:${mqttPort}`);
    await writeFile(
      path,
      forgetsAfter === undefined ? text : text.replace(/timeout: \d+m/, `timeout: ${forgetsAfter}`),
    );
    start('prometheus-mqtt-exporter', [
      '-config',
      path,
      '-listen-address',
      '127.0.0.1',
      '-listen-port',
      `${port}`,
    ]);
  }
  const port = await freePort();
  const config = join(folder, 'prometheus.yml');
  const [first, second] = ports;
  const text = replaced(await shipped('prometheus.yml'), '127.0.0.1:9641', `127.0.0.1:${first}`);
  const moved = replaced(text, '127.0.0.1:9642', `127.0.0.1:${second}`);
  await writeFile(config, replaced(moved, 'scrape_interval: 30s', 'scrape_interval: 200ms'));
  start('prometheus', [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ]);
  const url = `http://127.0.0.1:${port}`;
  const isReady = async (): Promise<true | null> =>
    await fetch(`${url}/-/ready`).then(
      ({ ok }) => ok || null,
      () => null,
    );
  await poll(isReady, { withinMs: STARTS_WITHIN_MS, what: 'an answer of Prometheus' });
  const query = async (path: string, words: Readonly<Record<string, string>>): Promise<readonly Row[]> => {
    const response = await fetch(`${url}/api/v1/${path}`, {
      method: 'POST',
      body: new URLSearchParams(words),
    });
    const answer = await response.text();
    if (!response.ok) throw new Error(`Prometheus answers ${answer} to ${words['query']}`);
    return Answer.parse(JSON.parse(answer)).data.result.flatMap(({ metric, value, values }) =>
      [...(value === undefined ? [] : [value]), ...values].map(([time, number]) => ({
        ...metric,
        time: time * 1000,
        value: Number(number),
      })),
    );
  };
  return {
    ask: async (question, at) => await query('query', { query: question, time: String(at / 1000) }),
    askRange: async (question, at) =>
      await query('query_range', {
        query: question,
        start: String(at / 1000 - 60 * STEP_S),
        end: String(at / 1000),
        step: String(STEP_S),
      }),
    close: async () => {
      // mqtt2prometheus does not end by itself while it waits for MQTT.
      await Promise.all(daemons.map(async (daemon) => await daemon.stop('SIGKILL')));
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

function replaced(text: string, what: string, by: string): string {
  if (!text.includes(what)) throw new Error(`${what} is not in the shipped configuration`);
  return text.replaceAll(what, by);
}
