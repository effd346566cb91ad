/** Times as Schwab writes them in answers: `2025-07-25T16:02:06+0000`. */
export const answerTime = (at: number): string =>
  `${new Date(Math.floor(at / 1000) * 1000).toISOString().slice(0, 19)}+0000`;

// With or without milliseconds, and always a literal Z: `+0000` is refused.
const ASKED = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3})?Z$/;

/** A time in a question; null when Schwab would refuse it. */
export const askedTime = (text: string): number | null => {
  const at = ASKED.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : at;
};
