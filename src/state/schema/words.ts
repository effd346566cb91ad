import { z } from 'zod';

/** Figures and words as they are kept; null = not known. */
export const figure = z.number().nullable();
export const word = z.string().nullable();
