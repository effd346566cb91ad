import { accountNumberPattern, looksLikeAccountNumber } from './account-number.js';
import { base64FormsOf, formsOf, SHORTEST } from './forms.js';
import { Latest } from './latest.js';
import { withoutPatterns } from './patterns.js';

/** Credentials stay for good, and few of them are ever typed. */
const MOST_SECRETS = 500;
/** An access token lives for half an hour: these are the last four days of one login. */
const MOST_PASSING = 200;
const MOST_ACCOUNTS = 1_000;
const HIDDEN = '…';

interface Secret {
  readonly forms: readonly string[];
  readonly base64: readonly string[];
}

interface AccountNumber extends Secret {
  readonly pattern: RegExp;
  readonly masked: string;
}

/** Takes known secrets out of texts, in whatever form they stand there, then what looks like one, and masks account numbers. */
export class Redactor {
  readonly #secrets = new Latest(MOST_SECRETS, secretOf);
  readonly #passing = new Latest(MOST_PASSING, secretOf);
  readonly #accounts = new Latest(MOST_ACCOUNTS, accountNumberOf);
  /** Longest first; null = not sorted since the last registration. */
  #known: { readonly forms: readonly string[]; readonly base64: readonly string[] } | null = null;

  /** A secret that lasts: a key, a password. */
  secret(text: string): void {
    if (text.length >= SHORTEST && this.#secrets.add(text)) this.#known = null;
  }

  /** A secret that others follow: a token, a code. Only the latest are kept. */
  passing(text: string): void {
    if (text.length >= SHORTEST && this.#passing.add(text)) this.#known = null;
  }

  accountNumber(text: string): void {
    if (looksLikeAccountNumber(text) && this.#accounts.add(text)) this.#known = null;
  }

  /** The text for others to read. Cleaning it again changes nothing. */
  clean(text: string): string {
    for (let left = text; ;) {
      const cleaned = this.#once(left);
      // What closes around a gap may be a secret itself; each round is shorter or the last.
      if (cleaned === left) return left;
      left = cleaned;
    }
  }

  #once(text: string): string {
    this.#known ??= this.#sorted();
    let left = text;
    for (const form of this.#known.forms) left = left.replaceAll(form, HIDDEN);
    for (const form of this.#known.base64) left = withoutRunsAround(left, form);
    left = withoutPatterns(left);
    for (const { masked, pattern } of this.#accounts.values()) left = left.replaceAll(pattern, masked);
    return left;
  }

  #sorted() {
    const secrets = [...this.#secrets.values(), ...this.#passing.values()];
    const encoded = [...secrets, ...this.#accounts.values()];
    return {
      forms: encoded.flatMap(({ forms }) => forms).toSorted((a, b) => b.length - a.length),
      base64: encoded.flatMap(({ base64 }) => base64).toSorted((a, b) => b.length - a.length),
    };
  }
}

function secretOf(text: string): Secret {
  return { forms: formsOf(text), base64: base64FormsOf(text) };
}

/** Where the number itself stands, its last four characters stay; a coded one is hidden as a whole. */
function accountNumberOf(text: string): AccountNumber {
  return {
    forms: formsOf(text).filter((form) => form !== text),
    base64: base64FormsOf(text),
    pattern: accountNumberPattern(text),
    masked: `${HIDDEN}${text.slice(-4).replaceAll('$', '$$$$')}`,
  };
}

/** What stands beside it in the same base64 text is the other half of a secret. */
function withoutRunsAround(text: string, form: string): string {
  if (!text.includes(form)) return text;
  return text.replaceAll(/[A-Za-z0-9+/_-]+=*/g, (run) => (run.includes(form) ? HIDDEN : run));
}
