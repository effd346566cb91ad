import type { Mood } from '../../support/memory-keychain.js';
import { suiteWatch } from '../../support/leak-watch.js';
import type { Outcome, Scenario, Stage } from '../scenario.js';
import { within } from '../within.js';
import { KeychainStage } from './keychain-stage.js';

const COURSE_WITHIN_MS = 30_000;
const MINUTE_MS = 60_000;
/** Secrets are looked at, and a keychain that refused is asked again, so often. */
const ASKED_EVERY_MS = 5 * MINUTE_MS;
const NOTICED_WITHIN_MS = 6 * MINUTE_MS;
const RIGHT_WITHIN_MS = 3 * MINUTE_MS;
/** An access token is good for half an hour. */
const RENEWAL_MS = 31 * MINUTE_MS;
/** In that time: by each of two libraries, whichever wrote the secrets. */
const MOST_QUESTIONS = 2;

interface Trouble {
  readonly name: string;
  readonly mood: Mood | 'deleted';
  /** What the status says. */
  readonly sentence: RegExp;
}

const TROUBLES: readonly Trouble[] = [
  { name: 'locked', mood: 'locked', sentence: /keychain is locked/ },
  { name: 'denied', mood: 'denied', sentence: /keychain/ },
  { name: 'absent', mood: 'no bus', sentence: /keychain|session bus|D-Bus/i },
  { name: 'without an answer', mood: 'late', sentence: /keychain/ },
  { name: 'deleted', mood: 'deleted', sentence: /has gone from the system keychain/ },
];

/** The keychain with the app's secrets and the login is locked, denied, absent, silent or emptied. */
export const KEYCHAIN: Scenario = {
  number: 31,
  name: 'a keychain that is locked, denied, absent or emptied',
  alone: true,
  run: async (given) => {
    let outcome: Outcome | null = null;
    await suiteWatch.deafTo(async () => {
      outcome = await run(given);
    });
    if (outcome === null) throw new Error('The run had no outcome.');
    return outcome;
  },
};

async function run(given: Stage): Promise<Outcome> {
  const stage = await KeychainStage.open(given);
  const trouble = TROUBLES[given.seed % TROUBLES.length] ?? TROUBLES[0];
  if (trouble === undefined) throw new RangeError('There is no trouble.');
  const lost: string[] = [];
  let recoveryMs: number;
  try {
    const course = play(stage, trouble, (text) => lost.push(text));
    recoveryMs = await within(COURSE_WITHIN_MS, 'the course of the scenario', course);
  } catch (error) {
    await stage.close();
    throw new Error(`${String(error)}\n${stage.words.join('\n')}`, { cause: error });
  }
  const leaks = await stage.close();
  const { duplicates, wrongLive } = stage.ear;
  return {
    lost: [...lost, ...stage.ear.differences()],
    duplicates: [...duplicates],
    phantomCloses: [],
    wrongLive: [...wrongLive],
    leaks,
    writes: stage.schwab.violations.map((violation) => JSON.stringify(violation)),
    recoveryMs,
    log: stage.words,
  };
}

async function play(stage: KeychainStage, trouble: Trouble, wrong: (text: string) => void): Promise<number> {
  const { ear } = stage;
  const right = (): boolean => ear.isLive() && ear.isRight();
  const says = (): boolean => trouble.sentence.test(stage.status.reason ?? '');
  await stage.load();
  await stage.enter();
  await stage.logIn();
  if (!(await stage.pass(RIGHT_WITHIN_MS, right))) throw new Error(`At first: ${told(stage)}`);
  stage.trade();
  const fromStart = stage.chance() < 0.4;
  if (fromStart) await stage.unload();
  strike(stage, trouble);
  stage.trade();
  const asked = stage.keychain.asked.length;
  const struckAt = stage.clock.monotonic();
  if (fromStart) {
    await stage.load();
    if (!(await stage.pass(NOTICED_WITHIN_MS, says))) wrong(`at the start it says ${told(stage)}`);
    // It is tried every minute, and the keychain is asked every fifth time.
    await stage.pass(NOTICED_WITHIN_MS);
    if (ear.isLive()) wrong('figures are told as live without a login');
  } else {
    const lasts = stage.chance() < 0.25 ? RENEWAL_MS : NOTICED_WITHIN_MS;
    await stage.pass(lasts / 2);
    stage.trade();
    await stage.pass(lasts / 2);
    if (!says()) wrong(`beside live figures it says ${told(stage)}`);
    if (!(await stage.pass(RIGHT_WITHIN_MS, right))) wrong(`the session did not go on: ${told(stage)}`);
  }
  const looks = 1 + Math.ceil((stage.clock.monotonic() - struckAt) / ASKED_EVERY_MS);
  const questions = stage.keychain.asked.length - asked;
  stage.words.push(`${trouble.name}: ${questions} questions in ${looks} times five minutes`);
  if (trouble.mood !== 'deleted' && questions > looks * MOST_QUESTIONS)
    wrong(`the keychain was asked ${questions} times`);
  const before = stage.clock.monotonic();
  await mend(stage, trouble, fromStart);
  stage.trade();
  const isWell = (): boolean => right() && stage.status.state === 'live' && stage.status.reason === null;
  if (!(await stage.pass(2 * NOTICED_WITHIN_MS, isWell))) wrong(`after it was mended: ${told(stage)}`);
  const recoveryMs = stage.clock.monotonic() - before;
  // What is kept now is enough for the next start.
  await stage.unload();
  stage.trade();
  await stage.load();
  if (!(await stage.pass(RIGHT_WITHIN_MS, isWell))) wrong(`at the next start: ${told(stage)}`);
  const needed = trouble.mood === 'deleted' && fromStart ? 2 : 1;
  if (stage.logins !== needed) wrong(`${stage.logins} logins were needed`);
  return recoveryMs;
}

function strike({ keychain }: KeychainStage, { mood }: Trouble): void {
  if (mood === 'deleted') keychain.entries.clear();
  else keychain.mood = mood;
}

/** The user opens it again, and perhaps presses the button; what was deleted he enters again. */
async function mend(stage: KeychainStage, { mood }: Trouble, fromStart: boolean): Promise<void> {
  stage.keychain.mood = 'open';
  if (mood === 'deleted') {
    await stage.enter();
    if (!fromStart) return;
    await stage.pass(MINUTE_MS, () => stage.status.state === 'login-required');
    await stage.logIn();
  } else if (stage.chance() < 0.5) await stage.probe();
}

function told({ ear, status }: KeychainStage): string {
  const figures = ear.differences()[0] ?? (ear.isLive() ? 'right' : 'right, but not live');
  return `${status.state} (${status.reason ?? 'all is well'}); the figures: ${figures}`;
}
