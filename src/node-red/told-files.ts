import { join } from 'node:path';
import type { Node, NodeAPI } from 'node-red';
import { toldFile, type ToldStore } from '../state/told-file.js';
import { definitionId } from './definition-id.js';
import { digest } from './installation.js';
import { idInFileName, ownFolder } from './own-folder.js';
import { said, saidByNode } from './said.js';

/** Where an account-sync node keeps what it has told; null without a user directory. */
export function toldFileOf(RED: NodeAPI, node: Node, config: unknown): ToldStore | null {
  const { userDir } = RED.settings;
  if (userDir === undefined) return null;
  const name = `account-sync-${idInFileName(stableId(RED, node, config))}.json`;
  return toldFile({ path: join(ownFolder(userDir), name), clean: said, warn: saidByNode(node).warn });
}

/** Nodes in an instance of a subflow get other ids at every start; the path to them stays. */
function stableId(RED: NodeAPI, node: Node, config: unknown): string {
  const isInSubflow = definitionId(node.id, config) !== node.id;
  return isInSubflow ? digest(RED.util.getSetting(node, 'NR_NODE_PATH')) : node.id;
}
