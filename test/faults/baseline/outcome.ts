import { z } from 'zod';

/** What a run of the baseline says of itself. */
export const BaselineOutcome = z.object({
  /** What is not shown as it is, after the time in which the product must be right. */
  wrong: z.array(z.string()).readonly(),
  phantomCloses: z.array(z.string()).readonly(),
  recoveryMs: z.number().nullable(),
});

export type BaselineOutcome = z.infer<typeof BaselineOutcome>;

/** How a run ended: by its own word, by an uncaught error, or not at all. */
export type BaselineRun = { readonly number: number; readonly seed: number } & (
  | { readonly end: 'told'; readonly outcome: BaselineOutcome }
  | { readonly end: 'crashed'; readonly why: string }
  | { readonly end: 'hung' }
);
