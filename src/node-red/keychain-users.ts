/** Whoever waits for the keychain, or would like to hear that it is open again. */
const users = new Set<() => void>();

/** Calls back when somebody has seen the keychain open; the returned function ends that. */
export function waitForKeychain(onOpen: () => void): () => void {
  users.add(onOpen);
  return () => users.delete(onOpen);
}

/** The keychain was seen open. */
export function keychainIsOpen(): void {
  for (const onOpen of users) onOpen();
}
