import { z } from 'zod';
import type { Chance } from '../../../src/ports.js';
import { hastyClock } from '../../support/clocks.js';
import { labelOf } from '../../support/ledger-history.js';
import { startMailServer, type MailFault, type MailServer } from '../../support/mail-server.js';
import { CountedClock } from '../counted-clock.js';
import { CLOCK_FACTOR, type IbStage, type IbStageOptions } from '../ib/stage.js';
import { comesTrue } from '../within.js';
import { ALERTED, mailFlow, mailGuests, SECOND_WAY } from './mail-flow.js';
import { firstFigures, type RedFault } from './red-scenario.js';
import type { RedStage } from './red-stage.js';

/** Tuesday, 24 November 2026, 10:00 in New York. */
const TRADING = Date.UTC(2026, 10, 24, 15, 0, 0);
/** TWS tells the time of a fill in whole seconds: one that comes after this is none of before the start. */
const BEGUN_AFTER_MS = 2_000;
/** Node-RED drops a message with which a node fails for the tenth time; the outbox sends another one each time. */
const FAILS_OFTEN = 12;
/** In how many runs the outbox turns to the second way, after `FEW_TRIES`; in the others it keeps on trying. */
const IMPATIENT_SHARE = 0.3;
const MANY_TRIES = 10_000;
const FEW_TRIES = 3;
/** Real time. */
const TOLD_WITHIN_MS = 8_000;
const MAILED_WITHIN_MS = 8_000;
const CLOSES_WITHIN_MS = 2_000;

const One = z.looseObject({
  id: z.string(),
  ruleId: z.string(),
  state: z.string(),
  value: z.number().nullable(),
  account: z.looseObject({ label: z.string() }).nullable(),
  instrument: z.looseObject({ symbol: z.string() }).nullable(),
});
const Sent = z.looseObject({
  topic: z.string(),
  payload: z.string(),
  alert: One.extend({ items: z.array(One).optional() }),
});
type Sent = z.infer<typeof Sent>;
const Words = z.looseObject({ topic: z.string(), payload: z.string() });
type Words = z.infer<typeof Words>;

/**
 * The mail server refuses, then the login, then falls silent, and comes back. Every alert must be in the mailbox; where
 * the outbox does not try for long, there or on the second way.
 */
export const MAIL_OUTAGE: RedFault = {
  number: 33,
  name: 'the mail server refuses (421, 535), falls silent, and comes back',
  world: (): IbStageOptions => {
    const clock = new CountedClock(hastyClock(CLOCK_FACTOR, TRADING));
    return { clock, marketNow: () => clock.now() };
  },
  playsWithinMs: 40_000,
  play: async (stage) => {
    const mail = await startMailServer();
    try {
      await course(stage, mail);
    } finally {
      await mail.close();
    }
    if (!(await comesTrue(CLOSES_WITHIN_MS, () => mail.open === 0)))
      stage.wrong.leaks.push(`${mail.open} conversations with the mail server are open`);
  },
};

async function course(stage: RedStage, mail: MailServer): Promise<void> {
  const { chance, market, between, pass, trade } = stage.ib;
  const isPatient = chance() >= IMPATIENT_SHARE;
  const sent: Sent[] = [];
  const undelivered: Words[] = [];
  stage.inputs.set(ALERTED, (message, done) => {
    sent.push(Sent.parse(message));
    done();
  });
  stage.inputs.set(SECOND_WAY, (message, done) => {
    undelivered.push(Words.parse(message));
    done();
  });
  const missing = (): readonly Sent[] =>
    sent.filter((one) => !isMailed(mail, one) && !isAmong(undelivered, one));
  const [account = ''] = market.accounts;
  const worth = market.balances(account).netLiquidation;
  const tries = isPatient ? MANY_TRIES : FEW_TRIES;
  await stage.load(stage.flow(mailFlow({ mail, rules: rulesFor(account, worth), tries })), mailGuests(mail));
  await firstFigures(stage);
  await pass(BEGUN_AFTER_MS);
  const before = fillsOf(stage.ib);
  await trade(3);

  const isTold = (state: string): boolean =>
    itemsOf(sent).some((item) => item.ruleId === 'worth' && item.state === state);
  const paidOutAt = between(0, 1);
  for (const [index, fault] of faultsBy(chance).entries()) {
    const [begun, errors] = [mail.begun, stage.errors.length];
    mail.breaks(fault);
    stage.observer.note(`mail server: ${fault.code ?? 'silence'} at ${fault.at}`);
    if (index === paidOutAt) market.depositCash(account, -worth / 2);
    if (index === paidOutAt + 1) {
      if (!(await comesTrue(TOLD_WITHIN_MS, () => isTold('firing')))) break;
      market.depositCash(account, worth / 2);
    }
    await trade(3);
    await pass(between(20_000, 50_000));
    const hasFailedOften = (): boolean =>
      isPatient ? stage.errors.length - errors >= FAILS_OFTEN : undelivered.length > 0;
    if (fault.code === 535 && !(await comesTrue(TOLD_WITHIN_MS, hasFailedOften)))
      stage.wrong.lost.push(
        isPatient
          ? `a mail was tried ${stage.errors.length - errors} times, then no more`
          : 'nothing came the second way',
      );
    // What was given up is tried no more, and not all that is traded is filled.
    if (isPatient && !(await comesTrue(TOLD_WITHIN_MS, () => mail.begun > begun)))
      throw new Error(`The mail node tried nothing while the server was at ${fault.code ?? 'silence'}.`);
  }
  mail.breaks(null);
  await trade(2);

  const fills = minus(fillsOf(stage.ib), before);
  const untold = (): readonly string[] => minus(fills, fillsIn(sent));
  await comesTrue(TOLD_WITHIN_MS, () => isTold('resolved') && untold().length === 0);
  await comesTrue(MAILED_WITHIN_MS, () => missing().length === 0);
  stage.observer.note(
    `${sent.length} alerts sent, ${mail.mails.length} mails in ${mail.begun} conversations, ${stage.errors.length} errors, ${undelivered.length} the second way`,
  );
  stage.wrong.lost.push(
    ...['firing', 'resolved']
      .filter((state) => !isTold(state))
      .map((state) => `no alert that it is ${state}`),
    ...untold().map((fill) => `no alert of the fill ${fill}`),
    ...missing().map(({ topic }) => `no mail “${topic}”`),
    ...(isPatient ? undelivered.map(({ topic }) => `given up: “${topic}”`) : []),
  );
  stage.wrong.duplicates.push(
    ...minus(fillsIn(sent), fills).map((fill) => `an alert of a fill that was none: ${fill}`),
    ...repeated(itemsOf(sent).map(({ id, state }) => `alert ${id} ${state}`)),
    ...mail.mails
      .filter((one) => !sent.some((message) => isMailOf(one, message)))
      .map(({ parsed }) => `a mail that no alert is: “${parsed.subject}”`),
    ...undelivered
      .filter((words) => !sent.some((message) => isAmong([words], message)))
      .map(({ topic }) => `the second way was told of what no alert is: “${topic}”`),
    ...repeated(undelivered.map(({ payload, topic }) => `${topic}\n${payload.split('\n\n').at(-1)}`)),
  );
}

function rulesFor(account: string, worth: number): readonly object[] {
  const template = '{{summary}} ({{id}})';
  return [
    { id: 'fill', metric: 'execution', operator: 'event', severity: 'info', cooldownSeconds: 0, template },
    {
      id: 'worth',
      metric: 'netLiquidation',
      operator: '<',
      threshold: worth * 0.7,
      clearAt: worth * 0.75,
      scope: { account: labelOf(account) },
      severity: 'critical',
      cooldownSeconds: 0,
      template,
    },
  ];
}

/** One of each kind, each at a step of the conversation that chance chooses. */
function faultsBy(chance: Chance): readonly MailFault[] {
  const one = <Of>(of: readonly [Of, ...Of[]]): Of => of[Math.floor(chance() * of.length)] ?? of[0];
  return [
    { code: 421, at: one(['greeting', 'sender', 'data']) },
    { code: 535, at: 'login' },
    { code: null, at: one(['greeting', 'login', 'sender', 'data', 'accepted']) },
  ];
}

/** `label symbol at price` of each fill of the ledger. */
function fillsOf({ market }: IbStage): readonly string[] {
  return market.accounts.flatMap((account) =>
    market
      .executions(account)
      .map(({ conId, price }) => fillText(labelOf(account), market.instrument(conId).symbol, price)),
  );
}

function fillsIn(sent: readonly Sent[]): readonly string[] {
  return itemsOf(sent).flatMap(({ account, instrument, ruleId, value }) =>
    ruleId === 'fill' ? [fillText(account?.label, instrument?.symbol, value)] : [],
  );
}

function fillText(label = '?', symbol = '?', price: number | null = null): string {
  return `${label} ${symbol} at ${price}`;
}

function itemsOf(sent: readonly Sent[]): readonly z.infer<typeof One>[] {
  return sent.flatMap(({ alert }) => alert.items ?? [alert]);
}

function isMailed({ mails }: MailServer, message: Sent): boolean {
  return mails.some((one) => isMailOf(one, message));
}

function isMailOf({ parsed }: MailServer['mails'][number], { payload, topic }: Sent): boolean {
  return parsed.subject === topic && parsed.text?.trimEnd() === payload;
}

/** The second way is told why, and the alert after that. */
function isAmong(undelivered: readonly Words[], { payload, topic }: Sent): boolean {
  return undelivered.some(
    (words) => words.topic === `Not delivered: ${topic}` && words.payload.endsWith(`\n\n${payload}`),
  );
}

/** What is left of the first when each of the others has taken one of its kind away. */
function minus(all: readonly string[], others: readonly string[]): readonly string[] {
  const taken = [...others];
  return all.filter((one) => {
    const index = taken.indexOf(one);
    if (index >= 0) taken.splice(index, 1);
    return index < 0;
  });
}

function repeated(all: readonly string[]): readonly string[] {
  return all.filter((one, index) => all.indexOf(one) !== index);
}
