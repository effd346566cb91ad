import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { apiNext, bareApi, ourPath, type Measured } from './clients.js';

const UPDATES = 100_000;
const POSITIONS = [100, 10_000] as const;
const RUNS = 3;
const LAST_PRICE = 999_999;
const CLIENTS = { 'bare IBApi': bareApi, IBApiNext: apiNext, 'this package': ourPath } as const;
const BASELINE = 'bare IBApi';
const FeederSays = z.tuple([z.object({ port: z.number() })]).rest(z.unknown());

interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: 'ms';
  readonly ratioTo: string;
  readonly ratio: number;
}

/** Milliseconds from the first byte of 100,000 rows to the moment the last one has come out. */
async function measure(client: (port: number) => Promise<Measured>, positions: number): Promise<number> {
  const feeder = fork(fileURLToPath(new URL('feeder.js', import.meta.url)), [
    String(positions),
    String(UPDATES),
  ]);
  const [{ port }] = FeederSays.parse(await once(feeder, 'message'));
  const measured = await client(port);
  const started = performance.now();
  const seen = measured.seen(LAST_PRICE);
  feeder.send('go');
  await seen;
  const took = performance.now() - started;
  await measured.close();
  feeder.kill();
  return took;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const figures: Figure[] = [];
for (const positions of POSITIONS) {
  // Client by client within each run, so that a busy moment of the machine meets them all.
  const times = new Map<string, number[]>();
  for (let run = 0; run < RUNS; run++) {
    for (const [name, client] of Object.entries(CLIENTS)) {
      times.set(name, [...(times.get(name) ?? []), await measure(client, positions)]);
    }
  }
  const baseline = median(times.get(BASELINE) ?? []);
  for (const [name, taken] of times) {
    const value = median(taken);
    figures.push({
      name: `${UPDATES} portfolio updates, ${positions} positions: ${name}`,
      value: Math.round(value),
      unit: 'ms',
      ratioTo: BASELINE,
      ratio: Number((value / baseline).toFixed(2)),
    });
  }
}

if (process.argv.includes('--json')) for (const figure of figures) console.log(JSON.stringify(figure));
else
  console.table(
    figures.map(({ name, value, ratio }) => ({ figure: name, ms: value, [`ratio to ${BASELINE}`]: ratio })),
  );
process.exit(0);
