import type { Scenario } from '../scenario.js';
import { ibScenario, type Mend } from './ib-scenario.js';
import type { IbStage } from './stage.js';

/** Faults behind the gateway: its socket is well, its servers are not. */
export const UPSTREAM: readonly Scenario[] = [
  ibScenario({
    number: 10,
    name: '1100, fills, 1102',
    lasts: [5_000, 150_000],
    strike: (stage) => cutOff(stage, 'connectivity-restored'),
  }),
  ibScenario({
    number: 11,
    name: '1100, fills, 1101',
    lasts: [5_000, 150_000],
    strike: (stage) => cutOff(stage, 'connectivity-restored-data-lost'),
  }),
  ibScenario({
    number: 13,
    name: 'AccountReady=false with zeros',
    lasts: [5_000, 120_000],
    strike: ({ chance, gateway, proxy }) => {
      const resetting = gateway.fault('not-ready');
      if (chance() < 0.5) gateway.pushValues();
      else proxy.cutAll('reset');
      return () => {
        resetting.clear();
        gateway.pushValues();
      };
    },
  }),
];

function cutOff({ gateway }: IbStage, restored: string): Mend {
  const lost = gateway.fault('connectivity-lost');
  return () => {
    gateway.fault(restored).clear();
    lost.clear();
  };
}
