/** What a benchmark found, beside what it is compared with. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: 'ms' | 'µs' | 'messages/s' | 'ms of CPU' | 'MB';
  readonly ratioTo: string;
  readonly ratio: number;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

export function ratio(value: number, baseline: number): number {
  return Number((value / baseline).toFixed(2));
}
