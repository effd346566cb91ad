import { CLOCK_FACTOR, IbStage } from '../ib/stage.js';
import { ending, outcomeOf, RIGHT_WITHIN_MS, type Verdict } from '../play.js';
import { timeout } from '../proxy/toxics.js';
import type { Outcome, Scenario, Stage } from '../scenario.js';
import { within } from '../within.js';
import { SteppedClock } from './stepped-clock.js';

const HOUR_MS = 3_600_000;
const COURSE_WITHIN_MS = 40_000;
/** Tuesday, 24 November 2026, 10:00 in New York. */
const TRADING = Date.UTC(2026, 10, 24, 15, 0, 0);
/** New York goes from EST to EDT at 07:00 UTC, and back at 06:00 UTC. */
const SPRING = Date.UTC(2026, 2, 8, 7, 0, 0);
const AUTUMN = Date.UTC(2026, 10, 1, 6, 0, 0);
/** How long before a change of the hour a run begins. */
const BEFORE_MS = 60_000;
/** In the minute after the clock has jumped, with nothing traded: each of six pictures old, new, and four times in between. */
const MOST_MESSAGES = 36;
/** A clock that differs by less is not worth a word. */
const MOST_AHEAD_MS = 61_000;

interface Jump {
  readonly name: string;
  /** What the wall clock says at the start. */
  readonly startsAt: number;
  readonly jump: (stage: IbStage, clock: SteppedClock) => Promise<void> | void;
}

const JUMPS: readonly Jump[] = [
  { name: 'an hour forward', startsAt: TRADING, jump: (_stage, clock) => clock.set(HOUR_MS) },
  { name: 'an hour back', startsAt: TRADING, jump: (_stage, clock) => clock.set(-HOUR_MS) },
  {
    name: 'summer time begins',
    startsAt: SPRING - BEFORE_MS,
    jump: async ({ pass }) => await pass(BEFORE_MS),
  },
  { name: 'summer time ends', startsAt: AUTUMN - BEFORE_MS, jump: throughTheHourThatComesTwice },
  { name: 'eight hours asleep', startsAt: TRADING, jump: (stage, clock) => sleep(stage, clock, false) },
  {
    name: 'eight hours asleep, counted',
    startsAt: TRADING,
    jump: (stage, clock) => sleep(stage, clock, true),
  },
];

/** The wall clock jumps, summer time begins or ends, the machine sleeps for eight hours. */
export const CLOCK: Scenario = {
  number: 35,
  name: 'a clock that is set, summer time, eight hours of sleep',
  run: async (given) => {
    const jump = JUMPS[given.seed % JUMPS.length] ?? JUMPS[0];
    if (jump === undefined) throw new RangeError('There are no jumps.');
    return await run(given, jump);
  },
};

async function run(given: Stage, { jump, name, startsAt }: Jump): Promise<Outcome> {
  const clock = new SteppedClock(CLOCK_FACTOR, startsAt);
  const stage = await IbStage.open(given, { clock, marketNow: clock.truth });
  stage.observer.note(name);
  const course = play(stage, async () => await jump(stage, clock));
  return await outcomeOf(stage, within(COURSE_WITHIN_MS, 'the course of the scenario', course));
}

async function play(stage: IbStage, jump: () => Promise<void>): Promise<Verdict> {
  let messages = 0;
  const early = new Set<string>();
  stage.startProduct({
    onChange: (change) => {
      messages += 1;
      const { quality, receivedAt, stale } = change.freshness;
      const aheadMs = receivedAt - stage.clock.now();
      if (quality === 'live' && !stale && aheadMs > MOST_AHEAD_MS)
        early.add(
          `${change.kind} are told as live and came ${Math.round(aheadMs / 60_000)} minutes from now`,
        );
      stage.oracle.hear(change);
    },
  });
  if (!(await stage.observer.comesRight(RIGHT_WITHIN_MS)))
    throw new Error('The first figures did not come right.');
  await stage.trade(4);
  if (stage.chance() < 0.5) await stage.observer.comesRight(RIGHT_WITHIN_MS);
  await jump();
  const before = messages;
  await stage.pass(60_000);
  const burst = messages - before;
  await stage.trade(4);
  const told = await ending(stage);
  const duplicates = burst > MOST_MESSAGES ? [`${burst} messages in the minute after the jump`] : [];
  stage.observer.note(`${burst} messages in the minute after the jump`);
  return {
    ...told,
    duplicates: [...duplicates, ...told.duplicates],
    wrongLive: [...early, ...told.wrongLive],
  };
}

/**
 * IBKR names times without saying which of the two hours from 01:00 to 02:00 it means, so that the time of a fill in
 * the second one cannot be known; nobody trades in it here, for most of it the machine sleeps.
 */
async function throughTheHourThatComesTwice({ chance, pass }: IbStage, clock: SteppedClock): Promise<void> {
  await pass(BEFORE_MS);
  clock.sleep(HOUR_MS, chance() < 0.5);
}

/** Trades go on at the broker meanwhile; the connection is there when the machine wakes up, or dead, or gone. */
function sleep(stage: IbStage, clock: SteppedClock, isCounted: boolean): void {
  const { between, chance, market, proxy } = stage;
  const end = chance() < 0.3 ? proxy.add(timeout(), 'both') : null;
  for (let trades = between(0, 4); trades > 0; trades--) market.trade();
  clock.sleep(8 * HOUR_MS, isCounted);
  if (end === null) {
    if (chance() < 0.5) proxy.cutAll('reset');
    return;
  }
  end();
}
