import assert from 'node:assert/strict';
import { createMarket, startTwsSimulator, type TwsSimulator } from '../../simulators/index.js';
import { exampleFlow, RICH } from '../support/example-flow.js';
import { startTestMqtt, type TestMqtt } from '../support/mqtt-broker.js';
import { startNodeRed, type NodeRedProcess } from '../support/node-red-process.js';
import { poll } from '../support/poll.js';
import { json, startScriptedHttp, type ScriptedHttp } from '../support/scripted-http.js';

const FILES = `contextStorage: { default: { module: 'localfilesystem' } },`;

/** 0.4 minutes is long enough for a restart, and short enough for a test. */
const VALUES: Readonly<Record<string, string>> = {
  ESCALATE_MINUTES: '0.4',
  NTFY_TOPIC: 'my-alerts',
  RETRY_SECONDS: '1',
  TRIES: '100',
};

/** Waits in a real Node-RED are as long as in life: one run for all. */
describe('alerts that wait while Node-RED restarts, with its context in files', function () {
  this.timeout(180_000);
  let gateway: TwsSimulator;
  let ntfy: ScriptedHttp;
  let broker: TestMqtt;
  let nodeRed: NodeRedProcess;

  before(async () => {
    gateway = await startTwsSimulator({ market: createMarket({ seed: 7, accounts: 1 }) });
    ntfy = await startScriptedHttp();
    broker = await startTestMqtt();
    const values: Record<string, string> = { ...VALUES, NTFY_URL: ntfy.url };
    const flows = ['alerts-ntfy.json', 'alerts-escalation.json'].flatMap((file, index) =>
      exampleFlow(file).map((node) => {
        switch (node.type) {
          case 'ibkr-config':
            return { ...node, port: String(gateway.port), clientId: String(17 + index) };
          case 'account-alert':
            return { ...node, rules: [RICH] };
          case 'mqtt-broker':
            return { ...node, port: String(broker.port) };
          case 'inject':
            return node['repeat'] === '' ? node : { ...node, repeat: '1' };
          case 'tab':
            return { ...node, env: rowsWith(node['env'], values) };
          default:
            return node;
        }
      }),
    );
    ntfy.answer((_request, response) => json(response, { error: 'busy' }, 503));
    nodeRed = await startNodeRed({ flows, settings: FILES });
  });
  after(async () => {
    await nodeRed?.stop();
    await broker?.close();
    await ntfy?.close();
    await gateway?.close();
  });

  const on = (channel: 'first' | 'second') =>
    broker.frames.filter(({ topic }) => topic === `brokerage/alerts/${channel}`);
  const until = async (what: string, isSo: () => boolean): Promise<void> =>
    void (await poll(() => (isSo() ? true : null), { withinMs: 60_000, what }));

  it('are delivered, and escalated once', async () => {
    await until('a try that ntfy refuses', () => ntfy.requests.length > 0);
    await until('the alert on the first channel', () => on('first').length > 0);
    assert.equal(on('second').length, 0);
    await nodeRed.restart();
    ntfy.answer((_request, response) => json(response, { id: 'x' }));
    const before = ntfy.requests.length;
    await until('the alert at ntfy', () => ntfy.requests.length > before);
    assert.match(ntfy.requests.at(-1)?.body ?? '', /net liquidation/i);
    await until('the alert on the second channel', () => on('second').length > 0);
    assert.match(on('second')[0]?.payload ?? '', /^Not acknowledged for 0\.4 minutes: .*net liquidation/i);
    assert.equal(on('first').length, 1);
    assert.equal(ntfy.requests.length, before + 1);
  });
});

function rowsWith(rows: unknown, values: Readonly<Record<string, string>>): readonly object[] {
  return Array.isArray(rows)
    ? rows.map((row: { name: string; value: string }) => ({ ...row, value: values[row.name] ?? row.value }))
    : [];
}
