/** What an account-sync node offers to nodes that need what it has told, and have no wire back to it. */
export interface Reader {
  /** Id of the node. */
  readonly id: string;
  /** Id of the connection that it reads. */
  readonly connection: string;
  /** Ids of the nodes that its outputs are wired to. */
  readonly wiredTo: () => ReadonlySet<string>;
  /** Asks the broker anew; the answer goes out of its outputs. @throws BrokerageError */
  readonly refresh: () => Promise<void>;
  /** Tells again what it has told last, through its outputs; its state goes to `tell`. */
  readonly tellAgain: (tell: (message: object) => void) => Promise<void>;
}

/** node id → what it offers */
const readers = new Map<string, Reader>();
const listeners = new Set<(connection: string) => void>();

/** The returned function withdraws it. */
export function offerReader(reader: Reader): () => void {
  readers.set(reader.id, reader);
  return () => {
    // Its successor of the same id may be here already.
    if (readers.get(reader.id) === reader) readers.delete(reader.id);
    for (const listener of listeners) listener(reader.connection);
  };
}

export function allReaders(): readonly Reader[] {
  return [...readers.values()];
}

/** Calls back with its connection when an account-sync node has stopped; the returned function ends that. */
export function onReaderStopped(listener: (connection: string) => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
