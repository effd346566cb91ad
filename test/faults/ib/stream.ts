import { slicer } from '../proxy/toxics.js';
import { frames } from './frames.js';
import type { IbFault } from './ib-scenario.js';
import { damagedRows } from './rewrites.js';

const BROKEN_STREAMS = [
  ['bad-length', '-1'],
  ['bad-length', '0'],
  ['bad-length', 'huge'],
  ['garbage', undefined],
  ['no-final-nul', undefined],
  ['http', undefined],
  ['tls', undefined],
] as const;

/** Faults of the bytes. */
export const STREAM: readonly IbFault[] = [
  {
    number: 4,
    name: '1-byte slicer',
    lasts: [1_000, 10_000],
    strike: ({ between, proxy }) => proxy.add(slicer(between(1, 3)), 'both'),
  },
  {
    number: 8,
    name: 'bad frame lengths, another server on the port',
    lasts: [1_000, 60_000],
    strike: ({ between, chance, gateway, proxy }) => {
      const [name, argument] = BROKEN_STREAMS[between(0, BROKEN_STREAMS.length - 1)] ?? BROKEN_STREAMS[0];
      const broken = gateway.fault(name, argument);
      if (name === 'http' || name === 'tls' || chance() < 0.5) proxy.cutAll('reset');
      return () => broken.clear();
    },
  },
  {
    number: 9,
    name: 'messages that cannot be read',
    lasts: [1_000, 90_000],
    strike: ({ between, gateway, market, proxy }) => {
      const [account = ''] = market.accounts;
      gateway.send(['6', '2', 'CashBalance', '123456.78', 'BASE', account]);
      gateway.send(['7', '8', '265598']);
      const faults = ['bad-reject-json', ...(between(0, 1) === 0 ? ['unset-numbers'] : [])];
      const ends = [
        proxy.add(frames('damage', damagedRows)),
        ...faults.map((name) => {
          const fault = gateway.fault(name);
          return () => fault.clear();
        }),
      ];
      if (between(0, 1) === 0) proxy.cutAll('reset');
      return () => {
        for (const end of ends) end();
        // P&L comes again when it has changed, and not before.
        market.tick();
      };
    },
  },
  {
    number: 18,
    name: 'burst of 10,000 updates a second',
    lasts: [1_000, 5_000],
    strike: async ({ gateway, market, pass }) => {
      // Each tick moves some thirty rows of the account that pushes, and the P&L of all.
      for (let tick = 0; tick < 150; tick++) {
        market.tick();
        gateway.pushValues();
        if (tick % 10 === 9) await pass(700);
      }
      return () => undefined;
    },
  },
];
