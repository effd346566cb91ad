import { parseArgs } from 'node:util';

export const HELP = `Usage: npm start -- [options]

  --fresh            forget the demo's flow and settings and begin anew
  --port N           preferred port of Node-RED (1880)
  --mqtt-port N      preferred port of the MQTT broker (1883)
  --tws-port N       preferred port of the simulated TWS (4002)
  --schwab-port N    preferred port of the simulated Schwab and of the ledger (4080)
  --accounts N       accounts at the simulated TWS (3)
  --positions N      positions in each of them (12)
  --schwab-accounts N  accounts at the simulated Schwab (3)
  --tick-ms N        prices move this often (1000, 0 = never)
  --trade-ms N       somebody trades this often (5000, 0 = never)
  --fault NAME[=ARG] the simulated TWS misbehaves; may be repeated
  --user-dir PATH    Node-RED's user directory (.demo)
`;

export interface DemoOptions {
  readonly fresh: boolean;
  readonly port: number;
  readonly mqttPort: number;
  readonly twsPort: number;
  readonly schwabPort: number;
  readonly accounts: number;
  readonly positions: number;
  readonly schwabAccounts: number;
  readonly tickMs: number;
  readonly tradeMs: number;
  readonly faults: readonly string[];
  readonly userDir: string | null;
}

const text = { type: 'string' } as const;

/** What was asked for on the command line; null = the help. @throws a sentence about a wrong option */
export function parseOptions(args: readonly string[]): DemoOptions | null {
  const { values } = parseArgs({
    args: [...args],
    strict: true,
    options: {
      fresh: { type: 'boolean' },
      help: { type: 'boolean' },
      port: text,
      'mqtt-port': text,
      'tws-port': text,
      'schwab-port': text,
      'schwab-accounts': text,
      accounts: text,
      positions: text,
      'tick-ms': text,
      'trade-ms': text,
      fault: { type: 'string', multiple: true },
      'user-dir': text,
    },
  });
  if (values.help === true) return null;
  return {
    fresh: values.fresh ?? false,
    port: whole('--port', values.port, 1880),
    mqttPort: whole('--mqtt-port', values['mqtt-port'], 1883),
    twsPort: whole('--tws-port', values['tws-port'], 4002),
    schwabPort: whole('--schwab-port', values['schwab-port'], 4080),
    schwabAccounts: whole('--schwab-accounts', values['schwab-accounts'], 3),
    accounts: whole('--accounts', values.accounts, 3),
    positions: whole('--positions', values.positions, 12),
    tickMs: whole('--tick-ms', values['tick-ms'], 1000),
    tradeMs: whole('--trade-ms', values['trade-ms'], 5000),
    faults: values.fault ?? [],
    userDir: values['user-dir'] ?? null,
  };
}

function whole(name: string, given: string | undefined, fallback: number): number {
  if (given === undefined) return fallback;
  if (!/^\d+$/.test(given)) throw new RangeError(`${name} takes a whole number, not "${given}"`);
  return Number(given);
}
