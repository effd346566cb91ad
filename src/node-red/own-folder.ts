import { join } from 'node:path';

/** The folder of all files of this package, below Node-RED's user directory. */
export function ownFolder(userDir: string): string {
  return join(userDir, 'brokerage');
}

/** The id of a node as a part of a file name: an imported flow may bring any text. */
export function idInFileName(nodeId: string): string {
  return nodeId.replaceAll(/[^\w-]/g, '_').slice(0, 64);
}
