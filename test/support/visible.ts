/** One line without controls, without marks that nobody sees, and without half a character. */
export const VISIBLE =
  /^(?:(?!\u034f)[^\p{Cc}\p{Surrogate}\u00ad\u061c\u115f\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}])*$/u;
