import { z } from 'zod';

/** The libraries that reach the system keychain, the one that is tried first in front. */
export const LIBRARIES = ['keytar', '@napi-rs/keyring'] as const;
export type LibraryName = (typeof LIBRARIES)[number];

const Place = { library: z.enum(LIBRARIES), service: z.string().min(1), account: z.string().min(1) };

/** What the child process is asked to do, once. */
export const KeychainRequest = z.discriminatedUnion('act', [
  z.object({ act: z.literal('read'), ...Place }),
  z.object({ act: z.literal('write'), ...Place, text: z.string() }),
  z.object({ act: z.literal('remove'), ...Place }),
]);
export type KeychainRequest = Readonly<z.infer<typeof KeychainRequest>>;

/** What became of it; `text` is what was read, null where nothing was found and after other acts. */
export const KeychainAnswer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('done'), text: z.string().nullable() }),
  z.object({ kind: z.literal('not-installed'), said: z.string() }),
  z.object({ kind: z.literal('failed'), said: z.string() }),
]);
export type KeychainAnswer = Readonly<z.infer<typeof KeychainAnswer>>;
