import type { Input } from './red-stage.js';
import { firstFigures, type RedFault } from './red-scenario.js';
import { CLOCK_FACTOR } from '../ib/stage.js';

/** Of the product's clock: the busy loop itself lasts a 25th of it, like every other wait. */
const BLOCKED_MS = 5_000;
const MOST_MS = 8_000;

/** Nodes behind account-sync that throw and spoil what they were given, and others that let nobody else run. */
export const BUSY: RedFault = {
  number: 40,
  name: 'a node behind throws, or blocks the event loop for 5 s',
  play: async (stage) => {
    const { between, chance, pass, trade } = stage.ib;
    let isBad = false;
    for (const id of ['bad balances', 'bad positions', 'bad orders'])
      stage.inputs.set(id, (message, done) => {
        if (!isBad) return done();
        if (chance() < 0.1) block(between(100, BLOCKED_MS));
        spoilAndThrow(message, done);
      });
    const bad = ['balances', 'positions', 'orders'].map((of) => ({ id: `bad ${of}`, z: 'tab', type: 'ear' }));
    const wires = ['balances', 'positions', 'orders'].map((of) => [`bad ${of}`, of]);
    await stage.load(stage.flow({ more: bad, over: { sync: { wires: [...wires, ['status']] } } }));
    await firstFigures(stage);
    isBad = true;
    await trade(3);
    await pass(between(0, 3_000));
    block(between(BLOCKED_MS, MOST_MS));
    await trade(3);
    if (chance() < 0.5) block(BLOCKED_MS);
    await pass(between(0, 20_000));
    isBad = chance() < 0.5;
  },
};

/** Everything of a message is its receiver's to change. */
const spoilAndThrow: Input = (message) => {
  spoil(message);
  throw new Error('This node is broken.');
};

function spoil(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    spoil(inner);
    Reflect.set(value, name, typeof inner === 'number' ? -1 : inner);
  }
  if (Array.isArray(value)) value.length = 0;
}

/** Nothing else runs for so long, ms of the product's clock. */
function block(ms: number): void {
  const until = performance.now() + ms / CLOCK_FACTOR;
  while (performance.now() < until);
}
