import { join } from 'node:path';
import type { Node, NodeAPI } from 'node-red';
import { toldFile, type ToldStore } from '../state/told-file.js';
import { idInFileName, ownFolder } from './own-folder.js';
import { said, saidByNode } from './said.js';
import { stableId } from './stable-id.js';

/** Where an account-sync node keeps what it has told; null without a user directory. */
export function toldFileOf(RED: NodeAPI, node: Node, config: unknown): ToldStore | null {
  const { userDir } = RED.settings;
  if (userDir === undefined) return null;
  const name = `account-sync-${idInFileName(stableId(RED, node, config))}.json`;
  return toldFile({ path: join(ownFolder(userDir), name), clean: said, warn: saidByNode(node).warn });
}
