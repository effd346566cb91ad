import { createHash } from 'node:crypto';
import {
  EMPTY_ENGINE_STATE,
  engineOf,
  parseRules,
  ruleBook,
  withRules,
  withSample,
  withTick,
  type Sample,
} from '../src/alerts/index.js';
import type { Position } from '../src/domain/position.js';
import { position } from '../test/support/builders.js';
import { median, ratio, type Figure } from './figure.js';

/**
 * What one changed position costs with many rules and many unchanged positions around it: the cost must not grow with
 * the number of the others. Half of the rules name a symbol, as price alerts do.
 */
const RULES = 1_000;
const CHANGES = 2_000;
const TICKS = 100;
const POSITIONS = [100, 10_000] as const;
const RUNS = 3;
const START = Date.UTC(2026, 10, 24, 15, 0, 0);
const account = { key: 'a1b2c3d4e5f6', label: 'A', broker: 'ibkr', currency: 'USD', connection: null };
const trust = { quality: 'live', stale: false, staleSeconds: 0, asOf: null, issues: [] } as const;
const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16);

const raw = Array.from({ length: RULES }, (_, index) => ({
  id: `r${index}`,
  metric: 'marketPrice',
  operator: index % 2 === 0 ? '<' : 'crosses',
  threshold: index < 20 ? 1 : 50,
  scope: index < 20 ? {} : { symbol: `S${index}` },
}));

interface Measured {
  readonly change: number;
  readonly tick: number;
}

function held(index: number, marketPrice: number): Position {
  const one = position({ key: `k${index}`, marketPrice });
  return { ...one, instrument: { ...one.instrument, symbol: `S${index}` } };
}

/** Microseconds for each. */
function measure(positions: number): Measured {
  const { rules } = parseRules(raw);
  const settings = { rules: ruleBook(rules), quietHours: null, digest };
  let engine = withRules(engineOf(EMPTY_ENGINE_STATE), settings, START).engine;
  const all = Array.from({ length: positions }, (_, index) => held(index, 100));
  const sample = (list: readonly Position[], complete: boolean, at: number): Sample => ({
    of: 'positions',
    at,
    account,
    trust,
    positions: list,
    complete,
    changes: [],
  });
  engine = withSample(engine, settings, sample(all, true, START)).engine;
  const changes = performance.now();
  for (let index = 0; index < CHANGES; index++) {
    const changed = held((index * 7) % positions, 60 + index / CHANGES);
    engine = withSample(engine, settings, sample([changed], false, START + index)).engine;
  }
  const ticks = performance.now();
  for (let index = 0; index < TICKS; index++)
    engine = withTick(engine, settings, START + CHANGES + index).engine;
  const end = performance.now();
  return { change: ((ticks - changes) / CHANGES) * 1000, tick: ((end - ticks) / TICKS) * 1000 };
}

/** The same rules and changes among few positions and among many. */
export function alertFigures(): readonly Figure[] {
  const measured = POSITIONS.map((positions) => {
    const runs = Array.from({ length: RUNS }, () => measure(positions));
    return {
      positions,
      change: median(runs.map(({ change }) => change)),
      tick: median(runs.map(({ tick }) => tick)),
    };
  });
  const [few] = measured;
  return (['change', 'tick'] as const).flatMap((of) =>
    measured.map((one) => ({
      name: `${RULES} alert rules, ${one.positions} positions: ${of === 'change' ? 'a changed position' : 'a tick'}`,
      value: Number(one[of].toFixed(1)),
      unit: 'µs' as const,
      ratioTo: `${POSITIONS[0]} positions`,
      ratio: ratio(one[of], few?.[of] ?? Number.NaN),
    })),
  );
}
