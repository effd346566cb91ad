import type { Sample } from '../../alerts/index.js';

type OfConnection = Extract<Sample, { readonly of: 'connection' }>;

/** Connection key → percent of its requests that failed of late; null = not known. */
export type ErrorPercentOf = (connection: string) => number | null;

/**
 * Puts the share of failed requests to what account-sync tells of a connection. A connection tells its state when it
 * changes; this share changes meanwhile, and is looked up.
 */
export class RequestWatch {
  readonly #errorPercentOf: ErrorPercentOf;
  /** connection key → its last sample, as the rules know it */
  readonly #known = new Map<string, OfConnection>();

  constructor(errorPercentOf: ErrorPercentOf) {
    this.#errorPercentOf = errorPercentOf;
  }

  told(sample: OfConnection): OfConnection {
    const apiErrorPercent = this.#errorPercentOf(sample.connection.key);
    const now = { ...sample, status: { ...sample.status, apiErrorPercent } };
    this.#known.set(sample.connection.key, now);
    return now;
  }

  /** The connections whose share is another than the rules know, at `at`, ms since the epoch. */
  news(at: number): readonly OfConnection[] {
    return [...this.#known.values()].flatMap((known) => {
      const now = this.told(known);
      return now.status.apiErrorPercent === known.status.apiErrorPercent ? [] : [{ ...now, at }];
    });
  }
}
