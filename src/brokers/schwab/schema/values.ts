import { z } from 'zod';

const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/** A number, or a text that is one; anything else, also no value at all, is not known. */
export const NumberOrNull = z
  .unknown()
  .optional()
  .transform((raw) => {
    const number = typeof raw === 'string' && NUMBER.test(raw.trim()) ? Number(raw) : raw;
    return typeof number === 'number' && Number.isFinite(number) ? number : null;
  });

/** A number without which a row cannot be told: missing is not known, and anything else makes the row unreadable. */
export const NumberOrMissing = z
  .union([z.number(), z.string().trim().regex(NUMBER).transform(Number)])
  .nullish()
  .transform((number) => number ?? null);

/** A quantity or price that is never below 0; one that is says nothing. */
export const SizeOrNull = NumberOrNull.transform((number) => (number !== null && number < 0 ? null : number));

/** A text; an empty one says nothing. */
export const TextOrNull = z
  .unknown()
  .optional()
  .transform((raw) => (typeof raw === 'string' && raw.trim() !== '' ? raw.trim() : null));

/**
 * An id as text. JSON numbers above 2^53 come out of JSON.parse as another number, so they are refused rather than
 * taken for somebody else's id.
 */
export const Id = z.union([
  z.string().trim().min(1),
  z.number().refine(Number.isSafeInteger, 'The id is too large to be read exactly.').transform(String),
]);

/** Account numbers have eight digits; as a JSON number they lose the zeros at their beginning. */
const ACCOUNT_DIGITS = 8;

/** The number of an account: a text in all real answers, and one account whatever it comes as. */
export const AccountNumber = z.union([
  z.string().trim().min(1),
  z
    .number()
    .refine((number) => Number.isSafeInteger(number) && number >= 0, 'That is no account number.')
    .transform((number) => String(number).padStart(ACCOUNT_DIGITS, '0')),
]);

export const IdOrNull = Id.nullish().transform((id) => id ?? null);

/** A yes or no; the document has a number where real answers have a boolean. */
export const FlagOrNull = z
  .unknown()
  .optional()
  .transform((raw) => {
    if (typeof raw === 'boolean') return raw;
    return raw === 0 || raw === 1 ? raw === 1 : null;
  });

/** A list; missing or null is empty. Its rows are judged one by one. */
export const Rows = z
  .array(z.unknown())
  .nullish()
  .transform((rows) => rows ?? []);
