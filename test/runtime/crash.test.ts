import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { Connection } from '../../src/runtime/connection.js';
import { Subscription, type AccountChange } from '../../src/runtime/subscription.js';
import { decodeTold, encodeTold, type Told } from '../../src/state/told.js';
import {
  account,
  accounts,
  balancesSnapshot,
  digest,
  execution,
  executionsSnapshot,
  position,
  positionsSnapshot,
} from '../support/builders.js';
import { FakeClock } from '../support/clocks.js';
import { MemoryBroker, MemoryLogger, settled } from '../support/memory-broker.js';
import { oneWay } from '../support/one-way.js';

const COALESCE_MS = 250;
const CONNECTION = 'c1';

/** What is at the broker: quantities of two positions, and how many fills there were. */
interface Truth {
  readonly a: number;
  readonly b: number;
  readonly fills: number;
}

/** A disk on which a write takes until the test says so, and of which a crash leaves what was written until then. */
class Disk {
  #text: string | null = null;
  #pending: { readonly text: string; readonly done: () => void }[] = [];

  load(): Told | null {
    return this.#text === null ? null : decodeTold(this.#text);
  }

  async save(told: Told): Promise<void> {
    await new Promise<void>((done) => this.#pending.push({ text: encodeTold(told, (words) => words), done }));
  }

  /** So many of the writes under way reach the disk. */
  finish(most = Number.POSITIVE_INFINITY): void {
    for (const { done, text } of this.#pending.splice(0, most)) {
      this.#text = text;
      done();
    }
  }

  crash(finished: number): void {
    this.finish(finished);
    this.#pending = [];
  }
}

type Act =
  | { readonly act: 'trade'; readonly of: 'a' | 'b'; readonly quantity: number }
  | { readonly act: 'tell' }
  | { readonly act: 'disk' }
  | { readonly act: 'minute' }
  | { readonly act: 'crash'; readonly finished: number };

const anAct: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant('trade' as const),
      of: fc.constantFrom('a' as const, 'b' as const),
      quantity: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 4, arbitrary: fc.constant({ act: 'tell' as const }) },
  { weight: 3, arbitrary: fc.constant({ act: 'disk' as const }) },
  { weight: 1, arbitrary: fc.constant({ act: 'minute' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({ act: fc.constant('crash' as const), finished: fc.nat({ max: 2 }) }),
  },
);

/** Node-RED with one reader, from one crash to the next. */
async function start(disk: Disk, truth: Truth, told: AccountChange[]) {
  const clock = new FakeClock();
  const broker = new MemoryBroker();
  const connection = new Connection({ broker, clock, chance: () => 0.5, logger: new MemoryLogger() });
  const subscription = new Subscription({
    ladder: oneWay(connection, clock),
    clock,
    digest,
    coalesceMs: COALESCE_MS,
    staleAfterMs: 600_000,
    wants: () => true,
    memory: {
      connection: CONNECTION,
      told: disk.load(),
      save: async (all) => await disk.save(all),
      warn: (message) => assert.fail(message),
    },
    onChange: (change) => told.push(change),
    onFlush: () => undefined,
  });
  connection.start();
  const session = await broker.accept();
  const show = (now: Truth): void => {
    const rows = [position({ key: 'a', quantity: now.a }), position({ key: 'b', quantity: now.b })];
    const fills = Array.from({ length: now.fills }, (_, index) => execution({ executionId: `e${index}` }));
    session.tell(
      accounts(account()),
      balancesSnapshot({ netLiquidation: 100 * (now.a + now.b), totalCash: 0 }),
      positionsSnapshot(rows),
      executionsSnapshot(fills),
    );
  };
  show(truth);
  return {
    show,
    advance: async (ms: number): Promise<void> => {
      clock.advance(ms);
      await settled();
    },
    end: async (): Promise<void> => {
      const closed = subscription.close();
      disk.finish();
      await closed;
      await connection.close();
    },
  };
}

/** What was told, each event once, as an owner would replay it on top of the first image. */
function replay(told: readonly AccountChange[]) {
  const seen = new Set<string>();
  const sequences = new Map<string, number>();
  let held: Map<string, number> | null = null;
  const fills = new Set<string>();
  for (const { changes, kind, sequence, state } of told) {
    assert.ok(sequence > (sequences.get(kind) ?? 0), `${kind} ${sequence} was told twice`);
    sequences.set(kind, sequence);
    for (const change of changes) {
      if (seen.has(change.eventId)) continue;
      seen.add(change.eventId);
      if (change.of === 'executions') {
        assert.ok(!fills.has(change.after.executionId), 'a fill was told twice');
        fills.add(change.after.executionId);
      }
      if (change.of !== 'positions' || held === null) continue;
      const { after, before } = change;
      const key = after?.key ?? before?.key ?? '';
      assert.equal(before?.quantity, held.get(key), 'an event is missing in between');
      if (after !== null) held.set(key, after.quantity);
    }
    if (kind !== 'positions') continue;
    const image = new Map(
      [...(state.positions?.value ?? [])].map(([key, { value }]) => [key, value.quantity]),
    );
    held ??= image;
    assert.deepEqual(image, held, 'a change was not told');
  }
  return { held, fills };
}

describe('a reader that is killed at any moment', () => {
  it('loses no change and tells none twice, but for those that have the same id', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anAct, { maxLength: 30, size: 'max' }), async (acts) => {
        const disk = new Disk();
        const told: AccountChange[] = [];
        let truth: Truth = { a: 1, b: 1, fills: 0 };
        let run = await start(disk, truth, told);
        for (const act of acts) {
          if (act.act === 'trade') {
            if (truth[act.of] === act.quantity) continue;
            truth = { ...truth, [act.of]: act.quantity, fills: truth.fills + 1 };
            run.show(truth);
          } else if (act.act === 'tell') await run.advance(COALESCE_MS);
          else if (act.act === 'minute') await run.advance(60_000);
          else if (act.act === 'disk') {
            disk.finish();
            await settled();
          } else {
            disk.crash(act.finished);
            // What the dead process tells of the writes that were finished, it has told before it died.
            await settled();
            run = await start(disk, truth, told);
          }
        }
        for (let round = 0; round < 4; round += 1) {
          await run.advance(COALESCE_MS);
          disk.finish();
          await settled();
        }
        await run.end();
        const { fills, held } = replay(told);
        assert.deepEqual(held === null ? null : Object.fromEntries(held), { a: truth.a, b: truth.b });
        assert.equal(fills.size, truth.fills);
      }),
      { numRuns: 300 },
    );
  });
});
