/** What a secret looks like that nobody has registered. What comes after `…` is left alone, so that a second look changes nothing. */
const PATTERNS: readonly { readonly shape: RegExp; readonly becomes: string }[] = [
  // With a digit and some length: "Basic settings" is a phrase.
  { shape: /\b(Bearer|Basic)\s+(?=[\w.~+/=@%-]*\d)[\w.~+/=@%-]{8,}/gi, becomes: '$1 …' },
  // JSON, JSON in JSON, and forms.
  {
    shape:
      /((?:access_token|refresh_token|id_token|client_secret)\\*["']?\s*[:=]\s*\\*["']?)(?!…)[^\s"'\\&,;}]+/gi,
    becomes: '$1…',
  },
  // An OAuth code is long; "code=504" is a word of ours.
  { shape: /(\bcode\\*["']?\s*[:=]\s*\\*["']?)[\w.~+/=@%-]{20,}/gi, becomes: '$1…' },
  // The token of a Flex request (IBKR, Flex Web Service: `SendRequest?t=…&q=…`).
  { shape: /([?&]t=)(?!…)[^\s&"'#]+/g, becomes: '$1…' },
  // Hashes of accounts in Schwab's addresses, digests of tokens in its errors.
  { shape: /\b[0-9A-Fa-f]{64}\b/g, becomes: '…' },
  // Numbers of IBKR accounts, before a login has named its own: U1234567, paper DU1234567, advisers F and I.
  { shape: /\bD?[UFI]\d{3,5}(\d{4})\b/g, becomes: '…$1' },
  { shape: /(tokenDigest=)(?!…)[^,\]\s]+/g, becomes: '$1…' },
];

/** The text without what looks like a secret. */
export function withoutPatterns(text: string): string {
  return PATTERNS.reduce((left, { becomes, shape }) => left.replaceAll(shape, becomes), text);
}
