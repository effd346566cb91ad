import { helper, nodeRedUtil } from '../../support/nodes.js';
import { comesTrue } from '../within.js';
import { firstFigures, type RedFault } from './red-scenario.js';
import type { Deploy, FlowChange, RedStage } from './red-stage.js';

const DEPLOYS: readonly Deploy[] = ['full', 'flows', 'nodes'];
const FEWEST = 3;
const MOST = 5;
const SETTLES_WITHIN_MS = 2_000;
/** startApi: a session begins. */
const START_API = '71';

/** In what state of the connection a deploy comes. */
type Moment = 'connect' | 'snapshot' | 'refresh' | 'live';
const MOMENTS: readonly Moment[] = ['connect', 'snapshot', 'refresh', 'live'];

/** Three to five deploys a run, so that 25 seeds make about a hundred. */
export const REDEPLOYS: RedFault = {
  number: 36,
  name: 'redeploys while connecting, loading and refreshing',
  play: async (stage) => {
    const { between, trade } = stage.ib;
    await stage.load(stage.flow());
    await firstFigures(stage);
    const listeners = countListeners();
    let current: FlowChange = {};
    for (let left = between(FEWEST, MOST); left > 0; left--) {
      await trade(2);
      await reach(stage, MOMENTS[between(0, MOMENTS.length - 1)] ?? 'live');
      current = await deployOne(stage, current);
    }
    await trade(2);
    await firstFigures(stage);
    const { gateway, proxy } = stage.ib;
    await comesTrue(SETTLES_WITHIN_MS, () => gateway.connections === 1 && proxy.clients === 1);
    if (gateway.connections !== 1)
      stage.wrong.duplicates.push(`${gateway.connections} sessions are open after the deploys`);
    const left = countListeners() - listeners;
    if (left !== 0) stage.wrong.leaks.push(`${left} listeners more than before the deploys`);
  },
};

async function reach(stage: RedStage, moment: Moment): Promise<void> {
  const { between, pass } = stage.ib;
  switch (moment) {
    case 'connect':
      return;
    case 'snapshot':
      return await pass(between(100, 3_000));
    case 'refresh':
      helper.getNode('sync').receive({ topic: ['', 'positions', 'orders'][between(0, 2)] });
      return await pass(between(0, 300));
    case 'live':
      return await firstFigures(stage);
  }
}

/** Changes account-sync, the connection, or nothing, and deploys that; returns in what the flow is now unlike the first. */
async function deployOne(stage: RedStage, current: FlowChange): Promise<FlowChange> {
  const { between, gateway } = stage.ib;
  const type = DEPLOYS[between(0, DEPLOYS.length - 1)] ?? 'full';
  const changed = (['sync', 'connection', 'nothing'] as const)[between(0, 2)] ?? 'sync';
  const begun = (): number => gateway.requests.filter(({ fields }) => fields[0] === START_API).length;
  const before = begun();
  const isConnected = gateway.connections === 1 && stage.ib.oracle.isLive();
  stage.ib.observer.note(`deploys ${type}, changed: ${changed}`);
  // Nodes that stay as they are go on speaking. Of those that are stopped the last message may be lost on its way
  // (`delivered` in red-stage.ts): a number is missing then; a change that goes with it is found by the replay.
  if (type === 'full' || changed !== 'nothing') stage.ib.oracle.silence('crash');
  const next = changeOf(stage, changed, current);
  await stage.deploy(type, stage.flow(next));
  // A full deploy restarts all there is; any other leaves alone what is the same.
  if (type !== 'full' && changed !== 'connection' && isConnected && begun() !== before)
    stage.wrong.duplicates.push(`a deploy of ${type} opened another session, changed: ${changed}`);
  return next;
}

function changeOf(
  stage: RedStage,
  changed: 'sync' | 'connection' | 'nothing',
  current: FlowChange,
): FlowChange {
  const other = stage.ib.between(1, 1_000_000);
  if (changed === 'sync')
    return { ...current, sync: { coalesceMs: String(200 + (other % 100)), name: `${other}` } };
  if (changed === 'connection') return { ...current, config: { name: `gateway ${other}` } };
  return current;
}

/** Of the process and of Node-RED's events. */
function countListeners(): number {
  return [process, nodeRedUtil.events]
    .flatMap((emitter) => emitter.eventNames().map((name) => emitter.listenerCount(name)))
    .reduce((sum, count) => sum + count, 0);
}
