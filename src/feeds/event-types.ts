import { EVENT_METRICS, NUMBER_METRICS } from '../alerts/metric-names.js';

/** Of several alerts in one message that are about different things. */
const SEVERAL = 'several';
const OTHER = 'other';
const ENDED = '_ended';

const NAMES = [...new Set([...NUMBER_METRICS, ...EVENT_METRICS].map(snake)), SEVERAL, OTHER];

/** Every `event_type` there is: Home Assistant ignores one that it was not told of before. */
export const EVENT_TYPES: readonly string[] = [...NAMES, ...NAMES.map((name) => `${name}${ENDED}`)];

/** What an alert is about, as one word; another one for its end, so that an end starts no automation that a beginning does. */
export function eventTypeOf({
  metric,
  state,
}: {
  readonly metric: string | null;
  readonly state: 'firing' | 'resolved';
}): string {
  const name = metric === null ? SEVERAL : snake(metric);
  return `${NAMES.includes(name) ? name : OTHER}${state === 'resolved' ? ENDED : ''}`;
}

function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
