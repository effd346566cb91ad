import type { Issue } from '../../domain/issue.js';

const MOST_MS = 2 * 60_000;

/** What is to be said of a clock that differs from Schwab's by `skewMs`, Schwab's ahead > 0; null = nothing. */
export function clockSkew(skewMs: number): Issue | null {
  if (Math.abs(skewMs) <= MOST_MS) return null;
  const minutes = Math.round(Math.abs(skewMs) / 60_000);
  const message = `The clock of this machine is ${minutes} minutes ${skewMs > 0 ? 'behind' : 'ahead of'} Schwab's: set it by NTP, and do not trust the age of these figures until then.`;
  return { code: 'CLOCK_SKEW', severity: 'warning', message };
}
