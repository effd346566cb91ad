import type { TwsSimulator } from '../../simulators/index.js';
import type { Chance } from '../../src/ports.js';

/** How a gateway misbehaves, and how it comes to its senses. */
interface Fault {
  readonly name: string;
  readonly strike: (gateway: TwsSimulator, lastsMs: number) => () => void;
}

const FAULTS: readonly Fault[] = [
  { name: 'fin', strike: (gateway) => cut(gateway, 'fin') },
  {
    name: 'reset',
    strike: (gateway) => {
      cut(gateway, 'reset');
      return behaviour(gateway, 'reset');
    },
  },
  { name: 'nightly-restart', strike: (gateway, lastsMs) => behaviour(gateway, 'nightly-restart', lastsMs) },
  {
    name: 'half-open',
    strike: (gateway) => {
      const clear = behaviour(gateway, 'half-open');
      // What was swallowed never comes: such a connection does not come back to life.
      return () => {
        clear();
        gateway.disconnectAll('reset');
      };
    },
  },
  {
    name: 'refuse',
    strike: (gateway) => {
      const clear = behaviour(gateway, 'refuse');
      gateway.disconnectAll('fin');
      return clear;
    },
  },
  {
    name: '1100, 1102',
    strike: (gateway) => {
      const clear = behaviour(gateway, 'connectivity-lost');
      return () => {
        clear();
        gateway.notice(1102);
      };
    },
  },
  {
    name: '1100, 1101',
    strike: (gateway) => {
      const clear = behaviour(gateway, 'connectivity-lost');
      return () => {
        clear();
        gateway.fault('connectivity-restored-data-lost').clear();
      };
    },
  },
  { name: 'cut-snapshot', strike: (gateway) => behaviour(gateway, 'cut-snapshot') },
  { name: 'no-end', strike: (gateway) => behaviour(gateway, 'no-end') },
  { name: 'byte-by-byte', strike: (gateway) => behaviour(gateway, 'byte-by-byte') },
  { name: 'bad-length', strike: (gateway) => behaviour(gateway, 'bad-length') },
  { name: 'bad-length=huge', strike: (gateway) => behaviour(gateway, 'bad-length=huge') },
  { name: 'slow', strike: (gateway) => behaviour(gateway, 'slow=20') },
  { name: 'empty-portfolio', strike: (gateway) => behaviour(gateway, 'empty-portfolio') },
];

/** One fault by chance, for so long at most; `clear` is idempotent. */
export function strike(gateway: TwsSimulator, chance: Chance, lastsMs: number) {
  const fault = FAULTS[Math.floor(chance() * FAULTS.length)] ?? FAULTS[0];
  const clear = fault?.strike(gateway, lastsMs);
  let isOver = false;
  return {
    name: fault?.name ?? '',
    clear: (): void => {
      if (!isOver) clear?.();
      isOver = true;
    },
  };
}

function behaviour(gateway: TwsSimulator, name: string, argument?: number): () => void {
  const fault = gateway.fault(name, argument === undefined ? undefined : String(argument));
  return () => fault.clear();
}

function cut(gateway: TwsSimulator, how: 'fin' | 'reset'): () => void {
  gateway.disconnectAll(how);
  return () => undefined;
}
