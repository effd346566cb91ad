import { scenarioOf, type Fault } from '../play.js';
import type { Scenario } from '../scenario.js';
import { SchwabStage, type SchwabStageOptions } from './stage.js';

export interface SchwabFault extends Fault<SchwabStage>, SchwabStageOptions {}

export function schwabScenario(fault: SchwabFault): Scenario {
  return scenarioOf(fault, async (given) => await SchwabStage.open(given, fault));
}
