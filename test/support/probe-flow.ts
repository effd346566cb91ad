import { z } from 'zod';

/** Account label → what the flow was told of it. */
const Told = z.record(z.string(), z.object({ netLiquidation: z.number(), positions: z.number() }));

/** What is remembered from before a restart is no answer. */
const REMEMBER = `
  if (msg.sync.quality === 'cached') return null;
  const told = global.get('told') || {};
  const mine = told[msg.account.label] || {};
  if (msg.sync.kind === 'balances') mine.netLiquidation = msg.payload.netLiquidation;
  if (msg.sync.kind === 'positions') mine.positions = msg.payload.length;
  global.set('told', { ...told, [msg.account.label]: mine });`;
const ANSWER = `
  const told = global.get('told') || {};
  if (msg.req.query.forget) global.set('told', {});
  return { ...msg, payload: told };`;

/** A function node with one output. */
export function functionNode(id: string, func: string, wires: readonly string[]): object {
  return { id, type: 'function', z: 'tab', x: 400, y: 200, func, outputs: 1, wires: [wires] };
}

/** An account-sync, what remembers its balances and positions, and a page `/probe` that answers with them. */
export function probeFlow(connection: string): readonly object[] {
  return [
    { id: 'tab', type: 'tab', label: 'probe' },
    {
      id: 'sync1',
      type: 'account-sync',
      z: 'tab',
      x: 200,
      y: 100,
      connection,
      wires: [['remember'], ['remember'], [], []],
    },
    functionNode('remember', REMEMBER, []),
    {
      id: 'in',
      type: 'http in',
      z: 'tab',
      x: 100,
      y: 300,
      url: '/probe',
      method: 'get',
      wires: [['answer']],
    },
    functionNode('answer', ANSWER, ['out']),
    { id: 'out', type: 'http response', z: 'tab', x: 500, y: 300, wires: [] },
  ];
}

/** Node-RED never answers a request whose flow it stops in the same turn, as a deploy does. */
const ANSWERS_WITHIN_MS = 5_000;

/** What the flow was told of so many accounts; null while that is not whole. */
export async function askProbe(nodeRedUrl: string, accounts: number): Promise<z.infer<typeof Told> | null> {
  const response = await fetch(`${nodeRedUrl}/probe`, {
    signal: AbortSignal.timeout(ANSWERS_WITHIN_MS),
  }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'TimeoutError') return null;
    throw error;
  });
  // The deploy was accepted, but the flow is not started yet.
  if (response === null || !response.ok) return null;
  const parsed = Told.safeParse(await response.json());
  return parsed.success && Object.keys(parsed.data).length === accounts ? parsed.data : null;
}

/** What comes after this is news. */
export async function forgetTold(nodeRedUrl: string): Promise<void> {
  await fetch(`${nodeRedUrl}/probe?forget=yes`);
}
