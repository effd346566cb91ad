import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createMarket, startTwsSimulator, type TwsSimulator } from '../../simulators/index.js';
import { ownFolder } from '../../src/node-red/own-folder.js';
import { parseJson } from '../../src/secrets/json.js';
import { LedgerHistory } from '../support/ledger-history.js';
import { startNodeRed } from '../support/node-red-process.js';
import { ToldChain } from '../support/told-chain.js';
import { seeded } from '../support/seeded.js';
import { tradeBusily } from './traders.js';

export interface KillOptions {
  readonly seed: number;
  readonly times: number;
  readonly onKill: (kill: {
    readonly number: number;
    readonly afterMs: number;
    readonly told: number;
  }) => void;
}

export interface KillResult {
  readonly kills: number;
  /** Kills before the flows were started. */
  readonly whileStarting: number;
  /** Kills that left the draft of a file behind. */
  readonly whileWriting: number;
  readonly messages: number;
  readonly events: number;
  /** Events that were told once more with their id. */
  readonly repeated: number;
  readonly fills: number;
  readonly wrong: readonly string[];
}

/** Writes what it gets before anything else happens; a line that a kill cut off has another one's begin after it. */
const WITNESS = `
  global.get('fs').appendFileSync(global.get('said'), '\\n' + JSON.stringify(msg) + '\\n');
  return null;`;
/** A part of the kills falls into the start; the rest, up to so long after it, into the work. */
const START_PART = 0.4;
const WORK_MS = 3_000;
const STARTED = 'Started flows';
const TRADE_EVERY_MS = 150;
const TRADES_A_LIFE = 4;
const LAST_LIFE_MS = 30_000;

/** A real Node-RED with this package, killed at random points, behind a gateway that is traded all the while. */
export async function killNodeRed({ onKill, seed, times }: KillOptions): Promise<KillResult> {
  const chance = seeded(seed);
  const market = createMarket({ seed, accounts: 2, positions: 4, schwabAccounts: 1 });
  const chain = new ToldChain(new LedgerHistory(market));
  const gateway = await startTwsSimulator({ market });
  const nodeRed = await startNodeRed({
    flows: flowWith(gateway),
    settings: `functionGlobalContext: { fs: require('fs'), said: require('path').join(__dirname, 'said.jsonl') },`,
  });
  const said = join(nodeRed.userDir, 'said.jsonl');
  const own = ownFolder(nodeRed.userDir);
  const wrong: string[] = [];
  const done = { kills: 0, whileStarting: 0, whileWriting: 0, messages: 0, offset: 0 };
  /** @returns how many messages there were since the last look */
  const hear = (): number => {
    const text = existsSync(said) ? readFileSync(said, 'utf8').slice(done.offset) : '';
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    done.offset += whole.length;
    const lines = whole
      .split('\n')
      .map((line) => parseJson(line))
      .filter((line) => line !== null);
    for (const line of lines) chain.hear(line);
    done.messages += lines.length;
    return lines.length;
  };
  const inspect = async (): Promise<void> => {
    const left = existsSync(own) ? await readdir(own) : [];
    wrong.push(...left.filter((name) => name.endsWith('.bad')).map((name) => `${name} was set aside`));
    if (left.some((name) => name.endsWith('.tmp'))) done.whileWriting += 1;
  };
  let trades = 0;
  const trading = setInterval(() => {
    if (trades >= (done.kills + 1) * TRADES_A_LIFE) return;
    trades += 1;
    tradeBusily(market, chance);
  }, TRADE_EVERY_MS);

  let startMs = await lasting(async () => await nodeRed.listening());
  while (done.kills < times) {
    const [kind, moment] = [chance(), chance()];
    const inStart = kind < START_PART && done.kills > 0;
    if (!inStart) startMs = Math.max(1_500, await lasting(async () => await nodeRed.listening()));
    const afterMs = moment * (inStart ? startMs : WORK_MS);
    await pause(afterMs);
    if (!nodeRed.output().includes(STARTED)) done.whileStarting += 1;
    wrong.push(...complaintsIn(nodeRed.output()));
    await nodeRed.killAndLaunch();
    done.kills += 1;
    await inspect();
    onKill({ number: done.kills, afterMs, told: hear() });
  }
  clearInterval(trading);
  const deadline = performance.now() + LAST_LIFE_MS;
  do {
    await pause(500);
    hear();
  } while (chain.differences(market).length > 0 && performance.now() < deadline);
  wrong.push(...complaintsIn(nodeRed.output()));
  await nodeRed.stop();
  await gateway.close();
  const { kills, messages, whileStarting, whileWriting } = done;
  const fills = market.ledger().ibkr.accounts.flatMap(({ executions }) => executions).length;
  wrong.push(...chain.faults, ...chain.differences(market), ...chain.phantomCloses());
  const { events, repeated } = chain;
  return { kills, whileStarting, whileWriting, messages, events, repeated, fills, wrong };
}

function flowWith({ port }: TwsSimulator): readonly object[] {
  const on = { z: 'tab', x: 200, y: 100 };
  return [
    { id: 'tab', type: 'tab', label: 'killed' },
    { id: 'ibkr', type: 'ibkr-config', version: 1, host: '127.0.0.1', port: String(port), clientId: '17' },
    {
      ...on,
      id: 'sync',
      type: 'account-sync',
      version: 1,
      connection: 'ibkr',
      coalesceMs: '50',
      wires: [['witness'], ['witness'], ['witness'], []],
    },
    { ...on, id: 'witness', type: 'function', func: WITNESS, outputs: 1, wires: [[]] },
  ];
}

/** What Node-RED says when our files are damaged, or when something of ours failed. */
function complaintsIn(output: string): readonly string[] {
  return output
    .split('\n')
    .filter((line) => /set aside|cannot be (read|kept|written)|Uncaught|Error:/.test(line));
}

async function lasting(work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
