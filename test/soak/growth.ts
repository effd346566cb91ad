export interface Point {
  readonly hours: number;
  readonly value: number;
}

/** How fast something grows, by least squares. */
export interface Slope {
  readonly perHour: number;
  /** Standard error of `perHour`. */
  readonly error: number;
}

/** At least three points, at different times. */
export function slopeOf(points: readonly Point[]): Slope {
  const count = points.length;
  if (count < 3) throw new RangeError(`a slope needs 3 points, not ${count}`);
  const middle = mean(points.map(({ hours }) => hours));
  const level = mean(points.map(({ value }) => value));
  const spread = sum(points.map(({ hours }) => (hours - middle) ** 2));
  const perHour = sum(points.map(({ hours, value }) => (hours - middle) * (value - level))) / spread;
  const left = sum(points.map(({ hours, value }) => (value - level - perHour * (hours - middle)) ** 2));
  return { perHour, error: Math.sqrt(left / (count - 2) / spread) };
}

/** Growth is what is left of the slope when twice its error is taken away. */
export function grows({ error, perHour }: Slope, mostPerHour: number): boolean {
  return perHour - 2 * error > mostPerHour;
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
