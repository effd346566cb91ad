import type { Row } from '../../support/differences.js';

/** The accounts of one broker as they really are, in the words in which they are to be told. */
export interface World {
  /** Account numbers. */
  readonly accounts: readonly string[];
  rowsOf(account: string): readonly Row[];
  /** Calls back after each change, with the account that it is of; null = of any. The returned function ends that. */
  subscribe(listener: (account: string | null) => void): () => void;
}
