interface Condition {
  readonly operator: '<' | '>' | '<=' | '>=' | 'outside';
  readonly threshold: number;
}

const HYSTERESIS = 0.02;

/** Whether the operator holds for `value` against `limit`. */
export function holds(operator: Condition['operator'], value: number, limit: number): boolean {
  switch (operator) {
    case '<':
      return value < limit;
    case '>':
      return value > limit;
    case '<=':
      return value <= limit;
    case '>=':
      return value >= limit;
    case 'outside':
      return Math.abs(value) > limit;
  }
}

/** The threshold, moved by 2 % of its size to the safe side: what a firing alert must reach to end. */
export function defaultClearAt({ operator, threshold }: Condition): number {
  const by = Math.abs(threshold) * HYSTERESIS;
  return operator === '<' || operator === '<=' ? threshold + by : threshold - by;
}

/** Whether everything that holds against the threshold holds against `clearAt` too. */
export function isSafeSide({
  clearAt,
  operator,
  threshold,
}: Condition & { readonly clearAt: number }): boolean {
  if (operator === '<' || operator === '<=') return clearAt >= threshold;
  return clearAt <= threshold && (operator !== 'outside' || clearAt >= 0);
}
