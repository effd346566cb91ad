import type { Scenario } from '../scenario.js';
import { ibScenario } from './ib-scenario.js';

/** Faults of the way to the gateway. */
export const CONNECTING: readonly Scenario[] = [
  ibScenario({
    number: 1,
    name: 'refused at start',
    from: 'start',
    lasts: [1_000, 60_000],
    strike: ({ proxy }) => {
      proxy.down();
      return async () => await proxy.up();
    },
  }),
];
