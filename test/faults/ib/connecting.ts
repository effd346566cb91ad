import { resetPeer, timeout } from '../proxy/toxics.js';
import type { IbFault } from './ib-scenario.js';

/** Server versions whose layouts differ. */
const VERSIONS = [157, 163, 164, 166, 173, 177, 182, 187] as const;
/** Longer than any scenario. */
const FOR_EVER_MS = 3_600_000;

/** Faults of the way to the gateway, and of its door. */
export const CONNECTING: readonly IbFault[] = [
  {
    number: 1,
    name: 'refused at start',
    from: 'start',
    lasts: [1_000, 60_000],
    strike: ({ proxy }) => {
      proxy.down();
      return async () => await proxy.up();
    },
  },
  {
    number: 2,
    name: 'RST in mid-frame',
    lasts: [1_000, 30_000],
    // Each connection anew, until the fault ends.
    strike: ({ between, proxy }) => proxy.add(resetPeer(between(1, 4_000))),
  },
  {
    number: 3,
    name: 'half-open',
    lasts: [10_000, 100_000],
    // With both directions dead the gateway keeps the old session, and the client id with it.
    strike: ({ chance, proxy }) => proxy.add(timeout(), chance() < 0.5 ? 'both' : 'downstream'),
  },
  {
    number: 12,
    name: 'nightly reset longer than the window',
    lasts: [60_000, 110_000],
    strike: ({ gateway, proxy }) => {
      const restart = gateway.fault('nightly-restart', String(FOR_EVER_MS));
      proxy.down();
      return async () => {
        restart.clear();
        await proxy.up();
      };
    },
  },
  {
    number: 14,
    name: 'client id in use',
    lasts: [1_000, 90_000],
    strike: ({ gateway, proxy }) => {
      const taken = gateway.fault('duplicate-client-id');
      proxy.cutAll('reset');
      return () => taken.clear();
    },
  },
  {
    number: 15,
    name: 'restart with another server version',
    lasts: [1_000, 10_000],
    // It stays the version of all later sessions.
    strike: ({ between, gateway, proxy }) => {
      gateway.fault('server-version', String(VERSIONS[between(0, VERSIONS.length - 1)]));
      proxy.down();
      return async () => await proxy.up();
    },
  },
  {
    number: 20,
    name: 'handshake stalls',
    lasts: [1_000, 60_000],
    strike: ({ chance, gateway, proxy }) => {
      const stalled = gateway.fault(chance() < 0.5 ? 'stall-handshake' : 'silent');
      proxy.cutAll('reset');
      return () => stalled.clear();
    },
  },
];
