import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { apiNext, bareApi, ourPath, type Measured } from './clients.js';
import { median, ratio, type Figure } from './figure.js';

const UPDATES = 100_000;
const POSITIONS = [100, 10_000] as const;
const RUNS = 3;
const LAST_PRICE = 999_999;
const CLIENTS = { 'bare IBApi': bareApi, IBApiNext: apiNext, 'this package': ourPath } as const;
const BASELINE = 'bare IBApi';
const FeederSays = z.tuple([z.object({ port: z.number() })]).rest(z.unknown());

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

/** A stream of portfolio rows through each client. */
export async function socketFigures(): Promise<readonly Figure[]> {
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
        ratio: ratio(value, baseline),
      });
    }
  }
  return figures;
}
