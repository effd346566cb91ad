import { IBApiNext } from '@stoqey/ib';
import type { LedgerAccount, Market } from '../../../simulators/index.js';
import { ledgerOf } from '../ib/world.js';
import type { Truth } from '../oracle/truth.js';

/** `account|conId` → quantity and average cost */
type Held = ReadonlyMap<string, { readonly quantity: number; readonly averageCost: number | undefined }>;

export interface ApiNextOptions {
  readonly port: number;
  readonly market: Market;
  readonly truth: Truth;
  readonly clockFactor: number;
}

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const RECONNECT_MS = 5_000;
const WATCHDOG_S = 30;

/** The library's own replica of positions and balances, as its users read it, beside the truth. */
export class ApiNextReader {
  readonly #market: Market;
  readonly #truth: Truth;
  readonly #api: IBApiNext;
  #held: Held = new Map();
  /** account → net liquidation */
  #netLiquidation: ReadonlyMap<string, number> = new Map();
  readonly #closes = new Map<string, number>();
  readonly #ends: readonly { unsubscribe(): void }[];

  /** Its waits are as much shorter as the product's. */
  constructor({ clockFactor, market, port, truth }: ApiNextOptions) {
    this.#market = market;
    this.#truth = truth;
    this.#api = new IBApiNext({
      host: '127.0.0.1',
      port,
      reconnectInterval: RECONNECT_MS / clockFactor,
      connectionWatchdogInterval: WATCHDOG_S / clockFactor,
      maxReqPerSec: 40,
      logger: quiet,
    });
    this.#ends = [
      this.#api.getPositions().subscribe({ next: ({ all }) => this.#positions(all), error: () => {} }),
      this.#api
        .getAccountSummary('All', 'NetLiquidation,TotalCashValue')
        .subscribe({ next: ({ all }) => this.#summaries(all), error: () => {} }),
      this.#api.getOpenOrders().subscribe({ error: () => {} }),
    ];
    this.#api.connect(17);
  }

  /** What it shows otherwise than it is, one line each. */
  differences(): readonly string[] {
    return this.#market.accounts
      .map((account) => ledgerOf(this.#market, account))
      .flatMap((account) => [...this.#wrongMoney(account), ...this.#wrongHoldings(account)]);
  }

  /** Positions that it dropped more often than they were closed. */
  phantomCloses(): readonly string[] {
    return [...this.#closes]
      .filter(([name, count]) => {
        const [account = '', conId = ''] = name.split('|');
        return count > this.#truth.closesOf(account, conId);
      })
      .map(([name]) => name.slice(-12));
  }

  close(): void {
    for (const end of this.#ends) end.unsubscribe();
    this.#api.disconnect();
  }

  #positions(
    all: ReadonlyMap<string, readonly { contract: { conId?: number }; pos: number; avgCost?: number }[]>,
  ): void {
    const held: Held = new Map(
      [...all].flatMap(([account, rows]) =>
        rows
          .filter(({ pos }) => pos !== 0)
          .map(
            ({ avgCost, contract, pos }) =>
              [`${account}|${contract.conId ?? 0}`, { quantity: pos, averageCost: avgCost }] as const,
          ),
      ),
    );
    for (const name of this.#held.keys())
      if (!held.has(name)) this.#closes.set(name, (this.#closes.get(name) ?? 0) + 1);
    this.#held = held;
  }

  #summaries(all: ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, { value: string }>>>): void {
    this.#netLiquidation = new Map(
      [...all].map(([account, tags]) => [
        account,
        Number([...(tags.get('NetLiquidation')?.values() ?? [])][0]?.value),
      ]),
    );
  }

  #wrongMoney({ account, balances }: LedgerAccount): readonly string[] {
    const told = this.#netLiquidation.get(account);
    return told === balances.netLiquidation
      ? []
      : [`net liquidation is ${balances.netLiquidation}, told ${told}`];
  }

  #wrongHoldings({ account, positions }: LedgerAccount): readonly string[] {
    const told = [...this.#held].filter(([name]) => name.startsWith(`${account}|`));
    const known = new Map(told);
    const wrong = positions
      .filter(({ averageCost, conId, quantity }) => {
        const shown = known.get(`${account}|${conId}`);
        return shown?.quantity !== quantity || shown.averageCost !== averageCost;
      })
      .map(({ conId }) => `position ${conId} is not told as it is`);
    return told.length > positions.length ? [...wrong, 'a position is told that is not there'] : wrong;
  }
}
