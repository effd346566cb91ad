import { z } from 'zod';
import { EdgeState } from '../machine/edge.js';
import { LevelState } from '../machine/level.js';
import { Occurrence, queueOf } from '../machine/occurrence.js';
import { Peak } from '../peak.js';
import { Group, Item } from './item.js';

const word = z.string().nullable();
const time = z.number().nullable();

/** What a dedup key is about. */
export const About = z.object({
  ruleId: z.string(),
  /** Account key. */
  account: word,
  /** Key of the instrument or the order. */
  subject: word,
  /** Connection key. */
  connection: word,
});
export type About = Readonly<z.infer<typeof About>>;

/** What was last known of a key when something was told of it: its end may come when the thing is no longer there. */
export const Facts = Item.pick({
  account: true,
  asOf: true,
  connection: true,
  instrument: true,
  stale: true,
  value: true,
});
export type Facts = Readonly<z.infer<typeof Facts>>;

/** Happenings wait together with what they are about. */
export const Happened = z.object({ ...Occurrence.shape, facts: Facts });

export type Happened = Readonly<z.infer<typeof Happened>>;

export const KeyState = z.object({
  about: About,
  facts: Facts.nullable(),
  level: LevelState.nullable(),
  edge: EdgeState.nullable(),
  events: queueOf(Happened).nullable(),
  noData: z.object({ unknownSince: time, level: LevelState }).nullable(),
});
export type KeyState = Readonly<z.infer<typeof KeyState>>;

export const Silence = z.object({
  kind: z.enum(['silence', 'acknowledge']),
  /** One of the three says what is meant. */
  ruleId: word,
  alertId: word,
  /** Dedup key. */
  key: word,
  /** ms since the epoch; an acknowledgement is of what began before it. */
  from: z.number(),
  until: z.number(),
});
export type Silence = Readonly<z.infer<typeof Silence>>;

/** What is to be said of a rule that may have changed since, or be gone. */
export const RuleMark = Item.pick({
  ruleId: true,
  metric: true,
  name: true,
  operator: true,
  severity: true,
  template: true,
  threshold: true,
  unit: true,
}).extend({ fingerprint: z.string(), resolveMessage: z.boolean() });
export type RuleMark = Readonly<z.infer<typeof RuleMark>>;

/** A move of a quantity that an assignment may explain. */
export const Move = z.object({
  account: z.string(),
  key: z.string(),
  symbol: z.string(),
  /** Of an option: what it stands for, and how many units of it came in (> 0) or went out. Of anything else null and its own move. */
  underlying: word,
  units: z.number(),
  eventId: z.string(),
  at: z.number(),
});
export type Move = Readonly<z.infer<typeof Move>>;

/** A fill, by which a move is explained. */
export const Filled = z.object({ account: z.string(), key: z.string(), at: z.number() });

/**
 * All that is remembered of alerts between two starts, as JSON. Times in ms since the epoch. The figures themselves are
 * not here: an account-sync node tells them again.
 */
export const EngineState = z.object({
  version: z.literal(1),
  /** When the engine last did anything; null = never. */
  lastAt: time,
  /** Whether it was night then. */
  wasQuiet: z.boolean(),
  /** dedup key → state */
  keys: z.record(z.string(), KeyState),
  /** event id → when it was told */
  seen: z.record(z.string(), z.number()),
  /** account key → since when it is known, and its peak */
  accounts: z.record(z.string(), z.object({ since: z.number(), peak: Peak.nullable() })),
  /** connection key → since when it has been out of reach */
  connections: z.record(
    z.string(),
    z.object({ label: z.string(), broker: z.string(), downSince: time, quietSince: time }),
  ),
  /** `rule id|account key` → since when events are told */
  since: z.record(z.string(), z.number()),
  /** rule id → the rule as it was used last */
  rules: z.record(z.string(), RuleMark),
  groups: z.record(z.string(), Group),
  silences: z.array(Silence).readonly(),
  moves: z.array(Move).readonly(),
  fills: z.array(Filled).readonly(),
});
export type EngineState = Readonly<z.infer<typeof EngineState>>;

export const EMPTY_ENGINE_STATE: EngineState = {
  version: 1,
  lastAt: null,
  wasQuiet: false,
  keys: {},
  seen: {},
  accounts: {},
  connections: {},
  since: {},
  rules: {},
  groups: {},
  silences: [],
  moves: [],
  fills: [],
};
