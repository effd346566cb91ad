import type { Balances } from '../../../src/domain/balances.js';
import type { Execution } from '../../../src/domain/execution.js';
import type { Issue } from '../../../src/domain/issue.js';
import type { Order } from '../../../src/domain/order.js';
import type { Position } from '../../../src/domain/position.js';
import type { BrokerUpdate, Provenance } from '../../../src/domain/update.js';
import { issuesFor } from '../../../src/sync/issues.js';
import { reconcile } from '../../../src/sync/reconcile.js';
import { EMPTY_STATE, type SyncState } from '../../../src/sync/state.js';
import {
  account,
  accounts,
  balancesSnapshot,
  execution,
  executionsSnapshot,
  instrument,
  KEY,
  ordersSnapshot,
  position,
  positionsSnapshot,
  provenance,
  stateOf,
} from '../../support/builders.js';

/** A Tuesday, 10:30 in New York. */
export const START = Date.UTC(2026, 10, 24, 15, 30);
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;

export interface Look {
  readonly balances?: Partial<Balances>;
  readonly positions?: readonly Position[];
  readonly executions?: readonly Execution[];
  readonly orders?: readonly Order[];
  readonly from?: Partial<Provenance>;
}

/** A broker that is asked now and then: each look is answered completely, a kind that is not named as before. */
export class Broker {
  state: SyncState;
  at = START;
  #last: Required<Omit<Look, 'from'>> = {
    balances: { netLiquidation: 10_000, totalCash: 9_000 },
    positions: [position({ marketPrice: 100 })],
    executions: [],
    orders: [],
  };

  constructor(broker: 'ibkr' | 'schwab' = 'ibkr') {
    this.state = reconcile(EMPTY_STATE, accounts(account({ broker })));
  }

  look(look: Look = {}, afterMs = MINUTE): this {
    this.at += afterMs;
    const { from: given = {}, ...figures } = look;
    this.#last = { ...this.#last, ...figures };
    const from = { receivedAt: this.at, ...given };
    return this.tell(
      balancesSnapshot(this.#last.balances, { from }),
      positionsSnapshot(this.#last.positions, { from }),
      executionsSnapshot(this.#last.executions, { from }),
      ordersSnapshot(this.#last.orders, { from }),
    );
  }

  /** Looks that say what the one before said. */
  again(times: number, afterMs = MINUTE): this {
    for (let time = 0; time < times; time++) this.look({}, afterMs);
    return this;
  }

  tell(...updates: readonly BrokerUpdate[]): this {
    this.state = updates.reduce(reconcile, this.state);
    return this;
  }

  get issues(): readonly Issue[] {
    const from = stateOf(this.state).balances?.from ?? provenance();
    return issuesFor(this.state, KEY, from);
  }

  get codes(): readonly string[] {
    return this.issues.map(({ code }) => code);
  }

  get netLiquidation(): number | null | undefined {
    return stateOf(this.state).balances?.value.netLiquidation;
  }
}

export const stock = (given: Partial<Position> = {}): Position => position(given);
export const fill = (given: Partial<Execution> = {}): Execution => execution({ permId: '1001', ...given });
export const fund = (assetClass: 'mutual_fund' | 'cash_equivalent' | 'bond', quantity: number): Position =>
  position({
    key: assetClass,
    quantity,
    instrument: instrument({ key: assetClass, assetClass }),
    marketPrice: null,
    marketValue: null,
    marketValueBase: 0,
  });
