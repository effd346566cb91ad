import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { NodeAPI } from 'node-red';
import { z } from 'zod';
import { createMarket, startTwsSimulator, type Market, type TwsSimulator } from '../../simulators/index.js';
import type { Clock } from '../../src/ports.js';
import { hastyClock } from './clocks.js';
import { helper, NODE_RED, nodesWith } from './nodes.js';

export const EXAMPLES = new URL('../../../examples/flows/', import.meta.url);
export const FlowNode = z.looseObject({
  id: z.string(),
  type: z.string(),
  name: z.string().default(''),
  wires: z.array(z.array(z.string())).default([]),
});
export type FlowNode = z.infer<typeof FlowNode>;
const Registers = z.custom<(RED: NodeAPI) => void>((value) => typeof value === 'function');

/** An example as it is imported. */
export function exampleFlow(file: string): readonly FlowNode[] {
  return z.array(FlowNode).parse(JSON.parse(readFileSync(new URL(file, EXAMPLES), 'utf8')));
}

/** Node-RED's own nodes that the examples use, below `@node-red/nodes/core/`. */
const CORE = [
  'common/20-inject',
  'common/21-debug',
  'common/60-link',
  'function/10-function',
  'function/15-change',
  'function/80-template',
  'network/10-mqtt',
  'network/21-httprequest',
  'storage/10-file',
];

/** Alerts when net liquidation of an account is above 1: of every account, at once. */
export const RICH = {
  id: 'rich',
  name: 'Rich',
  metric: 'netLiquidation',
  operator: '>',
  threshold: 1,
  severity: 'critical',
  cooldownSeconds: 60,
};

/** A second rule that fires at once, on another matter, so that neither silences the other; told after the first. */
export const CASH = {
  ...RICH,
  id: 'cash',
  name: 'Cash',
  metric: 'totalCash',
  threshold: -1e12,
  severity: 'warning',
};

/** In what an example that runs in a test is unlike the one that is imported. */
export interface ExampleChange {
  readonly file: string;
  /** null = its own. */
  readonly rules?: readonly object[] | null;
  /** Names of a tab's environment variables → other values. */
  readonly env?: Readonly<Record<string, string>>;
  /** Laid over the nodes whose id ends so. */
  readonly nodes?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface ExampleStage extends ExampleChange {
  readonly credentials?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Further packages with nodes. */
  readonly packages?: readonly string[];
  readonly userDir?: string;
  readonly market?: Market;
  /** Of the nodes of this package; that of function nodes is the machine's. */
  readonly clock?: Clock;
  /** Of the gateway. */
  readonly faults?: readonly string[];
}

export interface RunningExample {
  readonly market: Market;
  readonly gateway: TwsSimulator;
  /** What came to the node whose id ends so, oldest first; it must be asked for before it comes. */
  readonly heard: (short: string) => readonly unknown[];
  /** The node whose id ends so. */
  readonly node: (short: string) => ReturnType<typeof helper.getNode>;
  readonly close: () => Promise<void>;
}

const TICK_SECONDS = '0.02';
const CLOCK_FACTOR = 50;

/** The id of the node whose id ends so. */
export function idInExample(file: string, short: string): string {
  return `brokerage-${file.replace(/^alerts-|\.json$/g, '')}-${short}`;
}

/** An example before a gateway at this port, with ticks as quick as a test needs them. */
export function changedExample(change: ExampleChange, gatewayPort: number): readonly FlowNode[] {
  const { env = {}, file, nodes = {}, rules = [RICH] } = change;
  return exampleFlow(file).map((node) => ({
    ...node,
    ...(node.type === 'ibkr-config' ? { port: String(gatewayPort) } : {}),
    ...(node.type === 'account-sync' ? { coalesceMs: '20' } : {}),
    ...(node.type === 'account-alert' && rules !== null ? { rules } : {}),
    ...(node.type === 'inject' && node['repeat'] !== '' ? { repeat: TICK_SECONDS, onceDelay: '0.01' } : {}),
    ...(node.type === 'tab' ? { env: withValues(node['env'], env) } : {}),
    ...nodes[node.id.replace(idInExample(file, ''), '')],
  }));
}

/** An example in a running Node-RED, in front of a simulated gateway; `helper.startServer` must have been called. */
export async function runExample(stage: ExampleStage): Promise<RunningExample> {
  const {
    clock = hastyClock(CLOCK_FACTOR),
    credentials = {},
    faults = [],
    file,
    packages = [],
    userDir,
  } = stage;
  const market = stage.market ?? createMarket({ seed: 7, accounts: 1 });
  const gateway = await startTwsSimulator({ market, faults });
  const idOf = (short: string): string => idInExample(file, short);
  const flow = changedExample(stage, gateway.port).filter(({ type }) => type !== 'comment');
  const given = Object.fromEntries(Object.entries(credentials).map(([short, value]) => [idOf(short), value]));
  // Node-RED's own wait between two attempts to reach an MQTT broker is 5 s.
  helper.settings({ mqttReconnectTime: 100 });
  await helper.load(
    [
      ...CORE.map((path) => registers(NODE_RED, `@node-red/nodes/core/${path}.js`)),
      ...packages.map((path) => registers(import.meta.url, path)),
      ...nodesWith(clock, userDir),
    ],
    flow,
    given,
  );
  return {
    market,
    gateway,
    node: (short) => helper.getNode(idOf(short)),
    heard: (short) => {
      const messages: unknown[] = [];
      helper.getNode(idOf(short)).on('input', (message: unknown) => messages.push(message));
      return messages;
    },
    close: async () => {
      await helper.unload();
      await gateway.close();
    },
  };
}

function registers(from: string, path: string): (RED: NodeAPI) => void {
  return Registers.parse(createRequire(from)(path));
}

const Rows = z.array(z.object({ name: z.string(), value: z.string(), type: z.string() }));

function withValues(rows: unknown, values: Readonly<Record<string, string>>) {
  const parsed = Rows.parse(rows);
  for (const name of Object.keys(values))
    if (!parsed.some((row) => row.name === name)) throw new Error(`no environment variable ${name}`);
  return parsed.map((row) => ({ ...row, value: values[row.name] ?? row.value }));
}
