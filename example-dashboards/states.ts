import type { ValueMap } from '@grafana/schema';
import { MappingType } from '@grafana/schema';
import type { CONNECTION_STATES } from '../src/feeds/connection-payload.js';
import { OTHER } from './stored.js';

type State = (typeof CONNECTION_STATES)[number];

interface Shown {
  /** By which Prometheus keeps it. */
  readonly number: number;
  readonly text: string;
  readonly color: string;
}

const STATES: Readonly<Record<State, Shown>> = {
  connected: { number: 1, text: 'connected', color: 'green' },
  degraded: { number: 2, text: 'degraded', color: 'yellow' },
  reconnecting: { number: 3, text: 'reconnecting', color: 'orange' },
  auth_required: { number: 4, text: 'login required', color: 'purple' },
  disconnected: { number: 5, text: 'disconnected', color: 'red' },
};
const SEVERITIES: Readonly<Record<'info' | 'warning' | 'critical', Shown>> = {
  info: { number: 1, text: 'info', color: 'blue' },
  warning: { number: 2, text: 'warning', color: 'orange' },
  critical: { number: 3, text: 'critical', color: 'red' },
};
const ALERT_STATES: Readonly<Record<'firing' | 'resolved', Shown>> = {
  firing: { number: 1, text: 'firing', color: 'red' },
  resolved: { number: 2, text: 'resolved', color: 'green' },
};
const STALE: ValueMap['options'] = {
  true: { text: 'STALE', color: 'red' },
  false: { text: 'live', color: 'green' },
};
const WORDS = { state: STATES, severity: SEVERITIES, alert_state: ALERT_STATES };

/** word → number, for a store of numbers only */
export function numbersOf(key: keyof typeof WORDS): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(WORDS[key]).map(([word, { number }]) => [word, number]));
}

/** How words are shown where the store keeps them, and where it keeps their numbers. */
export function mappingOf(key: keyof typeof WORDS): ValueMap {
  const shown = Object.entries(WORDS[key]).flatMap(([word, { color, number, text }]) => [
    [word, { text, color }] as const,
    [String(number), { text, color }] as const,
  ]);
  const other = [String(OTHER), { text: 'unknown word', color: 'purple' }] as const;
  return { type: MappingType.ValueToText, options: Object.fromEntries([...shown, other]) };
}

export const STALE_MAPPING: ValueMap = {
  type: MappingType.ValueToText,
  options: { ...STALE, '1': { text: 'STALE', color: 'red' }, '0': { text: 'live', color: 'green' } },
};
