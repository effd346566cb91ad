import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { eventually } from '../support/clocks.js';
import { coreNode, helper, startRuntime, stopRuntime } from '../support/nodes.js';

const FLOW = new URL('../../../demo/flow.json', import.meta.url);
const Flow = z.array(z.looseObject({ id: z.string(), type: z.string() }));
const Curves = z.object({
  payload: z.array(
    z.object({ label: z.string(), points: z.array(z.tuple([z.number(), z.number().nullable()])) }),
  ),
});

const at = (second: number): string => new Date(Date.UTC(2026, 0, 5, 15, 0, second)).toISOString();
const told = (second: number, netLiquidation: number | null, stale = false) => ({
  account: { key: 'k1', label: 'Main' },
  payload: { netLiquidation },
  sync: { receivedAt: at(second), stale },
});

describe("the curve of an account's net liquidation", () => {
  const heard: z.infer<typeof Curves>[] = [];

  before(async () => {
    await startRuntime();
    const shape = Flow.parse(JSON.parse(readFileSync(FLOW, 'utf8'))).find(
      ({ id }) => id === 'demo-fn-history',
    );
    const flow: z.infer<typeof Flow> = [
      { id: 'tab', type: 'tab', label: 'demo' },
      { ...shape, id: 'shape', type: 'function', z: 'tab', g: '', wires: [['out']] },
      { id: 'out', type: 'helper', z: 'tab' },
    ];
    await helper.load([coreNode('function/10-function')], flow);
    helper.getNode('out').on('input', (message: unknown) => heard.push(Curves.parse(message)));
  });
  after(async () => {
    await helper.unload();
    await stopRuntime();
  });

  it('has a gap where nothing was known, told once, and goes on behind it', async () => {
    const course = [
      told(0, 100),
      told(4, 101),
      told(4, 101, true),
      told(4, 101, true),
      told(60, null),
      told(64, 109),
      told(68, 110),
    ];
    for (const message of course) helper.getNode('shape').receive(message);
    await eventually(() => heard.length === 5);
    const [curve] = heard.at(-1)?.payload ?? [];
    const values = curve?.points.map(([, value]) => value);
    assert.deepEqual(values, [100, 101, null, 109, 110]);
  });
});
