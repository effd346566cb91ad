import { oneLine, type Listed } from '../../alerts/index.js';

/** An alert that fires, whether or not anybody was told. */
export type Ongoing = Listed & { readonly state: 'firing' | 'recovering' };

const RANK = { critical: 0, warning: 1, info: 2 } as const;

/** The alerts that go on, the most urgent first. */
export function ongoing(all: readonly Listed[]): readonly Ongoing[] {
  return all
    .flatMap((one) => (one.state === 'pending' ? [] : [{ ...one, state: one.state }]))
    .toSorted((a, b) => RANK[a.severity] - RANK[b.severity] || (a.since ?? 0) - (b.since ?? 0));
}

/** What it is about, in one line. */
export function nameOf({ account, connection, instrument, name, ruleId }: Ongoing): string {
  const rule = name === '' ? ruleId : name;
  return [rule, instrument, account ?? connection]
    .flatMap((part) => (part === null ? [] : [oneLine(part)]))
    .join(', ');
}
