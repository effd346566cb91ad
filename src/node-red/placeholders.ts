import type { NodeAPI } from 'node-red';

const PLACEHOLDER = /^\$\{([^}]+)\}$/;

/** What a dialog sends before its first deploy, when Node-RED has resolved nothing yet. */
export type UnsavedValues = Readonly<Record<string, unknown>>;

export function hasPlaceholder(values: UnsavedValues): boolean {
  return Object.values(values).some((value) => variableOf(value) !== null);
}

/**
 * The values with each `${NAME}` replaced as Node-RED does at a deploy: whole values only, and a variable that is
 * not set leaves its placeholder standing. Variables of a tab or group are known once the node is deployed.
 */
export function resolvePlaceholders(RED: NodeAPI, id: string, values: UnsavedValues): UnsavedValues {
  const node = RED.nodes.getNode(id);
  const resolve = (value: unknown): unknown => {
    const variable = variableOf(value);
    return variable === null ? value : (RED.util.getSetting(node, variable) ?? value);
  };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, resolve(value)]));
}

export function variableOf(value: unknown): string | null {
  return typeof value === 'string' ? (PLACEHOLDER.exec(value)?.[1] ?? null) : null;
}
