import type { NodeAPI, NodeDef } from 'node-red';

export default function register(RED: NodeAPI): void {
  registerWith(RED);
}

/** Registers the node that turns the messages of an account into alerts. */
export function registerWith(RED: NodeAPI): void {
  RED.nodes.registerType('account-alert', function (config: NodeDef) {
    RED.nodes.createNode(this, config);
  });
}
