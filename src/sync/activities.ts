import type { Activity } from '../domain/activity.js';

type Activities = ReadonlyMap<string, Activity>;

/** Adds activities; what is known of one stays as it was told. Nothing is removed by a list that does not repeat it. */
export function mergeActivities(before: Activities | undefined, activities: readonly Activity[]): Activities {
  const news = activities.filter(({ activityId }) => before?.has(activityId) !== true);
  if (before !== undefined && news.length === 0) return before;
  return new Map([...(before ?? []), ...news.map((activity) => [activity.activityId, activity] as const)]);
}

/** No list reaches back so far. */
const KEEP_MS = 366 * 24 * 60 * 60 * 1000;

/** The activities without those of more than a year ago; the same map when there are none. */
export function withoutOldActivities(activities: Activities, at: number): Activities {
  const isOld = ({ settledAt, time }: Activity): boolean =>
    Date.parse(time ?? settledAt ?? '') < at - KEEP_MS;
  if (![...activities.values()].some(isOld)) return activities;
  return new Map([...activities].filter(([, activity]) => !isOld(activity)));
}
