const DEFAULT_MS = 60_000;
/** A server that names hours is asked again after this all the same. */
const LONGEST_MS = 5 * 60_000;

/** Milliseconds of a `Retry-After` header: whole seconds, or an HTTP date (RFC 9110, 10.2.3); a minute without one. */
export function retryAfterMs(header: string | null, at: number): number {
  const text = header?.trim() ?? '';
  const wait = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - at;
  return Number.isFinite(wait) ? Math.min(LONGEST_MS, Math.max(1_000, wait)) : DEFAULT_MS;
}
