import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

// npm run soak:faults -- --minutes 30 --every 5 --seed 1
// Real nodes, real clock, a fault every so many seconds; judges what the nodes said, and whether memory grows. Runs
// without the optimising compiler: the machine code that it makes for half an hour would be all the growth that there is.
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    every: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
    factor: { type: 'string', default: '1' },
  },
});
/** Heap in use that may become more in an hour. */
const MOST_MB_PER_HOUR = 1;
const TIMERS_MORE = 2;
const LINE_EVERY = 12;

const dist = (path) => new URL(`../dist/test/${path}`, import.meta.url).href;
const { startRuntime, stopRuntime } = await import(dist('support/nodes.js'));
const { suiteWatch } = await import(dist('support/leak-watch.js'));
const { soakFaults } = await import(dist('soak/soak-faults.js'));
const { grows, slopeOf } = await import(dist('soak/growth.js'));

const userDir = await mkdtemp(join(tmpdir(), 'brokerage-soak-'));
let seen = 0;
const onSample = ({ fault, heapMb, hours, records, rssMb, ...counts }) => {
  seen += 1;
  if (seen % LINE_EVERY !== 1) return;
  const { clients, listeners, sockets, timers } = counts;
  const columns = [(hours * 60).toFixed(1), heapMb.toFixed(2), rssMb.toFixed(1), records];
  console.log([...columns, sockets, clients, timers, listeners, fault].join('\t'));
};
console.log('minute\theap MB\tRSS MB\trecords\tsockets\tclients\ttimers\tlisten\tfault');
await startRuntime();
let result;
// The watch for leaked secrets remembers every message, which would be all the growth that there is.
await suiteWatch.deafTo(async () => {
  result = await soakFaults({
    seed: Number(values.seed),
    durationMs: Number(values.minutes) * 60_000,
    everyMs: Number(values.every) * 1_000,
    clockFactor: Number(values.factor),
    userDir,
    onSample,
  });
});
await stopRuntime();
await rm(userDir, { recursive: true, force: true, maxRetries: 3 });

const { counts, samples, ...rest } = result;
const slope = (name) => slopeOf(samples.map((sample) => ({ hours: sample.hours, value: sample[name] })));
const [heap, rss] = [slope('heapMb'), slope('rssMb')];
const left = Object.keys(counts.after).filter(
  (name) => counts.after[name] > counts.before[name] + (name === 'timers' ? TIMERS_MORE : 0),
);
const told = ({ error, perHour }) => `${perHour.toFixed(2)} ± ${error.toFixed(2)} MB/h`;
const recordsMore = samples.at(-1).records - samples[0].records;
console.log(`
heap in use     ${told(heap)} (growth: slope - 2 x error > ${MOST_MB_PER_HOUR} MB/h)
RSS             ${told(rss)}
samples         ${samples.length} after the warm-up; ${recordsMore} fills and orders came in that time
sessions        ${rest.sessions}, events ${rest.events}
faults          ${JSON.stringify(rest.faults)}
after warm-up   ${JSON.stringify(counts.before)}
at the end      ${JSON.stringify(counts.after)}
wrong           ${rest.wrong.length}: ${rest.wrong.slice(0, 10).join('; ')}
warnings        ${rest.warnings.length}: ${rest.warnings.slice(0, 5).join('; ')}`);
const growth = grows(heap, MOST_MB_PER_HOUR);
console.log(JSON.stringify({ ...values, heap, rss, growth, left, counts, recordsMore, ...rest }));
process.exit(growth || left.length > 0 || rest.wrong.length > 0 || rest.warnings.length > 0 ? 1 : 0);
