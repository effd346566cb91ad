import type { Provenance } from '../../domain/update.js';
import type { Observation } from './suspicions.js';

const MOST_MS = 2 * 60_000;

/** A broker's time that lies ahead of ours, or before the one that it named in the image before. */
export function clockSkew(before: Provenance | null, after: Provenance): readonly Observation[] {
  const { asOf, receivedAt, via } = after;
  if (asOf === null) return [];
  const aheadMs = asOf - receivedAt;
  if (aheadMs > MOST_MS)
    return [
      skew(
        `The broker's figures are of ${iso(asOf)}, ${minutes(aheadMs)} ahead of the clock of this machine`,
      ),
    ];
  const known = before?.via === via ? before.asOf : null;
  if (known === null || known - asOf <= MOST_MS) return [];
  return [
    skew(`The broker's figures went back from ${iso(known)} to ${iso(asOf)}, by ${minutes(known - asOf)}`),
  ];
}

function skew(what: string): Observation {
  const message = `${what}: set the clock of this machine by NTP, and do not trust the age of these figures until then.`;
  return { about: '', issue: { code: 'CLOCK_SKEW', severity: 'warning', message } };
}

function minutes(ms: number): string {
  return `${Math.round(ms / 60_000)} minutes`;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
