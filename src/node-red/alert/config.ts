import { z } from 'zod';
import { ruleBook } from '../../alerts/rule-book.js';
import { parseQuietHours } from '../../alerts/schema/quiet-hours.js';
import { parseRules } from '../../alerts/schema/rule.js';
import type { AlertSettings } from '../../alerts/draft.js';
import { digest } from '../installation.js';

/** An alert node as the editor saves it, in the form in which it is used. */
export interface AlertConfig {
  readonly settings: AlertSettings;
  /** Sentences about what was entered and cannot be used; the rest is. */
  readonly problems: readonly string[];
}

const Saved = z.looseObject({ rules: z.unknown(), quietHours: z.unknown() });

/** One rule that does not fit must not silence the others. */
export function alertConfig(config: unknown): AlertConfig {
  const saved = Saved.partial().safeParse(config).data ?? {};
  const { problems, rules } = parseRules(saved.rules);
  const { problem, quietHours } = parseQuietHours(saved.quietHours);
  return {
    settings: { rules: ruleBook(rules), quietHours, digest },
    problems: problem === null ? problems : [...problems, problem],
  };
}
