import assert from 'node:assert/strict';
import { soakFaults } from '../soak/soak-faults.js';
import { folderForEachTest } from '../support/folders.js';
import { startRuntime, stopRuntime } from '../support/nodes.js';

const CLOCK_FACTOR = 20;
const FAULTS = 80;
const EVERY_MS = 300;

describe('account-sync behind a gateway that misbehaves all the time', function () {
  this.timeout(180_000);
  const folder = folderForEachTest();
  before(async () => await startRuntime());
  after(async () => await stopRuntime());

  it('tells every figure as it is in the end, and leaves no socket, no timer and no listener behind', async () => {
    const { counts, events, faults, sessions, warnings, wrong } = await soakFaults({
      seed: 1,
      durationMs: FAULTS * EVERY_MS,
      everyMs: EVERY_MS,
      clockFactor: CLOCK_FACTOR,
      userDir: folder(),
      onSample: () => undefined,
    });
    console.log(`      ${events} events, ${sessions} sessions, ${JSON.stringify(faults)}`);
    assert.deepEqual({ warnings, wrong }, { warnings: [], wrong: [] });
    // One that is left behind by each session would be more than that of the memory and that of a second look.
    const { timers, ...others } = counts.after;
    assert.ok(timers <= counts.before.timers + 2, `${counts.before.timers} timers became ${timers}`);
    assert.deepEqual({ ...others, timers: counts.before.timers }, counts.before);
    assert.ok(Object.keys(faults).length >= 10 && sessions > 10 && events > 50, 'hardly anything happened');
  });
});
