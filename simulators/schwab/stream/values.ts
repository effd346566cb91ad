/** A .NET decimal: value = lo / 10^(signScale >> 1), negative if signScale is odd. */
export interface StreamDecimal {
  readonly lo?: string;
  readonly signScale: number;
}

const SCALE = 6;

/** With six decimals, as all amounts on the stream; 0 has no `lo`. */
export const decimal = (value: number): StreamDecimal => {
  const lo = BigInt(Math.round(Math.abs(value) * 10 ** SCALE));
  const signScale = SCALE * 2 + (value < 0 && lo !== 0n ? 1 : 0);
  return lo === 0n ? { signScale } : { lo: String(lo), signScale };
};

/** Sizes of quotes: whole, without a scale. */
export const size = (value: number): object => ({ lo: String(value) });

const EASTERN = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'America/New_York',
  dateStyle: 'short',
  timeStyle: 'medium',
});

/** New York's wall clock, without a zone: `2024-10-22 10:22:06.606`. */
export const wallTime = (at: number): object => ({
  DateTimeString: `${EASTERN.format(at)}.${String(Math.floor(at) % 1000).padStart(3, '0')}`,
});

/** New York's day. */
export const wallDate = (at: number): object => ({ DateTimeString: EASTERN.format(at).slice(0, 10) });
