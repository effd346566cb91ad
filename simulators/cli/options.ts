import { parseArgs } from 'node:util';
import { checkSchwabFault, SCHWAB_FAULT_NAMES } from '../schwab/faults.js';
import type { Lifetimes, Rotation } from '../schwab/login/authority.js';
import { SIMULATED_APP_KEY, SIMULATED_APP_SECRET, SIMULATED_CALLBACK } from '../schwab/app.js';
import { createBehaviour, FAULT_NAMES, splitFault } from '../tws/behaviours/table.js';

export const HELP = `Usage: brokerage-simulator [options]

A TWS / IB Gateway and a Charles Schwab with invented accounts, on 127.0.0.1 only. The first
line of output is one JSON object with the addresses; GET /ledger on the Schwab port shows the
truth of both.

  --tws-port N        port of the TWS side (default 0: a free one)
  --schwab-port N     port of the Schwab side (default 0: a free one)
  --seed N            same seed, same market (default 1)
  --accounts N        number of accounts at TWS (default 3)
  --positions N       positions in each of them (default 8)
  --server-version N  highest TWS server version to agree on (default 193)
  --tick-ms N         prices move this often (default 1000, 0 = never)
  --trade-ms N        somebody trades this often (default 5000, 0 = never)
  --schwab-accounts N            number of accounts at Schwab (default 3)
  --schwab-app-key KEY           (default ${SIMULATED_APP_KEY})
  --schwab-app-secret SECRET     (default ${SIMULATED_APP_SECRET})
  --schwab-callback URL          registered callback URL; may be repeated (default ${SIMULATED_CALLBACK})
  --schwab-rotation HOW          off, grace or strict: what a refresh does to the old refresh token
  --schwab-lifetimes C,A,R       seconds that code, access and refresh token live (default 30,1800,604800)
  --fault NAME[=ARG]             misbehave from the start; may be repeated
  --help                         this text

Faults of TWS: ${FAULT_NAMES.join(' ')}
Faults of Schwab: ${SCHWAB_FAULT_NAMES.join(' ')}
ARG of a Schwab fault may end in @WORD: only paths with that word go wrong.
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
  readonly schwabAccounts: number;
  readonly schwabAppKey: string;
  readonly schwabAppSecret: string;
  readonly schwabCallbacks: readonly string[];
  readonly schwabRotation: Rotation;
  readonly schwabLifetimes: Partial<Lifetimes>;
  /** For TWS. */
  readonly faults: readonly string[];
  readonly schwabFaults: readonly string[];
}

const text = { type: 'string' } as const;
const many = { type: 'string', multiple: true } as const;

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
      'schwab-accounts': text,
      'schwab-app-key': text,
      'schwab-app-secret': text,
      'schwab-callback': many,
      'schwab-rotation': text,
      'schwab-lifetimes': text,
      fault: many,
      help: { type: 'boolean' },
    },
  });
  if (values.help) return null;
  const given = values.fault ?? [];
  const faults = given.filter((fault) => !isSchwabs(fault));
  const schwabFaults = given.filter(isSchwabs);
  for (const fault of faults) {
    const { name, argument } = splitFault(fault);
    createBehaviour(name, argument);
  }
  for (const fault of schwabFaults) checkSchwabFault(fault);
  const number = (name: NumberOption, range: Range): number => wholeNumber(`--${name}`, values[name], range);
  return {
    twsPort: number('tws-port', { fallback: 0, to: 65_535 }),
    schwabPort: number('schwab-port', { fallback: 0, to: 65_535 }),
    seed: number('seed', { fallback: 1, to: 4_294_967_295 }),
    accounts: number('accounts', { fallback: 3, from: 1, to: 100 }),
    positions: number('positions', { fallback: 8, to: 100_000 }),
    serverVersion: number('server-version', { fallback: 193, from: 100, to: 200 }),
    tickMs: number('tick-ms', { fallback: 1000, to: 86_400_000 }),
    tradeMs: number('trade-ms', { fallback: 5000, to: 86_400_000 }),
    schwabAccounts: number('schwab-accounts', { fallback: 3, to: 100 }),
    schwabAppKey: values['schwab-app-key'] ?? SIMULATED_APP_KEY,
    schwabAppSecret: values['schwab-app-secret'] ?? SIMULATED_APP_SECRET,
    schwabCallbacks: (values['schwab-callback'] ?? [SIMULATED_CALLBACK]).map(addressOf),
    schwabRotation: rotationOf(values['schwab-rotation'] ?? 'off'),
    schwabLifetimes: lifetimesOf(values['schwab-lifetimes']),
    faults,
    schwabFaults,
  };
};

type NumberOption =
  | 'tws-port'
  | 'schwab-port'
  | 'seed'
  | 'accounts'
  | 'positions'
  | 'server-version'
  | 'tick-ms'
  | 'trade-ms'
  | 'schwab-accounts';

const isSchwabs = (fault: string): boolean => fault.startsWith('schwab-');

const addressOf = (address: string): string => {
  if (URL.canParse(address)) return address;
  throw new RangeError(`--schwab-callback takes an address, not "${address}".`);
};

const rotationOf = (how: string): Rotation => {
  if (how === 'off' || how === 'grace' || how === 'strict') return how;
  throw new RangeError(`--schwab-rotation takes off, grace or strict, not "${how}".`);
};

const lifetimesOf = (seconds: string | undefined): Partial<Lifetimes> => {
  if (seconds === undefined) return {};
  const [code, access, refresh, ...more] = seconds.split(',').map(Number);
  const isWhole = (value: number | undefined): value is number => value !== undefined && value > 0;
  if (!isWhole(code) || !isWhole(access) || !isWhole(refresh) || more.length > 0)
    throw new RangeError(`--schwab-lifetimes takes three numbers of seconds, not "${seconds}".`);
  return { codeMs: code * 1000, accessMs: access * 1000, refreshMs: refresh * 1000 };
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
