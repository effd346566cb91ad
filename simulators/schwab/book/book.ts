import type { Instrument } from '../../market/instrument.js';
import { assignAll } from './assignment.js';
import type { Prices } from '../../market/prices.js';
import { createRandom, type Random } from '../../market/random.js';
import { cents, round } from '../../market/round.js';
import { quantityOf, rollLine } from './booking.js';
import type { TradingDesk } from './desk.js';
import type { BookEvent } from './events.js';
import { Ids } from './ids.js';
import { schwabInstruments, type SchwabInstrument } from './instruments.js';
import { accountRecord, flatten, type SchwabLedgerAccount } from './ledger.js';
import { moveCash, payDividend, receiveSecurities, type Entry } from './money.js';
import { makeOrder, type NewSchwabOrder } from './new-order.js';
import { emptyAccounts, openingBell } from './opening.js';
import { endOrder, fillOrder, isOpen, isWorking, wakeChildren, type Booking } from './orders.js';
import type { AccountState, OrderState, Terms } from './state.js';
import { schwabTradeOnce } from './trader.js';
import { termsAtClose, termsOf, valueLine, type ValuedLine } from './valuation.js';

export interface SchwabBookOptions {
  readonly instruments: readonly Instrument[];
  readonly prices: Prices;
  readonly seed: number;
  readonly accounts: number;
  readonly now: () => number;
  /** Orders that an account remembers after their end. */
  readonly ordersKept: number;
}

/** The accounts at Schwab, in the same market as those at TWS. */
export class SchwabBook implements TradingDesk {
  /** symbol → instrument */
  readonly instruments: ReadonlyMap<string, SchwabInstrument>;
  /** A number that is the same for the same seed: how this Schwab likes to write its JSON. */
  readonly style: number;
  readonly #prices: Prices;
  readonly #random: Random;
  readonly #now: () => number;
  readonly #ids: Ids;
  readonly #ordersKept: number;
  /** account number → state */
  readonly #states: ReadonlyMap<string, AccountState>;
  readonly #listeners = new Set<(event: BookEvent) => void>();
  #past: number | null = null;

  constructor({ instruments, prices, seed, accounts, now, ordersKept }: SchwabBookOptions) {
    this.#ordersKept = ordersKept;
    this.instruments = schwabInstruments(instruments);
    this.#prices = prices;
    // Another stream than the market's: whatever happens here, TWS sees the same day.
    this.#random = createRandom((seed ^ 0x5c4a_b000) >>> 0);
    this.#now = now;
    this.#ids = new Ids(now());
    this.style = this.#random.integer(0, 1023);
    const states = emptyAccounts(accounts, this.#random);
    this.#states = new Map(states.map((state) => [state.accountNumber, state]));
    openingBell(this, states, this.#random);
  }

  /** Account numbers, 8 digits each. */
  get accounts(): readonly string[] {
    return [...this.#states.keys()];
  }

  now(): number {
    return this.#past ?? this.#now();
  }

  /** What is done inside happened then. */
  at<T>(time: number, act: () => T): T {
    const before = this.#past;
    this.#past = time;
    try {
      return act();
    } finally {
      this.#past = before;
    }
  }

  state(account: string): AccountState {
    const state = this.#states.get(account);
    if (!state) throw new RangeError(`there is no Schwab account ${account}`);
    return state;
  }

  byHash(hashValue: string): AccountState | undefined {
    return [...this.#states.values()].find((state) => state.hashValue === hashValue);
  }

  instrument(symbol: string): SchwabInstrument {
    const instrument = this.instruments.get(symbol);
    if (!instrument) throw new RangeError(`Schwab knows no symbol "${symbol}"`);
    return instrument;
  }

  /** Last price, always above 0. */
  price({ follows }: SchwabInstrument): number {
    if (!follows) return 1;
    return Math.max(0.01, round(this.#prices.last(follows.conId) * follows.factor, 2));
  }

  /** Lines with a quantity. */
  lines(account: string): readonly ValuedLine[] {
    return [...this.state(account).lines]
      .filter(([, { quantity }]) => quantity !== 0)
      .map(([symbol, line]) => {
        const instrument = this.instrument(symbol);
        return valueLine(instrument, line, this.price(instrument));
      });
  }

  terms(account: string): Terms {
    return termsOf(this.state(account), this.lines(account));
  }

  /** Open and at the market, also inside others. */
  workingOrders(account: string): readonly OrderState[] {
    return this.state(account).orders.flatMap(flatten).filter(isWorking);
  }

  /** Returns the order id. */
  placeOrder(order: NewSchwabOrder): string {
    const state = this.state(order.account);
    const placed = makeOrder(order, {
      instrument: (symbol) => this.instrument(symbol),
      nextId: () => this.#ids.order(),
      at: this.now(),
    });
    state.orders.push(placed);
    this.#tell({ kind: 'placed', order: placed });
    return String(placed.orderId);
  }

  /** Without a quantity: all that remains. A spread counts whole spreads. */
  fillOrder(orderId: string, quantity?: number): void {
    const { state, order, root } = this.#find(orderId, isWorking);
    const remaining = quantityOf(order.quantity - order.filled);
    const filled = Math.min(quantity ?? remaining, remaining);
    if (!(filled > 0)) throw new RangeError(`a fill needs a quantity above 0, not ${quantity}`);
    const activity = fillOrder(state, { order, quantity: filled }, this.#booking());
    this.#tell({ kind: 'filled', order, activity });
    if (order.status !== 'FILLED') return;
    for (const child of wakeChildren(order)) this.#tell({ kind: 'placed', order: child });
    this.#endSiblings(root, order);
  }

  cancelOrder(orderId: string): void {
    const { order } = this.#find(orderId, isOpen);
    const activity = endOrder(order, 'CANCELED', this.#booking());
    this.#tell({ kind: 'canceled', order, activity });
  }

  /** The cancellation is on its way; until `cancelOrder` says that it has arrived the order may still fill. */
  requestCancel(orderId: string): void {
    this.#find(orderId, isWorking).order.status = 'PENDING_CANCEL';
  }

  rejectOrder(
    orderId: string,
    reason = 'The account is not approved for this level of options trading.',
  ): void {
    const { order } = this.#find(orderId, isOpen);
    if (order.filled > 0) throw new RangeError(`order ${orderId} has filled and cannot be rejected`);
    order.status = 'REJECTED';
    order.statusDescription = reason;
    order.closedAt = order.enteredAt;
    this.#tell({ kind: 'rejected', order });
  }

  /** The old one is REPLACED; returns the id of the new one. */
  replaceOrder(orderId: string, change: { readonly price?: number; readonly quantity?: number }): string {
    const { state, order: old } = this.#find(orderId, isWorking);
    if (old.parentOrderId !== null || old.strategy !== 'SINGLE')
      throw new RangeError(`order ${orderId} belongs to others and cannot be replaced alone`);
    const remaining = quantityOf(old.quantity - old.filled);
    const quantity = change.quantity ?? remaining;
    const order: OrderState = {
      ...old,
      orderId: this.#ids.order(),
      price: change.price ?? old.price,
      quantity,
      legs: old.legs.map((leg) => ({
        ...leg,
        quantity: quantityOf((leg.quantity / old.quantity) * quantity),
      })),
      enteredAt: this.now(),
      activities: [],
      status: 'WORKING',
      filled: 0,
    };
    const activity = endOrder(old, 'REPLACED', this.#booking());
    state.orders.push(order);
    if (activity) this.#tell({ kind: 'replaced', order, old, activity });
    return String(order.orderId);
  }

  closePosition(account: string, symbol: string): void {
    const quantity = this.state(account).lines.get(symbol)?.quantity ?? 0;
    if (quantity === 0) throw new RangeError(`${account} holds nothing of ${symbol}`);
    const { assetType } = this.instrument(symbol);
    const isOption = assetType === 'OPTION';
    const instruction =
      quantity > 0 ? (isOption ? 'SELL_TO_CLOSE' : 'SELL') : isOption ? 'BUY_TO_CLOSE' : 'BUY_TO_COVER';
    this.fillOrder(
      this.placeOrder({ account, legs: [{ symbol, instruction, quantity: Math.abs(quantity) }] }),
    );
  }

  depositCash(account: string, amount: number): void {
    if (!(amount > 0)) throw new RangeError(`a deposit is above 0, not ${amount}`);
    this.#move(account, (state, entry) => moveCash(state, amount, entry));
  }

  withdraw(account: string, amount: number): void {
    const { cash, type } = this.state(account);
    if (!(amount > 0) || (type === 'CASH' && amount > cash))
      throw new RangeError(`${amount} cannot be withdrawn from ${cash}`);
    this.#move(account, (state, entry) => moveCash(state, -amount, entry));
  }

  /** A deposit that the bank has announced: in the list, and not in the cash before `bookPending`. */
  announceDeposit(account: string, amount: number): void {
    const entry = { activityId: this.#ids.activity(), at: this.now() };
    this.state(account).transactions.push({
      ...entry,
      status: 'PENDING',
      type: 'ACH_RECEIPT',
      orderId: null,
      netAmount: cents(amount),
      description: 'MONEYLINK TRANSFER IN',
      items: [{ kind: 'cash', amount: cents(amount), cost: 0 }],
    });
  }

  /** Announced deposits arrive, under the ids that they had. */
  bookPending(account: string): void {
    const { transactions } = this.state(account);
    for (const row of transactions.filter(({ status }) => status === 'PENDING')) {
      transactions.splice(transactions.indexOf(row), 1);
      const entry = { activityId: row.activityId, at: this.now() };
      this.#move(account, (state) => moveCash(state, row.netAmount, entry));
    }
  }

  /** Whether the account is in a margin call, as its balances say. */
  setMarginCall(account: string, isInCall: boolean): void {
    this.state(account).isInCall = isInCall;
    this.#tell({ kind: 'money', accountNumber: account });
  }

  /** The history of the account says that money is due. */
  bookMarginCall(account: string): void {
    this.#move(account, ({ transactions }, entry) => {
      const row = { type: 'MARGIN_CALL', orderId: null, netAmount: 0, items: [] } as const;
      transactions.push({ ...entry, ...row, description: 'MARGIN CALL' });
    });
  }

  /** All contracts of a written option; the rows of it come with `bookNight`. */
  assign(account: string, symbol: string): void {
    const option = this.instrument(symbol);
    const state = this.state(account);
    if (option.option === null || (state.lines.get(symbol)?.quantity ?? 0) >= 0)
      throw new RangeError(`${account} has not written ${symbol}`);
    const { putCall, strike, underlyingSymbol } = option.option;
    const assigned = { option, underlying: this.instrument(underlyingSymbol), putCall, strike };
    state.unbooked.push(...assignAll(state, assigned, () => this.#ids.activity()));
    this.#tell({ kind: 'money', accountNumber: account });
  }

  /** Assignments stand in the history on the next morning. */
  bookNight(account: string): void {
    const { transactions, unbooked } = this.state(account);
    transactions.push(...unbooked.splice(0).map((row) => ({ ...row, at: this.now() })));
    this.#tell({ kind: 'money', accountNumber: account });
  }

  dividend(account: string, symbol: string, amount: number): void {
    const payer = this.instrument(symbol);
    this.#move(account, (state, entry) => payDividend(state, { amount, payer }, entry));
  }

  transferIn(
    account: string,
    line: { readonly symbol: string; readonly quantity: number; readonly averagePrice?: number },
  ): void {
    const instrument = this.instrument(line.symbol);
    const { averagePrice, quantity } = line;
    const incoming = { instrument, quantity, averagePrice, price: this.price(instrument) };
    this.#move(account, (state, entry) => receiveSecurities(state, incoming, entry));
  }

  /** Day orders expire, closing prices are taken; keepsDayCost: currentDayCost stays what it was. */
  startNewDay({ keepsDayCost = false }: { readonly keepsDayCost?: boolean } = {}): void {
    for (const state of this.#states.values()) {
      for (const order of state.orders) this.#expire(order);
      this.roll(state, { keepsDayCost });
    }
    this.#tell({ kind: 'new-day' });
  }

  /** Takes the closing prices of one account. */
  roll(
    state: AccountState,
    {
      keepsDayCost = false,
      closing = (instrument) => this.price(instrument),
    }: {
      readonly keepsDayCost?: boolean;
      readonly closing?: (instrument: SchwabInstrument) => number;
    } = {},
  ): void {
    for (const [symbol, line] of state.lines) {
      if (line.quantity === 0) state.lines.delete(symbol);
      else state.lines.set(symbol, rollLine(line, closing(this.instrument(symbol)), keepsDayCost));
    }
    state.transferredToday = 0;
    state.initial = termsAtClose(
      state,
      [...state.lines].map(([symbol, line]) => ({ instrument: this.instrument(symbol), line })),
    );
  }

  /** One random step of a person trading at Schwab. */
  trade(): void {
    schwabTradeOnce(this, this.#random);
    for (const state of this.#states.values()) forgetOld(state, this.#ordersKept);
  }

  ledger(): readonly SchwabLedgerAccount[] {
    return [...this.#states.values()].map((state) => {
      const lines = this.lines(state.accountNumber);
      return accountRecord(state, { lines, terms: termsOf(state, lines) });
    });
  }

  subscribe(listener: (event: BookEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #booking(): Booking {
    return { ids: this.#ids, at: this.now(), price: (instrument) => this.price(instrument) };
  }

  #move(account: string, move: (state: AccountState, entry: Entry) => void): void {
    move(this.state(account), { activityId: this.#ids.activity(), at: this.now() });
    this.#tell({ kind: 'money', accountNumber: account });
  }

  #expire(order: OrderState): void {
    if (!isOpen(order) || order.duration !== 'DAY' || order.status === 'PENDING_ACTIVATION') return;
    const activity = endOrder(order, 'EXPIRED', this.#booking());
    this.#tell({ kind: 'canceled', order, activity });
  }

  #endSiblings(root: OrderState, filled: OrderState): void {
    const oco = flatten(root).find(
      ({ strategy, children }) => strategy === 'OCO' && children.includes(filled),
    );
    for (const sibling of oco?.children ?? []) {
      if (sibling === filled || !isOpen(sibling)) continue;
      const activity = endOrder(sibling, 'CANCELED', this.#booking());
      this.#tell({ kind: 'canceled', order: sibling, activity });
    }
  }

  #find(
    orderId: string,
    fits: (order: OrderState) => boolean,
  ): { readonly state: AccountState; readonly root: OrderState; readonly order: OrderState } {
    for (const state of this.#states.values()) {
      for (const root of state.orders.toReversed()) {
        const order = flatten(root).find(
          (one) => String(one.orderId) === orderId && one.strategy !== 'OCO' && fits(one),
        );
        if (order) return { state, root, order };
      }
    }
    throw new RangeError(`no order ${orderId} is open here`);
  }

  #tell(event: BookEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

const forgetOld = ({ orders, transactions }: AccountState, kept: number): void => {
  if (orders.length <= kept * 1.2) return;
  const ended = orders.filter((order) => !isOpen(order));
  const forgotten = new Set(ended.slice(0, Math.max(0, ended.length - kept)));
  orders.splice(0, Infinity, ...orders.filter((order) => !forgotten.has(order)));
  transactions.splice(0, Math.max(0, transactions.length - 4 * kept));
};
