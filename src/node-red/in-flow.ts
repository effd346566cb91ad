import type { NodeAPI } from 'node-red';

/** Whether a node is still in the flow: disabled ones are, although Node-RED calls them removed. */
export function isInFlow(RED: NodeAPI, nodeId: string): boolean {
  let isThere = false;
  RED.nodes.eachNode(({ id }) => (isThere ||= id === nodeId));
  return isThere;
}
