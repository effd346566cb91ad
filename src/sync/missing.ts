import type { Issue } from '../domain/issue.js';
import type { AccountState } from './state.js';

const MOST_NAMED = 3;

/** Positions that the last image left out, and that are told until another one confirms that they are gone. */
export function missingIssues({ positions }: AccountState): readonly Issue[] {
  const missing = [...(positions?.value.values() ?? [])].filter(({ missing: times }) => times > 0);
  if (missing.length === 0) return [];
  const named = missing.slice(0, MOST_NAMED).map(({ value }) => value.instrument.symbol);
  const others = missing.length - named.length;
  const names = others === 0 ? named.join(', ') : `${named.join(', ')} and ${others} more`;
  const message = `The broker left out ${names}; kept until its next download of the positions says the same.`;
  return [{ code: 'SUSPECT_EMPTY', severity: 'info', message }];
}
