import type { NodeAPI, NodeDef } from 'node-red';
export default function register(RED: NodeAPI): void {
  RED.nodes.registerType('ibkr-config', function (config: NodeDef) {
    RED.nodes.createNode(this, config);
  });
}
