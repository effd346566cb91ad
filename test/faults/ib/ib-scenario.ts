import type { TwsSimulatorOptions } from '../../../simulators/index.js';
import type { Outcome, Scenario } from '../scenario.js';
import { within } from '../within.js';
import { IbStage } from './stage.js';

/** Mends what was broken; resolves when it is mended. */
export type Mend = () => Promise<void> | void;

export interface IbFault {
  readonly number: number;
  readonly name: string;
  /** `start` = the world is broken before the product is started. */
  readonly from?: 'start' | 'running';
  readonly gateway?: TwsSimulatorOptions;
  /** Least and most ms of the product's clock that the fault lasts. */
  readonly lasts: readonly [number, number];
  /** Most steps of trading before and during the fault. */
  readonly trades?: number;
  /** Instead of the oracle's bound for the age of live figures, ms of the product's clock. */
  readonly liveForMs?: number;
  /** Breaks the world; returns how it is mended. */
  readonly strike: (stage: IbStage) => Promise<Mend> | Mend;
}

/** Real time. 250 s of the product's clock: longer than any wait that it allows itself. */
const RIGHT_WITHIN_MS = 10_000;
const STEP_WITHIN_MS = 10_000;
const MOST_TRADES = 6;

/** Right figures, trades, the fault at a moment of chance, trades during it, its end; then all must be right again. */
export function ibScenario(fault: IbFault): Scenario {
  return {
    number: fault.number,
    name: fault.name,
    run: async (given) => {
      const stage = await within(STEP_WITHIN_MS, 'the stage opens', IbStage.open(given, fault));
      let told: Omit<Outcome, 'leaks' | 'writes' | 'log'>;
      try {
        told = await play(stage, fault);
      } catch (error) {
        await stage.close();
        throw new Error(`${String(error)}\n${stage.words.join('\n')}`, { cause: error });
      }
      const leaks = await stage.close();
      const writes = stage.gateway.violations.map((violation) => JSON.stringify(violation));
      return { ...told, leaks, writes, log: stage.words };
    },
  };
}

async function play(stage: IbStage, fault: IbFault): Promise<Omit<Outcome, 'leaks' | 'writes' | 'log'>> {
  const fromStart = fault.from === 'start';
  const trades = fault.trades ?? MOST_TRADES;
  if (!fromStart) {
    stage.startProduct();
    if (!(await stage.comesRight(RIGHT_WITHIN_MS)))
      throw new Error(`The first figures did not come right: ${stage.oracle.differences().join('; ')}`);
    await within(STEP_WITHIN_MS, 'trades before the fault', stage.trade(trades));
  }
  const mend = await within(STEP_WITHIN_MS, 'the fault begins', Promise.resolve(fault.strike(stage)));
  if (fromStart) stage.startProduct();
  await within(STEP_WITHIN_MS, 'trades during the fault', stage.trade(trades));
  const [least, most] = fault.lasts;
  await within(STEP_WITHIN_MS, 'the fault lasts', stage.pass(stage.between(least, most)));
  await within(STEP_WITHIN_MS, 'the fault ends', Promise.resolve(mend()));
  return await ending(stage);
}

/** The world is well again: waits until every figure is right and live, and judges everything that was told. */
export async function ending(stage: IbStage): Promise<Omit<Outcome, 'leaks' | 'writes' | 'log'>> {
  const mendedAt = stage.clock.monotonic();
  const cameRight = await stage.comesRight(RIGHT_WITHIN_MS);
  const recoveryMs = cameRight ? stage.clock.monotonic() - mendedAt : null;
  const verdict = stage.oracle.judge();
  const silent = cameRight || verdict.lost.length > 0 ? [] : ['all figures are right, but not told as live'];
  return { ...verdict, lost: [...verdict.lost, ...silent], recoveryMs };
}
