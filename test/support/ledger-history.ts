import type { Market } from '../../simulators/index.js';

/** What has been true of the positions of a market at TWS since this was made, step by step. */
export class LedgerHistory {
  /** `label|position key` → every quantity that was ever held */
  readonly #quantities = new Map<string, Set<number>>();
  /** `label|position key` → how often it was closed */
  readonly #closes = new Map<string, number>();

  constructor(market: Market) {
    for (const account of market.accounts)
      for (const { conId, quantity } of market.positions(account))
        this.#note(keyOf(account, conId), quantity);
    market.subscribe((event) => {
      if (event.kind !== 'position') return;
      const { account, conId } = event;
      this.#note(keyOf(account, conId), market.position(account, conId)?.quantity ?? 0);
    });
  }

  /** @param position `label|position key` */
  wasTrue(position: string, quantity: number): boolean {
    return this.#quantities.get(position)?.has(quantity) === true;
  }

  closesOf(position: string): number {
    return this.#closes.get(position) ?? 0;
  }

  #note(position: string, quantity: number): void {
    const known = this.#quantities.get(position) ?? new Set();
    this.#quantities.set(position, known.add(quantity));
    if (quantity === 0) this.#closes.set(position, this.closesOf(position) + 1);
  }
}

/** The label that account-sync gives an account without being told one. */
export function labelOf(account: string): string {
  return `…${account.slice(-4)}`;
}

function keyOf(account: string, conId: number): string {
  return `${labelOf(account)}|${conId}`;
}
