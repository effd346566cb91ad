/** A payload without nesting, as Grafana, Telegraf and templates of Home Assistant take it; null = not known. */
export type Flat = Readonly<Record<string, string | number | boolean | null>>;

/** `relative` publishes percentages, and no amount, quantity or price paid. */
export type Privacy = 'amounts' | 'relative';

/** What a retained topic is to hold. */
export interface Leaf {
  readonly text: string;
  /** The text without its times: they alone are no reason to send it again. */
  readonly news: string;
  /** When the figures were true; of what beats, when it was made. Ms since the epoch. */
  readonly at: number;
  /** Whether it is sent again now and then, though it is the same: whoever keeps figures may forget what is silent. */
  readonly beats: boolean;
}

/** Figures that grow by themselves; a payload is no news because of them. */
const AGES: ReadonlySet<string> = new Set(['data_age_s']);
/** Numbers that say nothing of how much somebody owns. */
const HARMLESS: ReadonlySet<string> = new Set([
  'data_age_s',
  'legs',
  'leverage',
  'multiplier',
  'open_orders',
  'positions',
  'price',
  'strike',
]);

export interface LeafOptions {
  /** When the figures were true, ms since the epoch. */
  readonly at: number;
  readonly privacy: Privacy;
  /** When it is made, for what is sent again now and then. */
  readonly beatsAt?: number;
}

export function leafOf(flat: Flat, { at: toldAt, beatsAt, privacy }: LeafOptions): Leaf {
  const shown = privacy === 'relative' ? withoutAmounts(flat) : flat;
  const body = JSON.stringify(shown);
  return {
    text: dated(body, toldAt),
    news: isLasting(shown) ? body : newsOf(shown),
    at: beatsAt ?? toldAt,
    beats: beatsAt !== undefined,
  };
}

/** The payload with the time of its figures, ms since the epoch. */
export function textOf(flat: Flat, at: number): string {
  return dated(JSON.stringify(flat), at);
}

/** Thousands of positions are written several times a second: none of them twice. */
function dated(body: string, at: number): string {
  return `${body.slice(0, -1)},"ts":"${new Date(at).toISOString()}","ts_ms":${at}}`;
}

function isLasting(flat: Flat): boolean {
  for (const age of AGES) if (age in flat) return false;
  return true;
}

function newsOf(flat: Flat): string {
  return JSON.stringify(Object.entries(flat).filter(([key]) => !AGES.has(key)));
}

/** Every number that is neither a percentage nor known to be harmless becomes unknown; the key stays. */
export function withoutAmounts(flat: Flat): Flat {
  const shown = Object.entries(flat).map(([key, value]) => {
    const isHidden = typeof value === 'number' && !key.endsWith('_pct') && !HARMLESS.has(key);
    return [key, isHidden ? null : value] as const;
  });
  return Object.fromEntries(shown);
}
