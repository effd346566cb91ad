import type { Silence } from './schema/state.js';

/** What a silence may mean: an episode by its alert id, a key, or all of a rule. */
export interface Episode {
  readonly ruleId: string;
  readonly key: string;
  /** ms since the epoch; null = it does not fire. */
  readonly firedAt: number | null;
  readonly alertId: string | null;
}

/** Whether a person wants to hear nothing of it at `at`. */
export function isSilenced(silences: readonly Silence[], episode: Episode, at: number): boolean {
  return silences.some((one) => one.kind === 'silence' && covers(one, episode, at));
}

/** Whether a person has seen it: what begins after that is another matter. */
export function isAcknowledged(silences: readonly Silence[], episode: Episode, at: number): boolean {
  const { firedAt } = episode;
  return silences.some(
    (one) =>
      one.kind === 'acknowledge' && firedAt !== null && firedAt <= one.from && covers(one, episode, at),
  );
}

function covers({ alertId, key, ruleId, until }: Silence, episode: Episode, at: number): boolean {
  if (at >= until) return false;
  if (alertId !== null) return alertId === episode.alertId;
  if (key !== null) return key === episode.key;
  return ruleId !== null && ruleId === episode.ruleId;
}

/** The silences that still hold at `at`. */
export function lasting(silences: readonly Silence[], at: number): readonly Silence[] {
  return silences.some(({ until }) => at >= until) ? silences.filter(({ until }) => at < until) : silences;
}
