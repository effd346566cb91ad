/** What a rule is told of its key at one moment. */
export interface Reading {
  /** ms since the epoch */
  readonly at: number;
  /** null = the broker does not say. */
  readonly value: number | null;
  /** Whether the value is live and not stale. */
  readonly fresh: boolean;
  /** Another alert, or a person, keeps this one from being told; its state runs on. */
  readonly inhibited: boolean;
  /** Night, for all but critical rules. */
  readonly quiet: boolean;
  /** A person has seen this episode: it is not repeated. */
  readonly acknowledged: boolean;
}

/** Something to be told of a key. Times in ms since the epoch. */
export interface Signal {
  readonly kind: 'firing' | 'resolved';
  /** Since when it fires, or when it happened: names the episode. */
  readonly firedAt: number;
  readonly repeat: boolean;
  /** What `lastNotifiedAt` was before: restored when this is taken back before it was sent. */
  readonly before: number | null;
}

/** The value when it may be trusted, else null. */
export function knownValue({ fresh, value }: Pick<Reading, 'fresh' | 'value'>): number | null {
  return fresh && value !== null && Number.isFinite(value) ? value : null;
}

/** Whether nothing but critical alerts may be told now, or this one must wait for another. */
export function mustWait(severity: string, { inhibited, quiet }: Reading): boolean {
  return inhibited || (quiet && severity !== 'critical');
}
