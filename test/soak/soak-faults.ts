import { createMarket, startTwsSimulator, type Market, type TwsSimulator } from '../../simulators/index.js';
import type { Chance } from '../../src/ports.js';
import { systemClock } from '../../src/runtime/system-clock.js';
import { eventually, fastClock } from '../support/clocks.js';
import { LedgerHistory } from '../support/ledger-history.js';
import { flowOf, helper, nodesWith } from '../support/nodes.js';
import { ToldChain } from '../support/told-chain.js';
import { strike } from './faults.js';
import {
  counts,
  countingClock,
  lowestCounts,
  memory,
  watchListeners,
  type Counts,
  type Memory,
} from './gauges.js';
import { seeded } from '../support/seeded.js';
import { tradeBusily, tradeQuietly } from './traders.js';

export interface FaultsOptions {
  readonly seed: number;
  /** How long the gateway misbehaves, real time. */
  readonly durationMs: number;
  /** From one fault to the next, real time. */
  readonly everyMs: number;
  /** The waits of the product are so many times as short. */
  readonly clockFactor: number;
  /** Where the nodes remember what they told. */
  readonly userDir: string;
  readonly onSample: (sample: Sample) => void;
}

export interface Sample extends Memory, Counts {
  readonly hours: number;
  /** The fault that was in force until this moment. */
  readonly fault: string;
  /** Fills and orders of the ledger so far: what a reader keeps grows with them. */
  readonly records: number;
}

export interface FaultsResult {
  /** name → how often it struck */
  readonly faults: Readonly<Record<string, number>>;
  readonly sessions: number;
  readonly events: number;
  /** After the warm-up, and at the end: each time while nothing is wrong. */
  readonly counts: { readonly before: Counts; readonly after: Counts };
  /** After the warm-up. */
  readonly samples: readonly Sample[];
  /** What the messages do not add up in; figures that differ from the ledger; ends that there never were. */
  readonly wrong: readonly string[];
  /** What Node.js warned of, such as a listener that is added again and again. */
  readonly warnings: readonly string[];
}

/** This part of the time fills the caches, and the ledger. */
const WARM_UP = 0.2;
const EVENTS_KEPT = 200;
/** Looks for the smallest counts. */
const LOOKS = 30;

/**
 * A gateway that is traded and misbehaves all the time, behind real nodes in a real runtime. What the nodes keep
 * grows with fills and orders, as it should: after the warm-up there are few of them, and positions move by
 * transfers. The server must run (`helper.startServer`).
 */
export async function soakFaults(options: FaultsOptions): Promise<FaultsResult> {
  const { clockFactor, durationMs, everyMs, onSample, seed, userDir } = options;
  const chance = seeded(seed);
  const warnings: string[] = [];
  const onWarning = ({ message, name }: Error): void => void warnings.push(`${name}: ${message}`);
  process.on('warning', onWarning);
  const market = createMarket({ seed, accounts: 2, schwabAccounts: 1 });
  const gateway = await startTwsSimulator({ market, requestsKept: 100 });
  const chain = new ToldChain(new LedgerHistory(market), EVENTS_KEPT);
  const listeners = watchListeners();
  const { clock, pending } = countingClock(clockFactor === 1 ? systemClock : fastClock(clockFactor));
  // A tenth of the usual waits: most faults are to strike a session, not a pause between two.
  const jitter = seeded(seed + 1);
  const flow = flowOf({ port: gateway.port, sync: { pollSeconds: '10' } });
  await helper.load(
    nodesWith(clock, userDir, () => jitter() / 10),
    flow,
  );
  for (const output of ['balances', 'positions', 'orders'])
    helper.getNode(output).on('input', (message: unknown) => chain.hear(message));

  const look = (): Counts => counts(gateway, pending, listeners.count);
  const settled = async (what: string): Promise<Counts> => {
    await eventually(() => chain.differences(market).length === 0 && gateway.connections === 1, {
      withinMs: 300_000 / clockFactor + 20_000,
      what: `${what}; ${chain.differences(market).slice(0, 3).join('; ')}`,
    }).catch((error: unknown) => warnings.push(String(error)));
    return await lowestCounts(look, LOOKS, 3_000 / clockFactor);
  };
  const struck = new Map<string, number>();
  const samples: Sample[] = [];
  let sessions = 0;
  const misbehave = async (forMs: number, trade: () => void): Promise<void> => {
    const begun = performance.now();
    while (performance.now() - begun < forMs) {
      const { fault, opened } = await oneFault({ gateway, chance, trade, everyMs });
      sessions += opened;
      struck.set(fault, (struck.get(fault) ?? 0) + 1);
      const hours = (performance.now() - started) / 3_600_000;
      const sample = { hours, fault, records: recordsIn(market), ...memory(), ...look() };
      onSample(sample);
      samples.push(sample);
    }
  };

  await settled('the first figures');
  const started = performance.now();
  await misbehave(durationMs * WARM_UP, () => tradeBusily(market, chance));
  const before = await settled('the figures after the warm-up');
  const warm = samples.length;
  await misbehave(durationMs * (1 - WARM_UP), () => tradeQuietly(market, chance));
  const after = await settled('the last figures');
  const wrong = [...chain.faults, ...chain.differences(market), ...chain.phantomCloses()];
  if (chain.repeated > 0) wrong.push(`${chain.repeated} events were told again`);
  await helper.unload();
  await gateway.close();
  listeners.end();
  process.removeListener('warning', onWarning);
  return {
    faults: Object.fromEntries(struck),
    sessions,
    events: chain.events,
    counts: { before, after },
    samples: samples.slice(warm),
    wrong,
    warnings,
  };
}

interface OneFault {
  readonly gateway: TwsSimulator;
  readonly chance: Chance;
  readonly trade: () => void;
  readonly everyMs: number;
}

/** Strikes, trades meanwhile, and leaves some time to recover. */
async function oneFault({ chance, everyMs, gateway, trade }: OneFault) {
  const lastsMs = everyMs * (0.2 + 0.6 * chance());
  const begun = performance.now();
  const fault = strike(gateway, chance, lastsMs);
  let opened = 0;
  let wasOpen = gateway.connections > 0;
  const steps = 20;
  for (let step = 1; step <= steps; step += 1) {
    const due = begun + (everyMs * step) / steps;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
    if (performance.now() - begun >= lastsMs) fault.clear();
    if (step % 5 === 0) trade();
    const isOpen = gateway.connections > 0;
    if (isOpen && !wasOpen) opened += 1;
    wasOpen = isOpen;
  }
  fault.clear();
  return { fault: fault.name, opened };
}

function recordsIn(market: Market): number {
  return market.accounts.reduce(
    (sum, account) => sum + market.orders(account).length + market.executions(account).length,
    0,
  );
}
