import assert from 'node:assert/strict';
import { createMarket, type LedgerAccount } from '../../../simulators/index.js';
import type { Change } from '../../../src/domain/change.js';
import { execution, position } from '../../support/builders.js';
import type { Told } from '../../support/differences.js';
import { Balances, Position } from '../../support/messages.js';
import { ibWorld, ledgerOf } from '../ib/world.js';
import { wrongLiveFigures } from './live-figures.js';
import { replay } from './replay.js';
import { Truth } from './truth.js';

const ALL = new Set(['balances', 'positions', 'orders', 'executions'] as const);

/** A market with one account, its truth, and a clock that the test moves. */
function stage() {
  const market = createMarket({ seed: 3, accounts: 1, positions: 3, schwabAccounts: 1 });
  const time = { now: 0 };
  const truth = new Truth(ibWorld(market), () => time.now);
  const [account = ''] = market.accounts;
  const ledger = (): LedgerAccount => ledgerOf(market, account);
  return { account, ledger, market, time, truth };
}

/** What an honest reader has been told of it. */
function honest({ balances, positions }: LedgerAccount): Told {
  return {
    balances: Balances.parse({ ...balances, dayTradesRemaining: null }),
    positions: positions.map((line) =>
      Position.parse({ ...position({ key: String(line.conId) }), ...line, key: String(line.conId) }),
    ),
    orders: [],
    executions: [],
  };
}

const opened = (key: string, quantity: number): Change => ({
  of: 'positions',
  change: 'opened',
  before: null,
  after: position({ key, quantity }),
  eventId: `opened-${key}-${quantity}`,
});
const closed = (key: string, quantity: number): Change => ({
  of: 'positions',
  change: 'closed',
  before: position({ key, quantity }),
  after: null,
  eventId: `closed-${key}-${quantity}`,
});

describe('the oracle of the fault suite', () => {
  it('has nothing against what is true, or was a moment ago', () => {
    const { account, ledger, market, time, truth } = stage();
    const told = honest(ledger());
    assert.deepEqual(wrongLiveFigures(truth, { account, told, live: ALL, since: 0 }), []);
    time.now = 1_000;
    market.closePosition(account, ledger().positions[0]?.conId ?? 0);
    time.now = 2_000;
    assert.deepEqual(wrongLiveFigures(truth, { account, told, live: ALL, since: 1_000 }), []);
  });

  it('sees a figure that is told as live and never was, or is no longer', () => {
    const { account, ledger, market, time, truth } = stage();
    const told = honest(ledger());
    const [first] = told.positions;
    assert.ok(first);
    const wrong = { ...told, positions: told.positions.with(0, { ...first, quantity: first.quantity + 1 }) };
    assert.deepEqual(wrongLiveFigures(truth, { account, told: wrong, live: ALL, since: 0 }), [
      { line: `position ${first.key}: quantity was told as live as ${first.quantity + 1}`, isGone: false },
    ]);
    assert.deepEqual(wrongLiveFigures(truth, { account, told: wrong, live: new Set(), since: 0 }), []);
    time.now = 1_000;
    market.closePosition(account, Number(first.key));
    const later = wrongLiveFigures(truth, { account, told, live: ALL, since: 1_001 });
    assert.deepEqual(
      later.filter(({ isGone }) => isGone).map(({ line }) => line),
      [`position ${first.key} is told as live and is not there`],
    );
    assert.ok(later.some(({ line }) => line.startsWith('balances: totalCash')));
  });

  it('does not call a figure wrong that is not known', () => {
    const { account, ledger, truth } = stage();
    const told = honest(ledger());
    const unknown = told.positions.map((line) => ({ ...line, marketValue: null, unrealizedPnl: null }));
    const question = { account, told: { ...told, positions: unknown }, live: ALL, since: 0 };
    assert.deepEqual(wrongLiveFigures(truth, question), []);
  });

  it('misses a position that has vanished', () => {
    const { account, ledger, time, truth } = stage();
    const told = honest(ledger());
    time.now = 1_000;
    const question = { account, told: { ...told, positions: told.positions.slice(1) }, live: ALL, since: 1 };
    assert.deepEqual(
      wrongLiveFigures(truth, question).map(({ line }) => line),
      [`position ${told.positions[0]?.key} is missing from live positions`],
    );
  });

  it('tells a close that the ledger does not know, and takes one that it knows', () => {
    const { account, ledger, market, truth } = stage();
    const [line] = ledger().positions;
    assert.ok(line);
    const told = [closed(String(line.conId), line.quantity)];
    assert.deepEqual(replay(truth, account, told).phantomCloses, [
      `position ${line.conId} was told as closed 1 times`,
    ]);
    market.closePosition(account, line.conId);
    assert.deepEqual(replay(truth, account, told).phantomCloses, []);
  });

  it('misses fills that were never told and changes that lead nowhere', () => {
    const { account, ledger, market, truth } = stage();
    const [line] = ledger().positions;
    assert.ok(line);
    market.closePosition(account, line.conId);
    const [fill] = ledger().executions;
    assert.ok(fill);
    const executionId = fill.execId.replace(/\.\d+$/, '');
    const reported = (eventId: string): Change => ({
      of: 'executions',
      change: 'reported',
      before: null,
      after: execution({ executionId, revision: fill.revision }),
      eventId,
    });
    const key = String(line.conId);
    const changes = [opened(key, 7), closed(key, 8)];
    assert.deepEqual(replay(truth, account, changes).lost, [
      `position ${key}: 7 was told, then 8 as before`,
      `execution ${executionId}.1 was never told`,
    ]);
    const whole = [reported('a'), reported('a'), opened(key, 7), closed(key, 7)];
    assert.deepEqual(replay(truth, account, whole), { lost: [], duplicates: [], phantomCloses: [] });
    assert.deepEqual(replay(truth, account, [...whole, reported('b')]).duplicates, [
      `execution ${executionId}.1 was told twice`,
    ]);
  });
});
