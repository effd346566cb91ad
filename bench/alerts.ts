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

/**
 * What one changed position costs with many rules and many unchanged positions around it: the cost must not grow with
 * the number of the others. Half of the rules name a symbol, as price alerts do.
 */
const RULES = 1_000;
const CHANGES = 2_000;
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

export interface AlertFigure {
  readonly positions: number;
  readonly microsecondsPerChange: number;
  readonly millisecondsPerFirstList: number;
  readonly microsecondsPerTick: number;
}

function held(index: number, marketPrice: number): Position {
  const one = position({ key: `k${index}`, marketPrice });
  return { ...one, instrument: { ...one.instrument, symbol: `S${index}` } };
}

export function measureAlerts(positions: number): AlertFigure {
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
  const first = performance.now();
  engine = withSample(engine, settings, sample(all, true, START)).engine;
  const changes = performance.now();
  for (let index = 0; index < CHANGES; index++) {
    const changed = held((index * 7) % positions, 100 + (index % 50));
    engine = withSample(engine, settings, sample([changed], false, START + index)).engine;
  }
  const ticks = performance.now();
  for (let index = 0; index < 100; index++)
    engine = withTick(engine, settings, START + CHANGES + index).engine;
  const end = performance.now();
  return {
    positions,
    microsecondsPerChange: ((ticks - changes) / CHANGES) * 1000,
    millisecondsPerFirstList: changes - first,
    microsecondsPerTick: (end - ticks) * 10,
  };
}
