import type { Chance, Clock } from '../../src/ports.js';
import type { Observer } from './observer.js';
import type { Oracle } from './oracle/oracle.js';
import type { Outcome, Scenario, Stage } from './scenario.js';
import { within } from './within.js';

/** What a course found; the rest of an outcome shows when its stage is closed. */
export type Verdict = Omit<Outcome, 'leaks' | 'writes' | 'log'>;

/** Mends what was broken; resolves when it is mended. */
export type Mend = () => Promise<void> | void;

/** A broker's world with the product before it, once that is started. */
export interface FaultStage {
  readonly chance: Chance;
  readonly clock: Clock;
  readonly oracle: Oracle;
  readonly observer: Observer;
  startProduct(): Promise<void> | void;
  /** 1 to `most` steps of a person trading, some in one burst, some between two looks; prices move meanwhile. */
  trade(most: number): Promise<void>;
  /** Closes everything. */
  close(): Promise<Pick<Outcome, 'leaks' | 'writes'>>;
}

export interface Fault<S extends FaultStage> {
  readonly number: number;
  readonly name: string;
  /** `start` = the world is broken before the product is started. */
  readonly from?: 'start' | 'running';
  /** Least and most ms of the product's clock that the fault lasts. */
  readonly lasts: readonly [number, number];
  /** Most steps of trading before and during the fault. */
  readonly trades?: number;
  /** Breaks the world; returns how it is mended. */
  readonly strike: (stage: S) => Promise<Mend> | Mend;
  /** Looks at more than the oracle does, when all is over. @throws when something is wrong */
  readonly check?: (stage: S) => void;
}

/** Of the product's clock: longer than any wait that it allows itself. */
export const RIGHT_WITHIN_MS = 400_000;
/** Real time. */
const STEP_WITHIN_MS = 10_000;
const MOST_TRADES = 6;

/** Right figures, trades, the fault at a moment of chance, trades during it, its end; then all must be right again. */
export function scenarioOf<S extends FaultStage>(
  fault: Fault<S>,
  open: (given: Stage) => Promise<S>,
): Scenario {
  return {
    number: fault.number,
    name: fault.name,
    run: async (given) => {
      const stage = await within(STEP_WITHIN_MS, 'the stage opens', open(given));
      return await outcomeOf(stage, play(stage, fault));
    },
  };
}

/** What a course found, and what shows when its stage is closed. @throws Error with what the product said */
export async function outcomeOf(
  stage: Pick<FaultStage, 'close' | 'observer'>,
  course: Promise<Verdict>,
): Promise<Outcome> {
  const { words } = stage.observer;
  let told: Verdict;
  try {
    told = await course;
  } catch (error) {
    await stage.close();
    throw new Error(`${String(error)}\n${words.join('\n')}`, { cause: error });
  }
  return { ...told, ...(await stage.close()), log: words };
}

/** The world is well again: waits until every figure is right and live, and judges everything that was told. */
export async function ending({ clock, observer, oracle }: FaultStage): Promise<Verdict> {
  const mendedAt = clock.monotonic();
  const cameRight = await observer.comesRight(RIGHT_WITHIN_MS);
  const recoveryMs = cameRight ? clock.monotonic() - mendedAt : null;
  const verdict = oracle.judge();
  const silent = cameRight || verdict.lost.length > 0 ? [] : ['all figures are right, but not told as live'];
  return { ...verdict, lost: [...verdict.lost, ...silent], recoveryMs };
}

/** A whole number from `least` to `most`. */
export function between(chance: Chance, least: number, most: number): number {
  return least + Math.floor(chance() * (most - least + 1));
}

async function play<S extends FaultStage>(stage: S, fault: Fault<S>): Promise<Verdict> {
  const { observer, oracle } = stage;
  const fromStart = fault.from === 'start';
  const trades = fault.trades ?? MOST_TRADES;
  if (!fromStart) {
    await stage.startProduct();
    if (!(await observer.comesRight(RIGHT_WITHIN_MS)))
      throw new Error(`The first figures did not come right: ${oracle.differences().join('; ')}`);
    await within(STEP_WITHIN_MS, 'trades before the fault', stage.trade(trades));
  }
  const mend = await within(STEP_WITHIN_MS, 'the fault begins', Promise.resolve(fault.strike(stage)));
  if (fromStart) await stage.startProduct();
  await within(STEP_WITHIN_MS, 'trades during the fault', stage.trade(trades));
  await within(
    STEP_WITHIN_MS,
    'the fault lasts',
    observer.pass(between(stage.chance, fault.lasts[0], fault.lasts[1])),
  );
  await within(STEP_WITHIN_MS, 'the fault ends', Promise.resolve(mend()));
  const verdict = await ending(stage);
  fault.check?.(stage);
  return verdict;
}
