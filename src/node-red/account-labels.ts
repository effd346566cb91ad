import { field } from './config-field.js';
import type { Right, Wrong } from './config-field.js';
import { asText } from './config-values.js';

/** Account number → the user's label. */
export type AccountLabels = ReadonlyMap<string, string>;

const LONGEST_LABEL = 60;

/** Labels name accounts in topics, so two accounts cannot share one and a slash cannot be in one. */
export function labels(name: string) {
  return field<AccountLabels>({ name, fallback: new Map(), read: readLabels });
}

function readLabels(raw: unknown): Right<AccountLabels> | Wrong {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    return { shown: 'not a list of labels', wrong: 'it must be account numbers with a label each' };
  const read = new Map<string, string>();
  const taken = new Set<string>();
  for (const [number, value] of Object.entries(raw)) {
    const label = asText(value);
    const wrong = number.trim() === '' ? 'it has no account number' : misfit(label, taken);
    if (label === null || wrong !== null)
      return { shown: `a list whose entry ${read.size + 1} does not fit`, wrong: wrong ?? 'it must be text' };
    taken.add(label);
    read.set(number.trim(), label);
  }
  return { right: read };
}

function misfit(label: string | null, taken: ReadonlySet<string>): string | null {
  if (label === null) return 'a label must be text';
  if (label === '') return 'the label is blank';
  if (label.length > LONGEST_LABEL) return `a label has at most ${LONGEST_LABEL} characters`;
  if (label.includes('/')) return 'a label cannot contain a slash, it is part of the topic';
  return taken.has(label) ? `two accounts are called "${label}"` : null;
}
