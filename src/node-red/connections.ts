import type { BrokerName } from '../domain/account.js';
import type { Ways } from '../runtime/ways.js';

/** What a broker's config node offers to the nodes that use it. */
export type BrokerConnection =
  | {
      readonly kind: 'ready';
      readonly broker: BrokerName;
      /** The user's name of the connection, or its address. */
      readonly name: string;
      readonly ways: Ways;
      readonly accountKey: (accountNumber: string) => string;
      /** Connects anew with the secrets that are kept now. */
      readonly secretsChanged: () => void;
      /** Starts with its first user; polls as often as its most impatient one wants. The returned function leaves. */
      readonly join: (user: { readonly pollMs: number }) => () => void;
    }
  | {
      readonly kind: 'misconfigured';
      readonly broker: BrokerName;
      readonly name: string;
      readonly reason: string;
    };

/** config node id → what it offers; config nodes are made before the nodes that use them */
const connections = new Map<string, BrokerConnection>();

export function offerConnection(id: string, offer: BrokerConnection): void {
  connections.set(id, offer);
}

/** Withdraws this very offer: its successor of the same id may be here already. */
export function withdrawConnection(id: string, offer: BrokerConnection): void {
  if (connections.get(id) === offer) connections.delete(id);
}

export function findConnection(id: string): BrokerConnection | null {
  return connections.get(id) ?? null;
}
