import type { IbFault, Mend } from './ib-scenario.js';
import type { IbStage } from './stage.js';

/** Between two polls a figure may be a minute old; the gateway itself says when it is cut off. */
const KNOWN_AT_ONCE_MS = 80_000;

/** Faults behind the gateway: its socket is well, its servers are not. */
export const UPSTREAM: readonly IbFault[] = [
  {
    number: 10,
    name: '1100, fills, 1102',
    lasts: [5_000, 110_000],
    liveForMs: KNOWN_AT_ONCE_MS,
    strike: (stage) => cutOff(stage, 'connectivity-restored'),
  },
  {
    number: 11,
    name: '1100, fills, 1101',
    lasts: [5_000, 110_000],
    liveForMs: KNOWN_AT_ONCE_MS,
    strike: (stage) => cutOff(stage, 'connectivity-restored-data-lost'),
  },
  {
    number: 13,
    name: 'AccountReady=false with zeros',
    lasts: [5_000, 90_000],
    strike: ({ chance, gateway, proxy }) => {
      const resetting = gateway.fault('not-ready');
      if (chance() < 0.5) gateway.pushValues();
      else proxy.cutAll('reset');
      return () => {
        resetting.clear();
        gateway.pushValues();
      };
    },
  },
];

function cutOff({ gateway }: IbStage, restored: string): Mend {
  const lost = gateway.fault('connectivity-lost');
  return () => {
    gateway.fault(restored).clear();
    lost.clear();
  };
}
