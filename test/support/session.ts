import {
  createMarket,
  startTwsSimulator,
  type Market,
  type TwsSimulator,
  type TwsSimulatorOptions,
} from '../../simulators/index.js';
import type { EventEmitter } from 'node:events';
import type { NodeAPI } from 'node-red';
import { z } from 'zod';
import type { Clock } from '../../src/ports.js';
import { awake, eventually, fastClock } from './clocks.js';
import { flowOf, helper, nodesWith, type Wiring } from './nodes.js';

/** Waits are twenty times as short, so that reconnects and time-outs pass in a test's time. */
const CLOCK_FACTOR = 20;

export interface Stage extends TwsSimulatorOptions {
  readonly wiring?: Omit<Wiring, 'port'>;
  /** Node-RED's user directory; without one a restart begins anew. */
  readonly userDir?: string;
  /** Instead of one in which waits are short. */
  readonly clock?: Clock;
  /** How many times as short waits are. */
  readonly clockFactor?: number;
  /** Instead of the simulator's port. */
  readonly port?: number;
  /** Nodes of others that the flow needs. */
  readonly nodes?: readonly ((RED: NodeAPI) => void)[];
}

/** A gateway and a running flow, and everything the flow said. */
export interface Running {
  readonly market: Market;
  readonly gateway: TwsSimulator;
  /** Output name → its messages, oldest first. */
  readonly said: ReadonlyMap<string, readonly unknown[]>;
  /** Status texts of the node, oldest first. */
  readonly statuses: readonly string[];
  readonly last: <S extends z.ZodType>(output: string, schema: S) => z.output<S> | undefined;
  /** Waits until a message of this output fits and is accepted. */
  readonly until: <S extends z.ZodType>(
    output: string,
    schema: S,
    accept?: (message: z.output<S>) => boolean,
  ) => Promise<z.output<S>>;
  readonly close: () => Promise<void>;
}

/** A call of `node.status`, as the test helper's spy tells it. */
const StatusCall = z.object({ firstArg: z.object({ text: z.string().optional() }) });
const OUTPUTS = ['balances', 'positions', 'orders', 'status', 'errors'] as const;

/** Starts a gateway and our nodes in a running Node-RED; `helper.startServer` must have been called. */
export async function run(stage: Stage = {}): Promise<Running> {
  const market = stage.market ?? createMarket({ seed: 7, accounts: 1 });
  const {
    clockFactor = CLOCK_FACTOR,
    clock = awake(fastClock(clockFactor)),
    wiring,
    port,
    userDir,
    nodes = [],
    ...options
  } = stage;
  const gateway = await startTwsSimulator({ ...options, market });
  const said = new Map<string, unknown[]>(OUTPUTS.map((output) => [output, []]));
  const statuses: string[] = [];
  await helper.load(
    [...nodes, ...nodesWith(clock, userDir)],
    flowOf({ port: port ?? gateway.port, ...wiring }),
    wiring?.credentials ?? {},
  );
  for (const output of OUTPUTS)
    helper.getNode(output).on('input', (message: unknown) => said.get(output)?.push(message));
  const sync: EventEmitter = helper.getNode('sync');
  sync.on('call:status', (call: unknown) => statuses.push(StatusCall.parse(call).firstArg.text ?? ''));

  const running: Running = {
    market,
    gateway,
    said,
    statuses,
    last: (output, schema) =>
      said
        .get(output)
        ?.map((message) => schema.safeParse(message))
        .findLast(({ success }) => success)?.data,
    until: async (output, schema, accept = () => true) =>
      await eventually(
        () =>
          said
            .get(output)
            ?.map((message) => schema.safeParse(message))
            .find(({ data, success }) => success && data !== undefined && accept(data))?.data,
        {
          what: `a message on ${output}; it said ${JSON.stringify(said.get(output)?.slice(-2))?.slice(0, 500)}`,
        },
      ),
    close: async () => {
      await helper.unload();
      await gateway.close();
    },
  };
  return running;
}
