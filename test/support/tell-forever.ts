import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { createIbkrBroker } from '../../src/brokers/ibkr/index.js';
import { accountKeys, digest } from '../../src/node-red/installation.js';
import { labeller } from '../../src/node-red/labels.js';
import { messagesFor } from '../../src/node-red/messages.js';
import { ownFolder } from '../../src/node-red/own-folder.js';
import { Connection } from '../../src/runtime/connection.js';
import { Subscription } from '../../src/runtime/subscription.js';
import { systemChance } from '../../src/runtime/system-clock.js';
import { toldFile } from '../../src/state/told-file.js';
import { fastClock } from './clocks.js';
import { oneWay } from './one-way.js';

// A process that reads a gateway and tells what it hears, until it is killed: <userDir> <port>
// One line for each message, written before anything else happens: what a kill leaves of a line was not told.
const CLOCK_FACTOR = 2;
const CONNECTION = 'gateway';

const [userDir = '', port = ''] = process.argv.slice(2);
const clock = fastClock(CLOCK_FACTOR);
const say = (line: unknown): void => void writeSync(1, `${JSON.stringify(line)}\n`);
const warn = (warning: string): void => say({ warning });
const quiet = (): void => undefined;

const accountKey = accountKeys(userDir, warn);
const file = toldFile({ path: join(ownFolder(userDir), 'told.json'), clean: (words) => words, warn });
const broker = createIbkrBroker(
  { host: '127.0.0.1', port: Number(port), clientId: 17, tradingMode: 'any', accounts: [] },
  { clock, accountKey },
);
const connection = new Connection({
  broker,
  clock,
  chance: systemChance,
  logger: { info: quiet, warn: quiet, error: warn },
});
const label = labeller({ labels: new Map(), accountKey: (number) => accountKey('ibkr', number) });
const subscription = new Subscription({
  ladder: oneWay(connection, clock),
  clock,
  digest,
  coalesceMs: 20,
  staleAfterMs: 900_000,
  wants: () => true,
  memory: { connection: CONNECTION, told: file.load(), save: async (told) => await file.save(told), warn },
  onChange: (change) => {
    const naming = {
      connection: { key: 'c1', label: 'TWS' },
      label: label(change.state.account, [change.state.account]),
      emit: 'snapshots',
    } as const;
    for (const message of messagesFor(change, naming)) say(message);
  },
  onFlush: quiet,
});
connection.start();
process.once('SIGTERM', () => {
  subscription
    .close()
    .then(async () => await connection.close())
    .catch(warn);
});
