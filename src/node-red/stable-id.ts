import type { Node, NodeAPI } from 'node-red';
import { definitionId } from './definition-id.js';
import { digest } from './installation.js';

/** Nodes in an instance of a subflow get other ids at every start; the path to them stays. */
export function stableId(RED: NodeAPI, node: Node, config: unknown): string {
  const isInSubflow = definitionId(node.id, config) !== node.id;
  return isInSubflow ? digest(RED.util.getSetting(node, 'NR_NODE_PATH')) : node.id;
}
