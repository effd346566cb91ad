import type { NodeAPI, NodeDef } from 'node-red';
export default function register(RED: NodeAPI): void {
  RED.nodes.registerType('account-sync', function (config: NodeDef) {
    RED.nodes.createNode(this, config);
  });
}
