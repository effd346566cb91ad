import type { Chance } from '../../src/ports.js';

/** What the runner gives to one run of a scenario. */
export interface Stage {
  /** Reproduces the run. */
  readonly seed: number;
  /** Seeded: the same numbers for the same seed and scenario. */
  readonly chance: Chance;
}

/** What was wrong after one run, in words; every list is empty when the product kept its promise. */
export interface Outcome {
  /** Figures, fills and changes of the ledger that were not told, or not as they are. */
  readonly lost: readonly string[];
  /** What was told more often than it happened, once told-again events of one id were counted once. */
  readonly duplicates: readonly string[];
  /** Positions told as closed that the ledger never closed. */
  readonly phantomCloses: readonly string[];
  /** Figures told as live that were not true, or no longer. */
  readonly wrongLive: readonly string[];
  /** Sockets, timers and listeners that were left after everything was closed. */
  readonly leaks: readonly string[];
  /** Requests that could have changed an account. */
  readonly writes: readonly string[];
  /** From the end of the fault until every figure was right and live, ms of the product's clock; null = never. */
  readonly recoveryMs: number | null;
  /** What the product said of itself, for whoever looks for the reason of a failure. */
  readonly log: readonly string[];
}

/** One way in which the world goes wrong. A run that throws has failed: nothing in it may wait without a limit. */
export interface Scenario {
  /** As in the list of scenarios. */
  readonly number: number;
  readonly name: string;
  /** It needs what a process has once, such as Node-RED or the only thread: it is run when no other is under way. */
  readonly alone?: boolean;
  run(stage: Stage): Promise<Outcome>;
}
