import assert from 'node:assert/strict';
import {
  createMarket,
  sentinelFrames,
  startTwsSimulator,
  type TwsSimulator,
} from '../../../simulators/index.js';
import { createIbkrBroker } from '../../../src/brokers/ibkr/index.js';
import type { BrokerUpdate } from '../../../src/domain/update.js';
import { BrokerageError } from '../../../src/errors.js';
import type { BrokerSession } from '../../../src/ports.js';
import { eventually, fastClock } from '../../support/clocks.js';

type Fields = readonly string[];

const FRAMES = Number(process.env['FUZZ_FRAMES'] ?? 20_000);
const SEED = Number(process.env['FUZZ_SEED'] ?? 7);
const BATCH = 250;
const SERVER_VERSION = 187;

const HOSTILE = [
  '', '0', '-0', '-1', 'NaN', 'Infinity', '-Infinity', 'abc', '1,5', '1e400', '1E-400', '0x10',
  '1.7976931348623157E308', '2147483647', '9223372036854775807', '-9223372036854775808',
  '170141183460469231731687303715884105727', '__proto__', 'constructor', '\u{1F4A5}', '\n', '20250230 99:99:99 X',
  'x'.repeat(5_000),
]; // prettier-ignore

/** Numerical Recipes' linear congruence: the same frames for the same seed. */
function chanceFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function seeds(account: string): readonly Fields[] {
  const contract = ['265598', 'AAPL', 'STK', '', '0.0', '', ''];
  const listing = ['NASDAQ', 'USD', 'AAPL', 'NMS'];
  const sentinels = sentinelFrames(SERVER_VERSION);
  return [
    ['3', '1', 'Submitted', '1', '2', '10.5', '99', '0', '10.5', '0', '', '0'],
    ['4', '2', '-1', '2104', 'farm', ''],
    ['6', '2', 'NetLiquidation', '1000.00', 'USD', account],
    ['6', '2', 'CashBalance', '10.00', 'BASE', account],
    ['6', '2', 'LookAheadNextChange', '1700000000', '', account],
    ['6', '2', 'LookAheadInitMarginReq', '1.0', 'USD', account],
    ['6', '2', 'ExchangeRate', '1.1', 'EUR', account],
    ['7', '8', ...contract, ...listing, '10', '5.5', '55.0', '5.0', '5.0', '0.0', account],
    ['8', '1', '15:59'],
    ['9', '1', '1'],
    ['11', '-1', '1', ...contract, ...listing, '0001.01.01', '20250225-15:15:00', account, 'ISLAND', 'BOT', '10', '5.5', '99', '0', '0', '10', '5.5', '', '', '', '', '2', '0'],
    ['15', '1', account],
    ['49', '1', '1700000000'],
    ['53', '1'], ['54', '1', account], ['55', '1', '1000001'], ['62', '1'], ['102'],
    ['59', '1', '0001.01.01', '1.0', 'USD', '2.5', '', '0'],
    ['61', '3', account, ...contract, ...listing, '10', '5.0'],
    ['63', '1', '1000001', account, 'NetLiquidation', '1000.00', 'USD'],
    ['71', '1', '1000001', account, ...contract, ...listing, '10', '5.0', ''],
    ['73', '1', '1000001', account, '', 'NetLiquidation', '1000.00', 'USD'],
    ['94', '1000002', '1.0', '2.0', '3.0'],
    ['95', '1000003', '10', '1.0', '2.0', '3.0', '55.0'],
    sentinels.openOrder.fields, sentinels.completedOrder.fields, sentinels.execDetails.fields,
    ...[sentinels.openOrder, sentinels.completedOrder].map(({ fields }) => fields.map((field) => (field === '~account' ? account : field))),
  ]; // prettier-ignore
}

function mutated(frame: Fields, chance: (below: number) => number): Fields {
  const fields = [...frame];
  for (let changes = 1 + chance(3); changes > 0; changes--) {
    // The id is left alone most of the time: another one is mostly a message that nobody reads.
    const at = chance(50) === 0 ? 0 : 1 + chance(Math.max(1, fields.length - 1));
    const hostile = HOSTILE[chance(HOSTILE.length)] ?? '';
    switch (chance(6)) {
      case 0:
        fields.splice(at, 1);
        break;
      case 1:
        fields.splice(at, 0, hostile);
        break;
      case 2:
        fields.length = Math.max(1, at);
        break;
      default:
        fields[at] = hostile;
    }
  }
  // One empty field is one byte, which is no frame; those have their own turn below.
  if (fields.length === 1 && fields[0] === '') return ['8'];
  // 1300, 320 and the like end a session as they should; they have tests of their own.
  return fields[0] === '4' ? ['4', '2', fields[2] ?? '', '2104', ...fields.slice(4)] : fields;
}

/** Where in an update a number is none. */
function badNumbers(value: unknown, path = ''): readonly string[] {
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [`${path}: ${value}`];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => badNumbers(inner, `${path}.${name}`));
}

describe('a session that is sent mutated frames', function () {
  this.timeout(60_000 + FRAMES);
  let gateway: TwsSimulator;
  const thrown: unknown[] = [];
  const note = (error: unknown): void => void thrown.push(error);

  beforeEach(async () => {
    thrown.length = 0;
    process.on('uncaughtExceptionMonitor', note);
    gateway = await startTwsSimulator({
      market: createMarket({ seed: 2, accounts: 1, positions: 2 }),
      serverVersion: SERVER_VERSION,
      valuePushMs: null,
    });
  });
  afterEach(async () => {
    process.off('uncaughtExceptionMonitor', note);
    await gateway.close();
  });

  it(`survives ${FRAMES} of them, or ends with a typed error, and tells no number that is none`, async () => {
    const chance = chanceFrom(SEED);
    const [account = ''] = gateway.market.accounts;
    const frames = seeds(account);
    const bad: string[] = [];
    let updates = 0;
    const ends: BrokerageError[] = [];
    const broker = createIbkrBroker(
      { host: gateway.host, port: gateway.port, clientId: 3, tradingMode: 'any', accounts: [] },
      { clock: fastClock(1), accountKey: (_broker, number) => `key-of-${number.slice(-4)}` },
    );
    const open = async (): Promise<BrokerSession> =>
      await broker.open(
        {
          update(update: BrokerUpdate) {
            updates += 1;
            if (bad.length < 20) bad.push(...badNumbers(update));
          },
          ended: (error) => void ends.push(error),
        },
        new AbortController().signal,
      );
    let session = await open();
    let isOver = 0;
    for (let sent = 0; sent < FRAMES; sent += BATCH) {
      for (let i = 0; i < BATCH; i++) gateway.send(mutated(frames[chance(frames.length)] ?? ['8'], chance));
      // A message that always comes through shows that all before it have been read.
      const before = updates;
      gateway.notice(1100, `batch ${sent}`);
      await eventually(() => updates > before || ends.length > isOver, { what: `life after batch ${sent}` });
      if (sent % (BATCH * 10) === 0 && ends.length === isOver) {
        const seen = ends.length;
        gateway.sendRaw(Buffer.from(Array.from({ length: 64 }, () => chance(256))).fill(0xff, 0, 1));
        await eventually(() => ends.length > seen, { what: 'an end after bytes that are no frame' });
      }
      if (ends.length > isOver) {
        isOver = ends.length;
        await session.close();
        await eventually(() => gateway.connections === 0);
        session = await open();
      }
    }
    await session.refresh({ kind: 'executions', account: null });
    await session.close();
    assert.deepEqual(bad, []);
    // Only bytes that are no frame may cost the connection.
    assert.deepEqual(new Set(ends.map(({ code }) => code)), new Set(['frame']));
    assert.ok(ends.every((error) => error instanceof BrokerageError));
    assert.deepEqual(thrown, []);
    assert.deepEqual(gateway.violations, []);
  });
});
