import type { Issue, IssueCode } from '../../../domain/issue.js';
import { quote } from '../redact.js';

/** Collects what a reader of the figures should know; the same thing is said once. */
export class Issues {
  readonly #found = new Map<string, Issue>();

  add(code: IssueCode, message: string, severity: Issue['severity'] = 'warning'): void {
    this.#found.set(`${code}|${message}`, { code, severity, message });
  }

  /** A word that is not in the vocabulary; the raw text stays in the figures where there is a place for it. */
  unknownWord(what: string, word: string): void {
    this.add('UNKNOWN_ENUM', `Schwab sent an unknown ${what}: ${quote(word)}.`, 'info');
  }

  get all(): readonly Issue[] {
    return [...this.#found.values()];
  }
}
