import assert from 'node:assert/strict';
import { SchwabApi } from '../../../src/brokers/schwab/api.js';
import { endpoints } from '../../../src/brokers/schwab/endpoints.js';
import { RateLimit } from '../../../src/brokers/schwab/rate-limit.js';
import { GuardedCalls } from '../../../src/resilience/guarded-calls.js';
import { systemClock } from '../../../src/runtime/system-clock.js';
import { comesTrue, within } from '../within.js';
import type { SchwabFault } from './schwab-scenario.js';
import type { SchwabStage } from './stage.js';

const CALLERS = 20;
/** Real time. */
const WITHIN_MS = 5_000;
/** All the words in which a refresh token was seen to be dead, and the one thing that Schwab calls so by itself. */
const ENDS = ['ended', 'invalid', 'missing', 'revoked'] as const;

/** Faults of tokens and logins. */
export const LOGIN: readonly SchwabFault[] = [
  {
    number: 21,
    name: '401, one refresh for twenty callers',
    lasts: [1_000, 40_000],
    strike: async (stage) => {
      const { pick, schwab } = stage;
      const name = pick(null, null, 'schwab-401-gateway', 'schwab-401-trader', 'schwab-401-transient-text');
      if (name === null) {
        await callAfterTokensDied(stage);
        return () => undefined;
      }
      const refused = schwab.fault(name, pick('', '@/accounts', '@/orders'));
      return () => refused.clear();
    },
    check: ({ refreshes }) => assert.ok(refreshes <= 1, `${refreshes} refreshes for one token`),
  },
  {
    number: 22,
    name: 'refresh token rotated, crash before the save',
    lasts: [1_000, 40_000],
    simulator: (chance) => ({ rotation: chance() < 0.5 ? 'grace' : 'strict' }),
    strike: async (stage) => {
      const { chance, disk, rotation, schwab } = stage;
      if (chance() < 0.3) await loseAnswer(stage);
      else {
        const death = disk.deathBeforeWriting();
        schwab.forgetAccessTokens();
        await within(WITHIN_MS, 'new tokens come', death);
        await stage.crash();
      }
      if (rotation !== 'strict') return () => undefined;
      return async () => {
        await saysThatLoginEnded(stage);
        await stage.logIn();
      };
    },
  },
  {
    number: 23,
    name: 'dead refresh token',
    lasts: [1_000, 40_000],
    strike: async (stage) => {
      const { pick, schwab } = stage;
      const how = pick(...ENDS);
      const ended = how === 'revoked' ? null : schwab.fault('schwab-token-ended', how);
      if (how === 'revoked') schwab.revokeLogin();
      else schwab.forgetAccessTokens();
      await saysThatLoginEnded(stage);
      return async () => {
        assert.equal(stage.refreshes, 1, 'a refresh token that is dead was sent again');
        ended?.clear();
        await stage.logIn();
      };
    },
  },
];

/** All access tokens die, and twenty notice at once, besides the product's own poll. */
async function callAfterTokensDied({
  apiUrl,
  chance,
  clock,
  refreshes,
  running,
  schwab,
}: SchwabStage): Promise<void> {
  const { tokens } = running;
  // In the machine's own time: twenty answers at once take it a while.
  const calls = new GuardedCalls({ broker: 'schwab', clock: systemClock, chance });
  const api = new SchwabApi({ apiUrl, tokens, limit: new RateLimit(clock, Infinity), calls, clock });
  assert.equal(refreshes, 0);
  schwab.forgetAccessTokens();
  const asked = Array.from(
    { length: CALLERS },
    async () => await api.get(endpoints.userPreference(), new AbortController().signal),
  );
  await within(WITHIN_MS, 'twenty callers have their answer', Promise.all(asked));
  const refreshed = schwab.tokenRequests.filter(({ grant }) => grant === 'refresh_token').length;
  assert.equal(refreshed, 1, `${refreshed} refreshes for ${CALLERS} callers`);
}

/** In its status, and by every figure that is live no more. */
async function saysThatLoginEnded(stage: SchwabStage): Promise<void> {
  await stage.says('login-required');
  const isTold = await comesTrue(WITHIN_MS, () => !stage.oracle.isLive());
  assert.ok(isTold, 'figures are told as live without a login');
}

/** Schwab has taken the old token back, and its answer does not arrive. */
async function loseAnswer(stage: SchwabStage): Promise<void> {
  const { schwab } = stage;
  const lost = schwab.fault('schwab-token-lost');
  schwab.forgetAccessTokens();
  assert.ok(await comesTrue(WITHIN_MS, () => stage.refreshes > 0), 'no other tokens were asked for');
  lost.clear();
}
