import type { Issue } from '../../domain/issue.js';
import type { Kind, Notice, Provenance } from '../../domain/update.js';

/** Provenance of figures that Schwab has just sent; it names no time for them. */
export function provenance(receivedAt: number, issues: readonly Issue[] = []): Provenance {
  return { via: 'schwab', asOf: null, receivedAt, partial: false, issues };
}

/** What is wrong with one kind, of one account or (null) of all. */
export function noticeOf(of: Kind | null, account: string | null, issue: Issue): Notice {
  return { kind: 'notice', of, account, issue };
}

export function warning(code: Issue['code'], message: string): Issue {
  return { code, severity: 'warning', message };
}
