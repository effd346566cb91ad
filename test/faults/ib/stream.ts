import type { Market } from '../../../simulators/index.js';
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

/** A frame that ends where it begins: whoever adds its length to the place where it stands, stands there for ever. */
const MINUS_FOUR = Uint8Array.of(0xff, 0xff, 0xff, 0xfc);

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
      const kind = between(0, BROKEN_STREAMS.length);
      const [name, argument] = BROKEN_STREAMS[kind] ?? [null];
      if (name === null) {
        gateway.sendRaw(MINUS_FOUR);
        return () => undefined;
      }
      const broken = gateway.fault(name, argument);
      if (name === 'http' || name === 'tls' || chance() < 0.5) proxy.cutAll('reset');
      return () => broken.clear();
    },
  },
  {
    number: 9,
    name: 'messages that cannot be read',
    lasts: [1_000, 90_000],
    strike: async ({ between, gateway, market, pass, proxy }) => {
      const [account = ''] = market.accounts;
      gateway.send(['6', '2', 'CashBalance', '123456.78', 'BASE', account]);
      gateway.send(['7', '8', '265598']);
      // A holding of nobody knows how much is not one of nothing.
      for (const quantity of ['abc', '', '1.7976931348623157E308'])
        gateway.send(holding(market, account, quantity));
      await pass(1_000);
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

/** A position row (61) of something that is held, with this quantity. */
function holding(market: Market, account: string, quantity: string): readonly string[] {
  const [line] = market.positions(account);
  const contract = [String(line?.conId ?? 0), line?.symbol ?? '', line?.secType ?? '', '', '0.0', '', ''];
  return ['61', '3', account, ...contract, 'SMART', line?.currency ?? '', '', '', quantity, '1.5'];
}
