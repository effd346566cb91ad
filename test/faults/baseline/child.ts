import { seeded } from '../../support/seeded.js';
import { IB_FAULTS } from '../ib/faults.js';
import { CLOCK_FACTOR, IbStage } from '../ib/stage.js';
import { comesTrue } from '../within.js';
import { ApiNextReader } from './api-next.js';
import type { BaselineOutcome } from './outcome.js';

// One run of one scenario against IBApiNext, in a process of its own: it may crash it, or keep it busy for ever.
const [number = 0, seed = 1] = process.argv.slice(2).map(Number);
/** Real time, as for the product. */
const RIGHT_WITHIN_MS = 10_000;
const MOST_TRADES = 6;

const fault = IB_FAULTS.find((one) => one.number === number);
if (fault === undefined) throw new RangeError(`there is no scenario ${number}`);
const stage = await IbStage.open({ seed, chance: seeded(seed * 1_000 + number) }, fault);
const start = (): ApiNextReader =>
  new ApiNextReader({
    port: stage.proxy.port,
    market: stage.market,
    truth: stage.truth,
    clockFactor: CLOCK_FACTOR,
  });
const isRight = (): boolean => reader.differences().length === 0;

const trades = fault.trades ?? MOST_TRADES;
let reader: ApiNextReader;
let mend: Awaited<ReturnType<typeof fault.strike>>;
if (fault.from === 'start') {
  mend = await fault.strike(stage);
  reader = start();
} else {
  reader = start();
  await comesTrue(RIGHT_WITHIN_MS, isRight);
  await stage.trade(trades);
  mend = await fault.strike(stage);
}
await stage.trade(trades);
await stage.pass(stage.between(...fault.lasts));
await mend();
const mendedAt = stage.clock.monotonic();
const cameRight = await comesTrue(RIGHT_WITHIN_MS, isRight);
const outcome: BaselineOutcome = {
  wrong: reader.differences(),
  phantomCloses: reader.phantomCloses(),
  recoveryMs: cameRight ? stage.clock.monotonic() - mendedAt : null,
};
console.log(JSON.stringify(outcome));
process.exit(0);
