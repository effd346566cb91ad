import assert from 'node:assert/strict';
import {
  ConfigError,
  ConnectionLost,
  LoginRequired,
  ProtocolError,
  RateLimited,
  Rejected,
  type ErrorDetails,
} from '../../src/errors.js';
import { nextStep } from '../../src/resilience/supervise.js';

const details: ErrorDetails = { broker: 'ibkr', code: 'x' };
const half = () => 0.5;

describe('nextStep', () => {
  it('retries what was lost, unreadable or refused, with a jitter that grows with the failures', () => {
    const errors = [ConnectionLost, ProtocolError, Rejected].map((Kind) => new Kind('Gone.', details));
    for (const error of errors)
      assert.deepEqual(
        [0, 1, 6, 50].map((failures) => nextStep(error, failures, half)),
        [500, 1_000, 30_000, 30_000].map((delayMs) => ({ kind: 'retry', delayMs, needsUser: false })),
      );
  });

  it('stops where only a login helps', () => {
    assert.deepEqual(nextStep(new LoginRequired('Log in.', details), 0, half), {
      kind: 'stop',
      reason: 'login-required',
    });
  });

  it('stops at a wrong entry, and looks again each minute at what may be mended at the other end', () => {
    const wrong = (retrySlowly: boolean) => new ConfigError('Wrong port.', { ...details, retrySlowly });
    assert.deepEqual(nextStep(wrong(false), 0, half), { kind: 'stop', reason: 'misconfigured' });
    assert.deepEqual(
      [0, 9].map((failures) => nextStep(wrong(true), failures, half)),
      [0, 9].map(() => ({ kind: 'retry', delayMs: 60_000, needsUser: true })),
    );
  });

  it('waits as long as the broker asks, from a second to five minutes', () => {
    const waits = [-5, 0, 1_000, 30_000, 300_000, 86_400_000, Infinity].map((retryAfterMs) =>
      nextStep(new RateLimited('Too many.', { ...details, retryAfterMs }), 3, half),
    );
    assert.deepEqual(
      waits,
      [1_000, 1_000, 1_000, 30_000, 300_000, 300_000, 300_000].map((delayMs) => ({
        kind: 'retry',
        delayMs,
        needsUser: false,
      })),
    );
  });

  it('retries a mistake in the program slowly, whatever was thrown', () => {
    for (const thrown of [new TypeError('x is not a function'), new Error('?'), 'text', null, undefined])
      assert.deepEqual(nextStep(thrown, 0, half), { kind: 'retry', delayMs: 60_000, needsUser: false });
  });
});
