// Figures and times as people read them.
const figure = (value) =>
  value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
/** Quantities and prices keep all their digits. */
const exact = (value) =>
  value === null ? 'not known' : value.toLocaleString('en-US', { maximumFractionDigits: 8 });
const price = (value, currency) =>
  value === null ? 'not known' : `${exact(value)} ${currency || ''}`.trim();
const money = (value, currency) =>
  value === null ? 'not known' : `${figure(value)} ${currency || ''}`.trim();
const signed = (value, currency) => (value > 0 ? '+' : '') + money(value, currency);
const count = (n, one, more = `${one}s`) => `${n} ${n === 1 ? one : more}`;
