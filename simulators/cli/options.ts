import { parseArgs } from 'node:util';
import { createBehaviour, FAULT_NAMES, splitFault } from '../tws/behaviours/table.js';

export const HELP = `Usage: brokerage-simulator [options]

A TWS / IB Gateway with invented accounts, on 127.0.0.1 only. The first line of output is
one JSON object with the addresses; GET /ledger on the Schwab port shows the truth.

  --tws-port N        port of the TWS side (default 0: a free one)
  --schwab-port N     port of the Schwab side (default 0: a free one)
  --seed N            same seed, same market (default 1)
  --accounts N        number of accounts (default 3)
  --positions N       positions in each account (default 8)
  --server-version N  highest TWS server version to agree on (default 193)
  --tick-ms N         prices move this often (default 1000, 0 = never)
  --trade-ms N        somebody trades this often (default 5000, 0 = never)
  --fault NAME[=ARG]  misbehave from the start; may be repeated
  --help              this text

Faults: ${FAULT_NAMES.join(' ')}
`;

export interface CliOptions {
  readonly twsPort: number;
  readonly schwabPort: number;
  readonly seed: number;
  readonly accounts: number;
  readonly positions: number;
  readonly serverVersion: number;
  readonly tickMs: number;
  readonly tradeMs: number;
  readonly faults: readonly string[];
}

const text = { type: 'string' } as const;

/** null = the help was asked for; a wrong option throws a sentence. */
export const parseOptions = (args: readonly string[]): CliOptions | null => {
  const { values } = parseArgs({
    args: [...args],
    strict: true,
    options: {
      'tws-port': text,
      'schwab-port': text,
      seed: text,
      accounts: text,
      positions: text,
      'server-version': text,
      'tick-ms': text,
      'trade-ms': text,
      fault: { type: 'string', multiple: true },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return null;
  const faults = values.fault ?? [];
  for (const fault of faults) {
    const { name, argument } = splitFault(fault);
    createBehaviour(name, argument);
  }
  const number = (name: Exclude<keyof typeof values, 'fault' | 'help'>, range: Range): number =>
    wholeNumber(`--${name}`, values[name], range);
  return {
    twsPort: number('tws-port', { fallback: 0, to: 65_535 }),
    schwabPort: number('schwab-port', { fallback: 0, to: 65_535 }),
    seed: number('seed', { fallback: 1, to: 4_294_967_295 }),
    accounts: number('accounts', { fallback: 3, from: 1, to: 100 }),
    positions: number('positions', { fallback: 8, to: 100_000 }),
    serverVersion: number('server-version', { fallback: 193, from: 100, to: 200 }),
    tickMs: number('tick-ms', { fallback: 1000, to: 86_400_000 }),
    tradeMs: number('trade-ms', { fallback: 5000, to: 86_400_000 }),
    faults,
  };
};

interface Range {
  readonly fallback: number;
  readonly from?: number;
  readonly to: number;
}

const wholeNumber = (name: string, given: string | undefined, { fallback, from = 0, to }: Range): number => {
  if (given === undefined) return fallback;
  const value = Number(given);
  if (!/^\d+$/.test(given) || value < from || value > to) {
    throw new RangeError(`${name} takes a whole number from ${from} to ${to}, not "${given}".`);
  }
  return value;
};
