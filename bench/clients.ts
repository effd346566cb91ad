import { createHash } from 'node:crypto';
import { EventName, IBApi, IBApiNext } from '@stoqey/ib';
import { createIbkrBroker } from '../src/brokers/ibkr/index.js';
import { Connection } from '../src/runtime/connection.js';
import { Subscription } from '../src/runtime/subscription.js';
import { systemChance, systemClock } from '../src/runtime/system-clock.js';
import { oneWay } from '../test/support/one-way.js';

/** A client that is connected and has its first portfolio. */
export interface Measured {
  /** Resolves when the row with this price has come out at the client's far end. */
  seen(price: number): Promise<void>;
  close(): Promise<void>;
}

const ACCOUNT = 'DU0000001';
const quiet = { info: () => {}, warn: () => {}, error: () => {} };

/** The library's raw API with one listener. */
export async function bareApi(port: number): Promise<Measured> {
  const ib = new IBApi({ host: '127.0.0.1', port, clientId: 1, maxReqPerSec: 40 });
  await new Promise<void>((resolve) => {
    ib.once(EventName.nextValidId, () => ib.reqAccountUpdates(true, ACCOUNT));
    ib.once(EventName.accountDownloadEnd, () => resolve());
    ib.connect();
  });
  return {
    seen: async (price) =>
      await new Promise((resolve) => {
        ib.on(EventName.updatePortfolio, (_contract, _position, marketPrice) => {
          if (marketPrice === price) resolve();
        });
      }),
    close: async () => void ib.disconnect(),
  };
}

/** The library's own replica of an account. */
export async function apiNext(port: number): Promise<Measured> {
  const next = new IBApiNext({ host: '127.0.0.1', port, logger: { ...quiet, debug: () => {} } });
  next.connect(1);
  let last = (_price: number): void => {};
  await new Promise<void>((resolve) => {
    next.getAccountUpdates(ACCOUNT).subscribe((update) => {
      resolve();
      for (const positions of update.changed?.portfolio?.values() ?? []) {
        for (const { marketPrice } of positions) if (marketPrice !== undefined) last(marketPrice);
      }
    });
  });
  return {
    seen: async (price) =>
      await new Promise((resolve) => (last = (seen) => (seen === price ? resolve() : undefined))),
    close: async () => void next.disconnect(),
  };
}

/** Our path, from the socket to the AccountChange that account-sync turns into messages. */
export async function ourPath(port: number): Promise<Measured> {
  const broker = createIbkrBroker(
    { host: '127.0.0.1', port, clientId: 1, tradingMode: 'any', accounts: [] },
    { clock: systemClock, accountKey: () => '0123456789ab' },
  );
  const connection = new Connection({ broker, clock: systemClock, chance: systemChance, logger: quiet });
  let look = (): void => {};
  const subscription = new Subscription({
    ladder: oneWay(connection, systemClock),
    clock: systemClock,
    digest: (text) => createHash('sha256').update(text).digest('hex').slice(0, 16),
    coalesceMs: 0,
    staleAfterMs: 900_000,
    wants: () => true,
    onChange: ({ kind, state }) => {
      if (kind !== 'positions') return;
      prices = state.positions?.value;
      look();
    },
    onFlush: () => {},
  });
  let prices: ReadonlyMap<string, { readonly value: { readonly marketPrice: number | null } }> | undefined;
  connection.start();
  await new Promise<void>((resolve) => (look = resolve));
  return {
    seen: async (price) =>
      await new Promise((resolve) => {
        look = () => {
          for (const { value } of prices?.values() ?? []) if (value.marketPrice === price) resolve();
        };
      }),
    close: async () => {
      await subscription.close();
      await connection.close();
    },
  };
}
