import { suiteWatch } from '../../support/leak-watch.js';
import { ending, outcomeOf, RIGHT_WITHIN_MS, type Verdict } from '../play.js';
import type { Outcome, Scenario, Stage } from '../scenario.js';
import type { IbStageOptions } from '../ib/stage.js';
import { within } from '../within.js';
import { RedStage } from './red-stage.js';

export interface RedFault {
  readonly number: number;
  readonly name: string;
  /** Of the world at the broker; made anew for each run. */
  readonly world?: () => IbStageOptions;
  /** Real time that the course may take; without it `PLAYS_WITHIN_MS`. */
  readonly playsWithinMs?: number;
  /**
   * Starts Node-RED, breaks the world and mends it; what else is wrong goes to `stage.wrong`. Resolves with how long it
   * took until all was right again, ms of the product's clock, where that is more than what account-sync tells.
   */
  readonly play: (stage: RedStage) => Promise<number | null | void>;
}

/** Real time. */
const PLAYS_WITHIN_MS = 20_000;

/** A scenario in a real Node-RED. There is one Node-RED in a process, so it is alone. */
export function redScenario(fault: RedFault): Scenario {
  return {
    number: fault.number,
    name: fault.name,
    alone: true,
    run: async (given) => {
      let outcome: Outcome | null = null;
      // It would keep, and look into, every message of thousands of runs.
      await suiteWatch.deafTo(async () => {
        outcome = await run(fault, given);
      });
      if (outcome === null) throw new Error('The run had no outcome.');
      return outcome;
    },
  };
}

async function run(fault: RedFault, given: Stage): Promise<Outcome> {
  const stage = await RedStage.open(given, fault.world?.());
  return await outcomeOf(stage, play(stage, fault));
}

async function play(stage: RedStage, fault: RedFault): Promise<Verdict> {
  const { play: course, playsWithinMs = PLAYS_WITHIN_MS } = fault;
  const recoveryMs = await within(playsWithinMs, 'the course of the scenario', course(stage));
  const verdict = stage.with(await ending(stage.ib));
  return typeof recoveryMs === 'number' ? { ...verdict, recoveryMs } : verdict;
}

/** Waits for the first right figures. @throws Error when they do not come */
export async function firstFigures({ ib }: RedStage): Promise<void> {
  if (!(await ib.observer.comesRight(RIGHT_WITHIN_MS)))
    throw new Error(`The figures did not come right: ${ib.oracle.differences().slice(0, 5).join('; ')}`);
}
