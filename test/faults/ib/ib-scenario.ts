import type { Fault } from '../play.js';
import { scenarioOf } from '../play.js';
import type { Scenario } from '../scenario.js';
import { IbStage, type IbStageOptions } from './stage.js';

export type { Mend } from '../play.js';

export interface IbFault extends Fault<IbStage>, IbStageOptions {}

export function ibScenario(fault: IbFault): Scenario {
  return scenarioOf(fault, async (given) => await IbStage.open(given, fault));
}
