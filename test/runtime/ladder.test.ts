import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { ConfigError } from '../../src/errors.js';
import { execution, position } from '../support/builders.js';
import { HOUR, ladderStage, MINUTE, SECOND } from '../support/ladder-stage.js';

const DATA = /^(balances|positions) /;

async function reading() {
  const stage = ladderStage();
  await stage.start();
  assert.ok(stage.told.some(({ freshness }) => freshness.quality === 'live'));
  return stage;
}

describe('a ladder of ways to the same accounts', () => {
  it('asks no other way while the first one serves', async () => {
    const { backup, close, flex, pass, status } = await reading();
    await pass(HOUR);
    assert.deepEqual([backup.attempts, flex.attempts], [0, 0]);
    assert.deepEqual([status().state, status().via], ['live', 'tws']);
    await close();
  });

  it('reads the second gateway when the first has been gone for a while, and tells what has changed meanwhile, once', async () => {
    const { backup, close, first, news, status, truth } = await reading();
    first.down();
    truth.positions = [position({ quantity: 25 })];
    const early = await news(14 * SECOND);
    assert.deepEqual(
      early.filter((line) => DATA.test(line)),
      ['balances cached cache stale', 'positions cached cache stale'],
    );
    assert.equal(backup.attempts, 0);
    const late = await news(MINUTE);
    assert.deepEqual(
      late.filter((line) => DATA.test(line)),
      ['balances live tws-backup', 'positions live tws-backup changed 10>25'],
    );
    const { reason, state, via } = status();
    assert.deepEqual([state, via], ['degraded', 'tws-backup']);
    assert.equal(reason, 'Reading through tws-backup.example. tws.example is gone.');
    await close();
  });

  it('goes back to the first gateway at once when it is complete, without a change that is none', async () => {
    const { backup, close, first, news, status, truth } = await reading();
    first.down();
    await news(MINUTE);
    truth.positions = [position({ quantity: 30 })];
    assert.ok((await news(2 * MINUTE)).includes('positions live tws-backup changed 10>30'));
    first.up();
    const back = await news(2 * MINUTE);
    assert.deepEqual(back.filter((line) => DATA.test(line)).slice(0, 2), [
      'balances live tws',
      'positions live tws',
    ]);
    assert.ok(back.every((line) => !line.includes('changed') && !line.includes('reported')));
    assert.deepEqual([status().state, status().via, status().reason], ['live', 'tws', null]);
    await news(2 * MINUTE);
    assert.equal(backup.isOpen, false);
    await close();
  });

  it('keeps a second gateway open while the first one comes and goes', async () => {
    const { backup, close, first, pass } = await reading();
    first.down();
    await pass(MINUTE);
    const { attempts } = backup;
    for (let times = 0; times < 3; times++) {
      first.up();
      await pass(40 * SECOND);
      first.down();
      await pass(20 * SECOND);
    }
    assert.equal(backup.attempts, attempts);
    await close();
  });

  it('reads the second connection when neither gateway serves', async () => {
    const { backup, close, first, news, second, status } = await reading();
    second.up();
    backup.down();
    first.down();
    const lines = await news(2 * MINUTE);
    assert.ok(lines.includes('balances live tws'));
    assert.equal(status().state, 'degraded');
    await close();
  });

  it('waits a little for a gateway that comes back, although the second connection serves', async () => {
    const { close, first, news, pass, second, status } = await reading();
    second.up();
    await pass(2 * MINUTE);
    first.down();
    first.up();
    const lines = await news(10 * SECOND);
    assert.ok(lines.includes('positions cached cache stale'));
    assert.deepEqual([status().state, status().reason], ['live', null]);
    assert.equal(lines.filter((line) => line.startsWith('positions live')).length, 1);
    await close();
  });

  it('never shows a report that is older than the figures that were live last', async () => {
    const { backup, close, first, flex, news, status } = await reading();
    backup.down();
    first.down();
    const lines = await news(HOUR);
    assert.ok(flex.isOpen);
    assert.deepEqual(
      lines.filter((line) => line.includes('flex')),
      [],
    );
    assert.equal(status().via, 'tws');
    await close();
  });

  it('shows a newer report, delayed and dated, as no change, with the fills that nobody has told yet', async () => {
    const { backup, clock, close, first, news, report, told, truth } = await reading();
    truth.executions = [execution({ executionId: 'a' })];
    await news(2 * MINUTE);
    backup.down();
    first.down();
    await news(HOUR);
    report.positions = [position({ quantity: 40 })];
    report.executions = [execution({ executionId: 'a' }), execution({ executionId: 'b' })];
    report.asOf = clock.now();
    const lines = await news(HOUR);
    assert.ok(lines.includes('balances delayed flex stale') || lines.includes('balances delayed flex'));
    assert.deepEqual(
      lines.filter((line) => line.includes('changed') || line.includes('reported')),
      ['executions delayed flex executions reported'],
    );
    const [shown] = told.filter(({ kind }) => kind === 'positions');
    assert.deepEqual(
      [...(shown?.state.positions?.value.values() ?? [])].map(({ value }) => value.quantity),
      [40],
    );
    assert.equal(shown?.freshness.asOf, report.asOf);

    // The gateway knows of today's fills only, and the position is another one by now.
    truth.positions = [position({ quantity: 45 })];
    truth.executions = [execution({ executionId: 'c' })];
    first.up();
    const back = await news(2 * MINUTE);
    assert.deepEqual(
      back.filter((line) => line.includes('changed') || line.includes('reported')),
      ['positions live tws changed 10>45', 'executions live tws executions reported'],
    );
    await close();
  });

  it('says what is wrong with the other ways where only the user can help', async () => {
    const { backup, close, first, flex, news, status } = await reading();
    backup.down();
    flex.refuseWith(
      new ConfigError('The token has expired: make a new one.', {
        broker: 'ibkr',
        code: '1012',
        retrySlowly: false,
      }),
    );
    first.down();
    await news(HOUR);
    assert.equal(
      status().reason,
      'tws.example is gone. flex.example: The token has expired: make a new one.',
    );
    first.up();
    await news(5 * MINUTE);
    assert.equal(status().reason, null);
    await close();
  });

  it('goes on without a report once a better way serves', async () => {
    const { backup, close, first, flex, pass } = await reading();
    backup.down();
    first.down();
    await pass(10 * MINUTE);
    assert.ok(flex.isOpen);
    first.up();
    await pass(5 * MINUTE);
    assert.equal(flex.isOpen, false);
    const requests = flex.requests.length;
    await pass(HOUR);
    assert.equal(flex.requests.length, requests);
    await close();
  });

  it('says no more of figures that came a day ago, until there are others', async () => {
    const { backup, close, first, flex, news, subscription, told } = await reading();
    for (const broker of [flex, backup, first]) broker.down();
    assert.ok((await news(HOUR)).includes('positions cached cache stale'));
    assert.deepEqual(await news(24 * HOUR), []);
    await subscription.answer({ kind: null, account: null }, (change) => told.push(change));
    assert.deepEqual(told, []);
    first.up();
    assert.ok((await news(5 * MINUTE)).includes('positions live tws'));
    await close();
  }).timeout(30_000);

  it('tells every change once and in its order, whichever ways come and go', async () => {
    const act = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ act: fc.constant('trade'), quantity: fc.integer({ min: 1, max: 3 }) }),
      },
      {
        weight: 3,
        arbitrary: fc.record({
          act: fc.constantFrom('down', 'up'),
          of: fc.constantFrom('first', 'backup', 'second'),
        }),
      },
      {
        weight: 4,
        arbitrary: fc.record({ act: fc.constant('pass'), seconds: fc.integer({ min: 1, max: 90 }) }),
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 40, size: 'max' }), async (acts) => {
        const stage = await reading();
        const all = [...stage.told];
        const collect = async (ms: number): Promise<void> => {
          await stage.news(ms);
          all.push(...stage.told);
        };
        for (const one of acts) {
          if ('quantity' in one) stage.truth.positions = [position({ quantity: one.quantity })];
          else if ('seconds' in one) await collect(one.seconds * SECOND);
          else if (one.act === 'up') stage[one.of].up();
          else stage[one.of].down();
        }
        stage.first.up();
        await collect(5 * MINUTE);
        let held: number | null = null;
        const ids = new Set<string>();
        for (const { changes } of all)
          for (const change of changes) {
            if (change.of !== 'positions') continue;
            assert.ok(!ids.has(change.eventId), 'an event id names one change');
            ids.add(change.eventId);
            if (held !== null) assert.equal(change.before?.quantity, held);
            held = change.after?.quantity ?? null;
          }
        const [now] = stage.truth.positions;
        if (held !== null) assert.equal(held, now?.quantity);
        await stage.close();
      }),
      { numRuns: 60 },
    );
  }).timeout(60_000);
});
