import { scenarioOf, type Fault } from '../play.js';
import type { Scenario } from '../scenario.js';
import { SchwabStage, type SchwabStageOptions } from './stage.js';

export interface SchwabFault extends Fault<SchwabStage>, SchwabStageOptions {}

/** Fewer than at IBKR: between two polls lie seconds. */
const MOST_TRADES = 4;

export function schwabScenario(fault: SchwabFault): Scenario {
  return scenarioOf({ trades: MOST_TRADES, ...fault }, async (given) => await SchwabStage.open(given, fault));
}
