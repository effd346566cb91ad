import { createMarket, startTwsSimulator, type Market } from '../../simulators/index.js';
import { createIbkrBroker } from '../../src/brokers/ibkr/index.js';
import { KINDS, type BrokerUpdate } from '../../src/domain/update.js';
import type { Broker } from '../../src/ports.js';
import { reconcile } from '../../src/sync/reconcile.js';
import { EMPTY_STATE, type AccountState, type SyncState } from '../../src/sync/state.js';
import { digest } from '../support/builders.js';
import { eventually, FakeClock, fastClock } from '../support/clocks.js';
import { schwabStage } from '../support/schwab-stage.js';

/** A Tuesday, ten in the morning in New York: the wall clock of all examples stands there. */
export const NOW = Date.UTC(2026, 10, 24, 15, 0, 0);
const EVERYTHING = { kind: null, account: null } as const;
const SALT = 'the salt of the examples';

const accountKey = (broker: string, number: string): string =>
  digest(`${SALT} ${broker}:${number}`).slice(0, 12);

export interface Course {
  readonly first: SyncState;
  /** An order was placed. */
  readonly placed: SyncState;
  /** It was filled. */
  readonly filled: SyncState;
}

/**
 * What a gateway shows at three moments, each through a session of its own: its images, not what is pushed between them,
 * so that neither the network nor a busy machine has a say in what comes of it.
 */
export async function statesAtGateway(): Promise<Course> {
  const market = createMarket({ seed: 7, accounts: 1, positions: 2, schwabAccounts: 0, now: () => NOW });
  const gateway = await startTwsSimulator({ market, valuePushMs: null });
  const broker = createIbkrBroker(
    { host: gateway.host, port: gateway.port, clientId: 17, tradingMode: 'any', accounts: [] },
    { clock: { ...fastClock(5), now: () => NOW }, accountKey },
  );
  try {
    const first = await afterImages(broker, EMPTY_STATE);
    const order = place(market);
    const placed = await afterImages(broker, first);
    market.fillOrder(order);
    const filled = await afterImages(broker, placed);
    return { first, placed, filled };
  } finally {
    await gateway.close();
  }
}

export interface Looks {
  readonly before: SyncState;
  readonly after: SyncState;
  /** As an installation would make it. */
  readonly accountKey: string;
}

/** A deposit, between two looks. */
export async function statesAtSchwab(): Promise<Looks> {
  const clock = new FakeClock(NOW);
  const now = (): number => clock.now();
  const market = createMarket({ seed: 5, accounts: 0, schwabAccounts: 1, now });
  const { broker, logIn, schwab } = await schwabStage({ clock, now, market });
  try {
    await logIn();
    const updates: BrokerUpdate[] = [];
    const session = await broker.open(
      { update: (update) => void updates.push(update), ended: () => undefined },
      new AbortController().signal,
    );
    await session.refresh(EVERYTHING);
    const before = imagesOf(updates).reduce(reconcile, EMPTY_STATE);
    const [account = ''] = schwab.book.accounts;
    schwab.book.depositCash(account, 750);
    await session.refresh(EVERYTHING);
    const after = imagesOf(updates).reduce(reconcile, before);
    await session.close();
    return { before, after, accountKey: accountKey('schwab', account) };
  } finally {
    await schwab.close();
  }
}

function place(market: Market): string {
  const [account = ''] = market.accounts;
  const conId = market.positions(account)[0]?.conId ?? 0;
  const limitPrice = Math.ceil(market.price(conId));
  return market.placeOrder({ account, conId, side: 'BUY', quantity: 10, orderType: 'LMT', limitPrice });
}

async function afterImages(broker: Broker, before: SyncState): Promise<SyncState> {
  const updates: BrokerUpdate[] = [];
  const session = await broker.open(
    { update: (update) => void updates.push(update), ended: () => undefined },
    new AbortController().signal,
  );
  const known = (): SyncState => updates.reduce(reconcile, before);
  try {
    await session.refresh(EVERYTHING);
    await eventually(() => [...known().accounts.values()].every(isWhole), {
      withinMs: 30_000,
      what: "today's results",
    });
    await session.refresh(EVERYTHING);
    return imagesOf(updates).reduce(reconcile, before);
  } finally {
    await session.close();
  }
}

/** Today's results come after the images that they belong to. */
function isWhole({ balances, positions }: AccountState): boolean {
  if (balances === null || positions === null) return false;
  const results = [balances.value.dayPnl, ...[...positions.value.values()].map(({ value }) => value.dayPnl)];
  return results.every((result) => result !== null);
}

/** Of each kind the last image; what names the accounts comes first. */
function imagesOf(updates: readonly BrokerUpdate[]): readonly BrokerUpdate[] {
  const images = KINDS.flatMap(
    (kind) => updates.findLast((update) => update.kind === 'snapshot' && update.of === kind) ?? [],
  );
  return [...updates.filter(({ kind }) => kind === 'accounts'), ...images];
}
