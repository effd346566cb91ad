import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createMarket, startTwsSimulator, type Market } from '../../simulators/index.js';
import type { Chance } from '../../src/ports.js';
import { seeded } from '../support/seeded.js';
import { folderForEachTest } from '../support/folders.js';
import { LedgerHistory } from '../support/ledger-history.js';
import { pause, shortLife, someMoment } from '../support/short-lives.js';
import { ToldChain } from '../support/told-chain.js';

/** Two chains at a time; a chain of lives of one reader is over when the last one has told what is true. */
const CHAINS = 2;
const KILLS = Number(process.env['KILLS'] ?? (process.env['CI'] === 'true' ? 200 : 20));
const SEED = Number(process.env['KILL_SEED'] ?? 1);
/** Between two trades, at most; and so many for each life, so that a busy machine does not make a busy market. */
const TRADE_EVERY_MS = 80;
const TRADES_A_LIFE = 3;
/** Nothing is traded any more: a reader that is left alone this long, twice as long each time, has told what is true. */
const LAST_LIFE_MS = 1_500;
const LAST_LIVES = 5;

describe('a reader of a traded gateway that is killed again and again', function () {
  this.timeout(600_000);
  const folder = folderForEachTest();

  it('tells every change, tells none twice but with its own id, and always finds its memory', async () => {
    const chains = Array.from({ length: CHAINS }, (_, index) => index);
    const results = await Promise.all(
      chains.map(
        async (index) =>
          await killed({ accounts: index + 1, seed: SEED + index, userDir: join(folder(), String(index)) }),
      ),
    );
    for (const { counts, ...wrong } of results) {
      console.log(`      ${JSON.stringify(counts)}`);
      assert.deepEqual(wrong, { faults: [], differences: [], phantomCloses: [] });
      assert.ok(counts.events > counts.kills, 'hardly anything happened');
    }
  });
});

interface Chain {
  readonly accounts: number;
  readonly seed: number;
  readonly userDir: string;
}

async function killed({ accounts, seed, userDir }: Chain) {
  const chance = seeded(seed);
  const market = createMarket({ seed, accounts, positions: 4, schwabAccounts: 1 });
  const chain = new ToldChain(new LedgerHistory(market));
  const gateway = await startTwsSimulator({ market });
  await mkdir(userDir);
  const counts = { kills: 0, killsInWrite: 0, messages: 0 };
  const faults: string[] = [];
  const live = async (end: Parameters<typeof shortLife>[0]['end']): Promise<void> => {
    const life = await shortLife({ userDir, port: gateway.port, end });
    for (const message of life.told) chain.hear(message);
    faults.push(...life.faults.map((fault) => `life ${counts.kills}: ${fault}`));
    counts.messages += life.told.length;
    counts.kills += 1;
    if (life.drafts > 0) counts.killsInWrite += 1;
  };
  const stopTrading = trading(market, { chance: seeded(seed + 1_000), lives: () => counts.kills + 1 });
  while (counts.kills < KILLS / CHAINS) await live(someMoment(chance));
  stopTrading();
  for (let rest = 0; rest < LAST_LIVES && chain.differences(market).length > 0; rest += 1)
    await live(async () => await pause(LAST_LIFE_MS * 2 ** rest));
  await gateway.close();
  const { events, repeated } = chain;
  const fills = market.ledger().ibkr.accounts.flatMap(({ executions }) => executions).length;
  return {
    counts: { ...counts, events, repeated, fills },
    faults: [...faults, ...chain.faults],
    differences: chain.differences(market),
    phantomCloses: chain.phantomCloses(),
  };
}

/** Trades at random moments, while the reader lives and while it is dead, until the returned function is called. */
function trading(
  market: Market,
  { chance, lives }: { readonly chance: Chance; readonly lives: () => number },
): () => void {
  let timer: NodeJS.Timeout;
  let trades = 0;
  const step = (): void => {
    if (chance() < 0.2) market.tick();
    if (trades < lives() * TRADES_A_LIFE) {
      market.trade();
      trades += 1;
    }
    timer = setTimeout(step, chance() * TRADE_EVERY_MS);
  };
  timer = setTimeout(step, 0);
  return () => clearTimeout(timer);
}
