// Methods that several panels share; scripts/make-demo-flow.mjs puts them into each.
export const format = {
  /** Null and anything else that is no number is a dash, never 0. */
  number(value, digits = 2, more = {}) {
    if (typeof value !== 'number' || !Number.isFinite(value)) return '–';
    const options = { minimumFractionDigits: digits, maximumFractionDigits: digits, ...more };
    return new Intl.NumberFormat(undefined, options).format(value);
  },
  money(value, currency, more = {}) {
    const known = /^[A-Z]{3}$/.test(currency || '');
    if (!known) return this.number(value, 2, more);
    const digits = new Intl.NumberFormat(undefined, { style: 'currency', currency }).resolvedOptions();
    return this.number(value, digits.maximumFractionDigits, { style: 'currency', currency, ...more });
  },
  /** With its sign, also in front of a gain. */
  gain(value, currency) {
    return this.money(value, currency, { signDisplay: 'exceptZero' });
  },
  /** As many digits as the price has, four at most beyond the usual two. */
  price(value) {
    return this.number(value, 2, { maximumFractionDigits: Math.abs(value) < 10 ? 5 : 4 });
  },
  quantity(value) {
    return this.number(value, 0, { maximumFractionDigits: 8 });
  },
  percent(fraction, more = {}) {
    return this.number(fraction, 1, { style: 'percent', ...more });
  },
  tone(value) {
    if (typeof value !== 'number' || value === 0) return 'bk-even';
    return value > 0 ? 'bk-gain' : 'bk-loss';
  },
  day(text) {
    const parts = /^(\d{4})-(\d{2})(?:-(\d{2}))?$/.exec(text || '');
    if (!parts) return text || '';
    const [, year, month, date] = parts;
    const shown = { year: 'numeric', month: 'short', timeZone: 'UTC', ...(date ? { day: 'numeric' } : {}) };
    return new Intl.DateTimeFormat(undefined, shown).format(Date.UTC(year, month - 1, date || 1));
  },
  time(text, more = { hour: '2-digit', minute: '2-digit', second: '2-digit' }) {
    const at = typeof text === 'number' ? text : Date.parse(text || '');
    return Number.isNaN(at) ? '–' : new Intl.DateTimeFormat(undefined, more).format(at);
  },
  age(text, now) {
    const seconds = Math.max(0, Math.round((now - Date.parse(text || '')) / 1000));
    if (Number.isNaN(seconds)) return 'never';
    if (seconds < 5) return 'just now';
    if (seconds < 90) return `${seconds} s ago`;
    if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`;
    return seconds < 172800
      ? `${Math.round(seconds / 3600)} h ago`
      : `${Math.round(seconds / 86400)} days ago`;
  },
  kindOf({ assetClass, right }) {
    if (right) return right;
    return (assetClass || '').replace(/_/g, ' ');
  },
  /** What is held or ordered, beyond its symbol: expiry, strike and right of an option, the class of the rest. */
  contract(instrument) {
    const { assetClass, description, exchange, expiry, strike, symbol } = instrument;
    const kind = this.kindOf(instrument);
    if (strike !== null) return `${this.day(expiry)} · ${this.price(strike)} ${kind}`;
    if (expiry) return `${this.day(expiry)} ${kind}`;
    const name = description && description !== symbol ? description : kind;
    return [name, exchange].filter(Boolean).join(' · ') || assetClass;
  },
};
