import { parseArgs } from 'node:util';

// npm run kill -- --times 200 --seed 1
// A real Node-RED with this package, killed with SIGKILL at random points, its start among them.
const { values } = parseArgs({
  options: { times: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' } },
});
const { killNodeRed } = await import(new URL('../dist/test/soak/kill-node-red.js', import.meta.url).href);
const { wrong, ...figures } = await killNodeRed({
  times: Number(values.times),
  seed: Number(values.seed),
  onKill: ({ afterMs, number, told }) =>
    console.log(`kill ${number} after ${Math.round(afterMs)} ms, ${told} messages since the last one`),
});
for (const line of wrong.slice(0, 20)) console.log(`wrong: ${line}`);
console.log(JSON.stringify({ seed: values.seed, ...figures, wrong: wrong.length }));
process.exit(wrong.length === 0 ? 0 : 1);
