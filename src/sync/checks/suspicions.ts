import type { Issue, IssueCode } from '../../domain/issue.js';
import type { Suspicion } from './memory.js';

/** What one check sees in one image: the issue, and what it is about where there may be several. */
export interface Observation {
  readonly about: string;
  readonly issue: Issue;
}

/** Feeds run one after the other: what was touched a moment ago is no contradiction yet. */
const GRACE_MS = 5_000;
/** What is still so after this long, in a second image, is so. */
const LASTING_MS = 60_000;

/**
 * Images in a row, no sooner than the grace, until something is told; `lasting` = only the long time counts, `at once`
 * = it cannot be a matter of the moment.
 */
const TELL: Readonly<Partial<Record<IssueCode, number | 'lasting' | 'at once'>>> = {
  NAV_MISMATCH: 3,
  UNEXPLAINED_POSITION_CHANGE: 2,
  ORDER_MISMATCH: 2,
  FILL_MISSING: 'lasting',
  SIGN_MISMATCH: 2,
  PRICE_MISMATCH: 2,
};

export interface Sighting {
  readonly check: string;
  /** ms since the epoch: when the image came. */
  readonly at: number;
}

/** The suspicions after a check has looked at an image: what it does not see any more is gone, the rest grows older. */
export function withSightings(
  before: ReadonlyMap<string, Suspicion>,
  { at, check }: Sighting,
  observations: readonly Observation[],
): ReadonlyMap<string, Suspicion> {
  if (observations.length === 0 && ![...before.values()].some((known) => known.check === check))
    return before;
  const after = new Map([...before].filter(([, known]) => known.check !== check));
  for (const { about, issue } of observations) {
    const key = `${check}|${about}`;
    const known = before.get(key);
    if (known === undefined) after.set(key, { check, issue, since: at, at, images: 1 });
    else after.set(key, { ...known, issue, at, images: known.images + (known.at === at ? 0 : 1) });
  }
  return after;
}

/** What is to be told: one issue of a code, which names the first case and counts the others. */
export function issuesOf(suspicions: ReadonlyMap<string, Suspicion>): readonly Issue[] {
  const byCode = new Map<IssueCode, Issue[]>();
  for (const suspicion of suspicions.values()) {
    if (!isToBeTold(suspicion)) continue;
    const { code } = suspicion.issue;
    byCode.set(code, [...(byCode.get(code) ?? []), suspicion.issue]);
  }
  return [...byCode.values()].map(together);
}

function isToBeTold({ at, images, issue, since }: Suspicion): boolean {
  const rule = TELL[issue.code] ?? 'at once';
  if (rule === 'at once') return true;
  if (images >= 2 && at - since >= LASTING_MS) return true;
  return rule !== 'lasting' && images >= rule && at - since >= GRACE_MS;
}

/** The gravest first, so that a reader that looks at one sees that one. */
function together(issues: readonly Issue[]): Issue {
  const [first, ...others] = issues.toSorted((a, b) => RANK[b.severity] - RANK[a.severity]);
  if (first === undefined) throw new TypeError('There is no issue to tell.');
  return others.length === 0
    ? first
    : { ...first, message: `${first.message} (${others.length} more like it.)` };
}

const RANK = { info: 0, warning: 1, error: 2 } as const;
