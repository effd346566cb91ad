import assert from 'node:assert/strict';
import type { Execution } from '../../src/domain/execution.js';
import type { Position } from '../../src/domain/position.js';
import type { BrokerUpdate, Provenance } from '../../src/domain/update.js';
import type { Broker } from '../../src/ports.js';
import { Connection } from '../../src/runtime/connection.js';
import { Ladder } from '../../src/runtime/ladder.js';
import { Subscription, type AccountChange } from '../../src/runtime/subscription.js';
import { Ways } from '../../src/runtime/ways.js';
import {
  balancesSnapshot,
  digest,
  executionsSnapshot,
  KEY,
  ordersSnapshot,
  position,
  positionsSnapshot,
  T0,
} from './builders.js';
import { FakeClock } from './clocks.js';
import { MemoryLogger, settled } from './memory-broker.js';
import { WorldBroker } from './world-broker.js';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
const COALESCE_MS = 100;
const STALE_AFTER_MS = 15 * MINUTE;

/** What is true at the broker. */
export interface Truth {
  positions: readonly Position[];
  executions: readonly Execution[];
}

/** A connection with a second gateway and a daily report, a second connection, and one reader of them all. */
export function ladderStage() {
  const clock = new FakeClock(T0);
  const logger = new MemoryLogger();
  const truth: Truth = { positions: [position()], executions: [] };
  const report: Truth & { asOf: number } = { positions: [], executions: [], asOf: T0 - 18 * HOUR };
  const images = ({ executions, positions }: Truth, from: Partial<Provenance>): readonly BrokerUpdate[] => {
    const worth = positions.reduce((sum, { marketValueBase }) => sum + (marketValueBase ?? 0), 0);
    const when = { from: { receivedAt: clock.now(), ...from } };
    return [
      balancesSnapshot({ netLiquidation: 1_000 + worth, totalCash: 1_000 }, when),
      positionsSnapshot(positions, when),
      executionsSnapshot(executions, when),
      ...(from.via === 'flex' ? [] : [ordersSnapshot([], when)]),
    ];
  };
  const live = (via: 'tws' | 'tws-backup') => () => images(truth, { via });
  const first = new WorldBroker('tws', true, live('tws'));
  const backup = new WorldBroker('tws-backup', true, live('tws-backup'));
  const flex = new WorldBroker('flex', true, () => images(report, { via: 'flex', asOf: report.asOf }));
  const second = new WorldBroker('tws', false, live('tws'));
  const connect = (broker: Broker): Connection =>
    new Connection({ broker, clock, chance: () => 0.5, logger });
  const ways = new Ways({
    first: connect(first),
    standbys: [
      { make: () => connect(backup), afterMs: 15 * SECOND },
      { make: () => connect(flex), afterMs: 5 * MINUTE },
    ],
    clock,
    logger,
  });
  const others = new Ways({ first: connect(second), standbys: [], clock, logger });
  const ladder = new Ladder(ways.first, [ways, others], clock);
  const told: AccountChange[] = [];
  const subscription = new Subscription({
    ladder,
    clock,
    digest,
    coalesceMs: COALESCE_MS,
    staleAfterMs: STALE_AFTER_MS,
    wants: () => true,
    onChange: (change) => told.push(change),
    onFlush: () => undefined,
  });

  /** Time passes a second at a time, so that what answers at once is answered. */
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= SECOND) {
      await settled();
      clock.advance(Math.min(SECOND, left));
    }
    await settled();
  };
  /** What is told while time passes: kind, quality, way, and what changed. */
  const news = async (ms: number): Promise<readonly string[]> => {
    told.length = 0;
    await pass(ms);
    return told.map(inWords);
  };

  return {
    backup,
    clock,
    first,
    flex,
    ladder,
    logger,
    news,
    others,
    pass,
    report,
    second,
    subscription,
    told,
    truth,
    ways,
    status: () => ladder.standing([KEY]).status,
    start: async (): Promise<void> => {
      ways.start();
      others.start();
      await pass(2 * SECOND);
    },
    close: async (): Promise<void> => {
      await subscription.close();
      await Promise.all([ways.close(), others.close()]);
      assert.equal(clock.pending, 0);
      assert.deepEqual(
        [first, backup, flex, second].map(({ isOpen }) => isOpen),
        [false, false, false, false],
      );
    },
  };
}

function inWords({ changes, freshness, kind }: AccountChange): string {
  const { quality, stale, via } = freshness;
  const what = changes.map((one) => {
    const { after, before, change, of } = one;
    const size = (value: typeof after): string =>
      value === null ? '' : 'quantity' in value ? String(value.quantity) : '';
    return of === 'positions' ? `${change} ${size(before)}>${size(after)}` : `${of} ${change}`;
  });
  return [kind, quality, via, ...(stale ? ['stale'] : []), ...what].join(' ');
}
