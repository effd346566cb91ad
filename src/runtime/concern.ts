/** Something that is worth a word although the figures are good: it will hurt later. */
export interface Concern {
  /** What it is and what to do; null = nothing. */
  readonly sentence: string | null;
  /** Calls back after each change; the returned function ends that. */
  onChange(listener: () => void): () => void;
}
