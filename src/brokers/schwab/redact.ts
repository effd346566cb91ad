const LONGEST_QUOTE = 200;

/**
 * A text of Schwab's for people: short, in one line, and without what must not be passed on: tokens and their
 * digests, account hashes, and numbers as long as an account's (8 or 9 digits; order ids have 13).
 */
export function quote(text: string): string {
  const clean = text
    .replaceAll(/tokenDigest=[^,\]\s]+/g, 'tokenDigest=…')
    .replaceAll(/\b[0-9A-Fa-f]{64}\b/g, '…')
    .replaceAll(/\b[\w.-]{0,8}\.[A-Za-z0-9_-]{20,}@?/g, '…')
    .replaceAll(/[A-Za-z0-9+/=_-]{40,}@?/g, '…')
    .replaceAll(/(?<!\d)\d{4,5}(\d{4})(?!\d)/g, '…$1')
    .replaceAll(/\s+/g, ' ')
    .trim();
  if (clean.length <= LONGEST_QUOTE) return clean;
  // Between words: half a secret is one that nobody recognises any more.
  return `${clean.slice(0, LONGEST_QUOTE).replace(/\S*$/, '')}…`;
}
