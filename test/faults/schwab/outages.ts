import assert from 'node:assert/strict';
import { retryAfterMs } from '../../../src/brokers/schwab/retry-after.js';
import { STALE_AFTER_MS } from '../product.js';
import { bandwidth, limitData, resetPeer, timeout } from '../proxy/toxics.js';
import type { Mend } from '../play.js';
import type { SchwabFault } from './schwab-scenario.js';
import type { SchwabStage } from './stage.js';

/** What a client is told that must wait; in seconds, but for the last, which says nothing of how long. */
const WAITS = ['schwab-429', 'schwab-429-date', 'schwab-429-bare'] as const;
const BARE_MS = 60_000;
/** A date has no milliseconds. */
const A_SECOND_MS = 1_000;
const STATUSES = ['500', '502', '503', '504', '503x1', '500x3'] as const;
const PATHS = [
  '',
  '',
  '@/accounts',
  '@/accounts$',
  '@/orders',
  '@/transactions',
  '@/accountNumbers',
] as const;

/** Schwab is out of reach, or wants to be left alone. */
export const OUTAGES: readonly SchwabFault[] = [
  {
    number: 24,
    name: '429 with and without Retry-After',
    lasts: [1_000, 60_000],
    // It is there, and says so: a session goes on, the status names it, and figures turn stale by their age.
    liveForMs: STALE_AFTER_MS,
    strike: ({ pick, schwab }) => {
      const name = pick(...WAITS);
      const seconds = pick('1', '3', '15', '60', '120');
      const path = pick('', '', '@/accounts', '@/orders', '@/transactions');
      const refused = schwab.fault(name, `${name === 'schwab-429-bare' ? '' : seconds}${path}`);
      return () => refused.clear();
    },
    check: ({ schwab }) => {
      for (const [index, { at, path, retryAfter, status }] of schwab.requests.entries()) {
        const next = schwab.requests[index + 1];
        if (status !== 429 || next === undefined) continue;
        const waitMs = retryAfter === null ? BARE_MS : retryAfterMs(retryAfter, at);
        const waitedMs = next.at - at;
        assert.ok(
          waitedMs > waitMs - A_SECOND_MS,
          `${path} said ${waitMs} ms, and heard again after ${waitedMs}`,
        );
      }
    },
  },
  {
    number: 25,
    name: 'burst of 5xx, cuts and plain-text 404',
    lasts: [1_000, 30_000],
    strike: async (stage) => {
      const { between, pass } = stage;
      let mend = breakSomehow(stage);
      for (let changes = between(0, 3); changes > 0; changes--) {
        await pass(between(1_000, 15_000));
        await mend();
        mend = breakSomehow(stage);
      }
      return mend;
    },
    check: ({ running }) => assert.notEqual(running.counters()?.breaker, 'isolated'),
  },
  {
    number: 27,
    name: 'slow-loris',
    // Now and then longer than a figure may stay live.
    lasts: [20_000, 380_000],
    // A byte a second of the product's time.
    strike: ({ chance, clockFactor, proxy, schwab }) => {
      if (chance() < 0.5) return proxy.add(bandwidth(clockFactor));
      const slow = schwab.fault('schwab-slow', String(clockFactor));
      return () => slow.clear();
    },
  },
];

function breakSomehow({ between, chance, pick, proxy, schwab }: SchwabStage): Mend {
  const kind = chance();
  if (kind < 0.65) {
    const fault =
      kind < 0.5
        ? schwab.fault('schwab-status', `${pick(...STATUSES)}${pick(...PATHS)}`)
        : schwab.fault('schwab-404-text', pick(...PATHS));
    return () => fault.clear();
  }
  if (kind < 0.75) {
    proxy.down();
    return async () => await proxy.up();
  }
  if (kind < 0.85) return proxy.add(resetPeer(between(1, 4_000)));
  return proxy.add(kind < 0.92 ? limitData(between(1, 4_000)) : timeout(), 'downstream');
}
