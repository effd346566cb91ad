import { z } from 'zod';

interface NumberField {
  /** What a blank or missing field means; absent = it must be there. */
  readonly fallback?: number;
  readonly from?: number;
  readonly to?: number;
}

/** A number as the editor saves it: a number, or a text that is one. */
export function numberField({ fallback, from = -1e15, to = 1e15 }: NumberField) {
  return z
    .unknown()
    .optional()
    .transform((raw, context): number => {
      const blank = isBlank(raw);
      if (blank && fallback !== undefined) return fallback;
      const value = blank ? Number.NaN : numberOf(raw);
      if (Number.isFinite(value) && value >= from && value <= to) return value;
      const range = from === -1e15 ? 'a number' : `a number from ${from} to ${to}`;
      context.addIssue({ code: 'custom', message: `is ${shown(raw)}: it must be ${range}` });
      return z.NEVER;
    });
}

/** As `numberField`; null = left blank. */
export function numberIfAny() {
  return z
    .unknown()
    .optional()
    .transform((raw, context): number | null => {
      if (isBlank(raw)) return null;
      const value = numberOf(raw);
      if (Number.isFinite(value)) return value;
      context.addIssue({ code: 'custom', message: `is ${shown(raw)}: it must be a number` });
      return z.NEVER;
    });
}

export function trueOrFalse(fallback: boolean) {
  return z
    .unknown()
    .optional()
    .transform((raw, context): boolean => {
      if (isBlank(raw)) return fallback;
      if (raw === true || raw === 'true') return true;
      if (raw === false || raw === 'false') return false;
      context.addIssue({ code: 'custom', message: `is ${shown(raw)}: it must be true or false` });
      return z.NEVER;
    });
}

export function oneOf<const Word extends string>(words: readonly Word[], fallback?: NoInfer<Word>) {
  return z
    .unknown()
    .optional()
    .transform((raw, context): Word => {
      if (isBlank(raw) && fallback !== undefined) return fallback;
      const word = words.find((candidate) => candidate === raw);
      if (word !== undefined) return word;
      context.addIssue({
        code: 'custom',
        message: `is ${shown(raw)}: it must be one of ${words.join(', ')}`,
      });
      return z.NEVER;
    });
}

export function textField(longest: number) {
  return z
    .unknown()
    .optional()
    .transform((raw, context): string => {
      if (isBlank(raw)) return '';
      if ((typeof raw === 'string' || typeof raw === 'number') && String(raw).length <= longest)
        return String(raw);
      context.addIssue({ code: 'custom', message: `must be a text of at most ${longest} characters` });
      return z.NEVER;
    });
}

/** Words, as a list or as a text with commas. */
export const wordsField = z
  .unknown()
  .optional()
  .transform((raw, context): string[] => {
    if (isBlank(raw)) return [];
    const list: unknown = typeof raw === 'string' ? raw.split(',') : raw;
    const words = z.array(z.string().max(80)).max(100).safeParse(list);
    if (words.success) return words.data.map((word) => word.trim()).filter((word) => word !== '');
    context.addIssue({ code: 'custom', message: `is ${shown(raw)}: it must be words, separated by commas` });
    return z.NEVER;
  });

function isBlank(raw: unknown): boolean {
  return raw === undefined || raw === null || (typeof raw === 'string' && raw.trim() === '');
}

function numberOf(raw: unknown): number {
  return typeof raw === 'number' || typeof raw === 'string' ? Number(raw) : Number.NaN;
}

/** Enough to recognise what was entered, and not more: it may be an account number in the wrong field. */
function shown(raw: unknown): string {
  if (isBlank(raw)) return 'missing';
  if (typeof raw === 'number' || typeof raw === 'boolean') return String(raw);
  return typeof raw === 'string' && /^[\w<>=.%-]{1,24}$/.test(raw) && !/(?:\d\D*){6}/.test(raw)
    ? JSON.stringify(raw)
    : `something else (${typeof raw})`;
}
