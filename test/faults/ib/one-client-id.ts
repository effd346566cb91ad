import { LIVE_FOR_MS, Oracle } from '../oracle/oracle.js';
import { ending, outcomeOf, type Verdict } from '../play.js';
import type { Product } from '../product.js';
import type { Scenario } from '../scenario.js';
import { comesTrue, within } from '../within.js';
import { IbStage, keyOf } from './stage.js';

/** Real time. */
const RIGHT_WITHIN_MS = 15_000;
const COURSE_WITHIN_MS = 40_000;
const CLOSES_WITHIN_MS = 2_000;

/** Two connections have the same client id: TWS takes one of them, and the other must find its way, a minute or two later. */
export const ONE_CLIENT_ID: Scenario = {
  number: 38,
  name: 'two connections with one client id',
  run: async (given) => {
    const stage = await IbStage.open(given);
    const second = new Oracle({
      truth: stage.truth,
      keyOf,
      now: () => stage.clock.awake(),
      liveForMs: LIVE_FOR_MS,
    });
    const other = stage.product({ onChange: (change) => second.hear(change) });
    stage.startProduct();
    const outcome = await outcomeOf(stage, course(stage, { other, second }));
    const listeners = other.listeners();
    const left = listeners === 0 ? [] : [`${listeners} listeners are left on the second connection`];
    return { ...outcome, leaks: [...outcome.leaks, ...left] };
  },
};

async function course(
  stage: IbStage,
  { other, second }: { readonly other: Product; readonly second: Oracle },
): Promise<Verdict> {
  try {
    return await within(COURSE_WITHIN_MS, 'the course of the scenario', play(stage, second));
  } finally {
    await within(CLOSES_WITHIN_MS, 'the second connection closes', other.close());
  }
}

async function play(stage: IbStage, second: Oracle): Promise<Verdict> {
  await stage.trade(3);
  await stage.pass(stage.between(0, 30_000));
  // The one that had the id comes back after the other.
  if (stage.chance() < 0.5) stage.proxy.cutAll('reset');
  await stage.trade(3);
  const areRight = await comesTrue(RIGHT_WITHIN_MS, () => stage.oracle.isRight() && second.isRight());
  await stage.trade(2);
  const told = await ending(stage);
  await comesTrue(RIGHT_WITHIN_MS, () => second.isRight());
  const verdict = second.judge();
  return {
    lost: [
      ...(areRight ? [] : ['not both connections came right']),
      ...(stage.observer.words.some((word) => word.includes('Client id 17 is in use'))
        ? []
        : ['nobody named the client id']),
      ...told.lost,
      ...verdict.lost,
    ],
    duplicates: [...told.duplicates, ...verdict.duplicates],
    phantomCloses: [...told.phantomCloses, ...verdict.phantomCloses],
    wrongLive: [...told.wrongLive, ...verdict.wrongLive],
    recoveryMs: told.recoveryMs,
  };
}
