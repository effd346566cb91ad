import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { z } from 'zod';
import { launchBrowser, missingBrowser } from '../support/browser.js';
import { brokerConfig } from '../support/core-mqtt.js';
import { editNode, leave, openEditor, overhang, type Editor } from '../support/editor.js';
import { complaints, loadsItsNodes } from '../support/loaded-nodes.js';
import { startNodeRed, type NodeRedProcess } from '../support/node-red-process.js';

const onTab = (id: string, y: number, more: object) => ({ id, z: 'tab1', x: 200, y, wires: [], ...more });
const FLOWS = [
  { id: 'tab1', type: 'tab', label: 'Flow' },
  { id: 'ibkr1', type: 'ibkr-config', version: 1, port: '1' },
  // Disabled, so that nothing tries to connect while somebody looks at dialogs.
  onTab('sync1', 60, {
    type: 'account-sync',
    version: 1,
    connection: 'ibkr1',
    wires: [['feed1'], [], [], []],
    d: true,
  }),
  brokerConfig(1883),
  onTab('feed1', 120, { type: 'account-mqtt', version: 1, broker: 'broker', d: true }),
  onTab('feed2', 180, {
    type: 'account-mqtt',
    version: 1,
    broker: '',
    topicPrefix: '${PREFIX}',
    qos: '${QOS}',
    privacy: '${PRIVACY}',
    homeAssistant: false,
    d: true,
  }),
];
const Saved = z.looseObject({
  broker: z.string(),
  topicPrefix: z.string(),
  homeAssistant: z.boolean(),
  discoveryPrefix: z.string(),
  qos: z.union([z.string(), z.number()]),
  privacy: z.string(),
});

describe('the dialog of the mqtt feed', () => {
  let nodeRed: NodeRedProcess;
  let browser: Browser;
  let editor: Editor;
  let page: Page;

  before(async function () {
    this.timeout(60_000);
    const missing = missingBrowser();
    if (missing !== null) return this.skip();
    nodeRed = await startNodeRed({ flows: FLOWS });
    browser = await launchBrowser();
    editor = await openEditor(browser, nodeRed.url);
    page = editor.page;
  });
  after(async () => {
    await browser?.close();
    await nodeRed?.stop();
  });

  const saved = async (id: string): Promise<z.infer<typeof Saved>> =>
    Saved.parse(
      await page.evaluate(
        `(({ broker, topicPrefix, homeAssistant, discoveryPrefix, qos, privacy }) => ({ broker, topicPrefix, homeAssistant, discoveryPrefix, qos, privacy }))(RED.nodes.node('${id}'))`,
      ),
    );

  it('is loaded with the other nodes, and nobody complains', async () => {
    await loadsItsNodes(nodeRed);
    assert.deepEqual(complaints(nodeRed), []);
  });

  it('shows the defaults, says what they mean, and saves what was chosen', async () => {
    await editNode(page, 'feed1');
    assert.match(
      await page.locator('#account-mqtt-topicPrefix-hint').innerText(),
      /^brokerage\/<account>\/summary/,
    );
    assert.match(await page.locator('#account-mqtt-qos-hint').innerText(), /Sent again until/);
    assert.equal(await page.locator('#node-input-broker').inputValue(), 'broker');
    assert.ok((await overhang(page)) <= 0);
    await page.locator('#node-input-topicPrefix').fill('/home/money/');
    assert.match(await page.locator('#account-mqtt-topicPrefix-hint').innerText(), /^home\/money\/<account>/);
    await page.locator('#node-input-privacy').selectOption('relative');
    assert.match(await page.locator('#account-mqtt-privacy-hint').innerText(), /No amount/);
    await page.locator('#node-input-qos').selectOption('0');
    assert.match(await page.locator('#account-mqtt-qos-hint').innerText(), /is lost, alerts too/);
    await page.locator('#node-input-homeAssistant').uncheck();
    assert.equal(await page.locator('#account-mqtt-discovery').isVisible(), false);
    await leave(page, 'ok');
    const { broker, homeAssistant, privacy, qos, topicPrefix } = await saved('feed1');
    assert.deepEqual(
      [broker, homeAssistant, privacy, String(qos), topicPrefix],
      ['broker', false, 'relative', '0', '/home/money/'],
    );
  });

  it('says what cannot be a topic, and marks the node', async () => {
    await editNode(page, 'feed1');
    await page.locator('#node-input-topicPrefix').fill('money/#');
    assert.match(await page.locator('#account-mqtt-topicPrefix-reason').innerText(), /without \+, # and \$/);
    await leave(page, 'ok');
    assert.equal(await page.evaluate("RED.nodes.node('feed1').valid"), false);
    await editNode(page, 'feed1');
    await page.locator('#node-input-topicPrefix').fill('money');
    assert.equal(await page.locator('#account-mqtt-topicPrefix-reason').innerText(), '');
    await leave(page, 'ok');
    assert.equal(await page.evaluate("RED.nodes.node('feed1').valid"), true);
  });

  it('keeps environment variables, and wants a broker', async () => {
    assert.equal(await page.evaluate("RED.nodes.node('feed2').valid"), false);
    await editNode(page, 'feed2');
    assert.match(
      await page.locator('#account-mqtt-privacy-hint').innerText(),
      /environment variable decides/,
    );
    await leave(page, 'ok');
    const { privacy, qos, topicPrefix } = await saved('feed2');
    assert.deepEqual([privacy, qos, topicPrefix], ['${PRIVACY}', '${QOS}', '${PREFIX}']);
  });

  it('has words for everything it says, and help', async () => {
    await page.evaluate("RED.sidebar.help.show('account-mqtt')");
    await page.getByText('brokerage/<account>/positions/<position>').waitFor();
    const { inputs, outputs } = z
      .object({ inputs: z.number(), outputs: z.number() })
      .parse(
        await page.evaluate(
          "(({ inputs, outputs }) => ({ inputs, outputs }))(RED.nodes.getType('account-mqtt'))",
        ),
      );
    assert.deepEqual([inputs, outputs], [1, 0]);
    await editNode(page, 'feed1');
    assert.doesNotMatch(await page.locator('.account-mqtt-form').innerText(), /account-mqtt\./);
    await leave(page, 'cancel');
    assert.deepEqual(editor.misdeeds, []);
  });
});
