import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { parseAccountSyncConfig, parseIbkrConfig } from '../../src/node-red/editor-config.js';
import { editConfig, editNode, leave, overhang } from '../support/editor.js';
import { editorSuite } from '../support/editor-suite.js';

const PORT_WHERE_NOBODY_LISTENS = '1';
const FLOWS = [
  { id: 'tab1', type: 'tab', label: 'Flow' },
  { id: 'ibkr1', type: 'ibkr-config', version: 1, name: 'Home', port: PORT_WHERE_NOBODY_LISTENS },
  {
    id: 'ibkr2',
    type: 'ibkr-config',
    port: PORT_WHERE_NOBODY_LISTENS,
    tradingMode: '${MODE}',
    backupHost: 'b',
  },
  {
    id: 'sync1',
    type: 'account-sync',
    z: 'tab1',
    connection: 'ibkr1',
    x: 200,
    y: 100,
    wires: [[], [], [], []],
  },
  {
    id: 'sync2',
    type: 'account-sync',
    z: 'tab1',
    connection: 'ibkr2',
    x: 200,
    y: 200,
    wires: [[], [], [], []],
  },
];
const FOUND = {
  ok: true,
  message: 'Connected to IB Gateway.',
  serverVersion: 187,
  readOnlyApi: false,
  accounts: [
    { label: '<img src=x onerror=alert(1)>', type: 'individual', tradingMode: 'paper' },
    { label: '…4567', type: null, tradingMode: 'live' },
  ],
};

describe('the editor', function () {
  this.timeout(60_000);
  const suite = editorSuite(FLOWS);
  let page: Page;

  before(() => ({ page } = suite));

  /** Answers the connection test in the place of Node-RED and keeps what the dialog sent. */
  async function answerTest(status: number, json: object): Promise<{ url: string; body: unknown }[]> {
    const sent: { url: string; body: unknown }[] = [];
    await page.route('**/brokerage/**', async (route) => {
      sent.push({ url: route.request().url(), body: route.request().postDataJSON() });
      await route.fulfill({ status, json });
    });
    return sent;
  }

  const result = () => page.locator('#ibkr-test-result');
  const problem = (name: string) => page.locator(`#ibkr-${name}-reason, #account-sync-${name}-reason`);
  const saved = (id: string) =>
    page.evaluate(`JSON.parse(JSON.stringify(RED.nodes.convertNode(RED.nodes.node('${id}'))))`);

  it('loads both nodes without a warning', () => {
    assert.doesNotMatch(suite.nodeRed.output(), /\[(warn|error)\] \[@tradinghelper|missing types|uncaught/i);
  });

  it('shows account sync in the category brokerage, with its ports named', async () => {
    await page.locator('#red-ui-palette-search input').pressSequentially('account');
    await page
      .locator('#red-ui-palette-container .red-ui-palette-node[data-palette-type="account-sync"]')
      .waitFor();
    await page.locator('#red-ui-palette-search input').fill('');
    const ports = await page.evaluate(`[0, 1, 2, 3].map((index) =>
      RED.nodes.getType('account-sync').outputLabels.call(RED.nodes.node('sync1'), index))`);
    assert.deepEqual(ports, ['balances', 'positions', 'orders, executions and activities', 'status']);
    assert.equal(await page.evaluate("RED.nodes.getType('account-sync').category"), 'brokerage');
  });

  for (const [words, port, tradingMode] of [
    ['IB Gateway, paper', '4002', 'paper'],
    ['IB Gateway, live', '4001', 'live'],
    ['TWS, paper', '7497', 'paper'],
    ['TWS, live', '7496', 'live'],
  ] as const)
    it(`sets the port and the kind of money with one press on "${words}"`, async () => {
      await editConfig(page, 'ibkr1');
      await page.getByRole('button', { name: words }).press('Enter');
      assert.equal(await page.getByLabel('Port', { exact: true }).inputValue(), port);
      assert.equal(await page.getByLabel('Data of').inputValue(), tradingMode);
      assert.equal(await page.getByRole('button', { pressed: true }).textContent(), `${words}port ${port}`);
    });

  it('says beside each field of a connection what is wrong with it', async () => {
    await editConfig(page, 'ibkr1');
    await page.getByLabel('Host', { exact: true }).fill('http://gateway');
    await page.getByLabel('Port', { exact: true }).fill('port');
    await page.getByLabel('Client id').fill('0');
    await page.getByLabel('Accounts').fill('12');
    assert.equal(await problem('host').textContent(), 'A name or an address, without http://, port or path.');
    assert.equal(await problem('port').textContent(), 'A whole number from 1 to 65535.');
    assert.match((await problem('clientId').textContent()) ?? '', /Never 0: TWS would bind the orders/);
    assert.match((await problem('accounts').textContent()) ?? '', /last four digits/);
    await page.getByLabel('Port', { exact: true }).fill('4001');
    assert.equal(await problem('port').textContent(), '');
  });

  it('tests the unsaved values and shows what was found, foreign text as text', async () => {
    const sent = await answerTest(200, FOUND);
    await editConfig(page, 'ibkr1');
    await page.getByLabel('Host', { exact: true }).fill('gateway.lan');
    await page.getByLabel('Data of').selectOption('paper');
    await page.getByRole('button', { name: 'Test connection' }).click();
    await result().getByText('Connected to IB Gateway.').waitFor();
    assert.deepEqual(sent, [
      {
        url: `${suite.nodeRed.url}/brokerage/ibkr/ibkr1/test`,
        body: {
          name: 'Home',
          host: 'gateway.lan',
          port: PORT_WHERE_NOBODY_LISTENS,
          clientId: '',
          tradingMode: 'paper',
          accounts: '',
        },
      },
    ]);
    assert.deepEqual(await result().locator('tr').allTextContents(), [
      'AccountTypeMoney',
      '<img src=x onerror=alert(1)>individualpaper',
      '…4567–live',
    ]);
    assert.deepEqual(await result().locator('p').allTextContents(), [
      'Connected to IB Gateway.',
      'API server version 187',
      'Read-Only API is off. This package never sends an order, but any other program that reaches this port can: tick Read-Only API in TWS.',
      'Live accounts found: 1. Nothing of them will be emitted, because this connection is for paper accounts only.',
    ]);
    assert.equal(await result().locator('img').count(), 0);
  });

  it('forgets the result of a test once a value has changed', async () => {
    await answerTest(200, FOUND);
    await editConfig(page, 'ibkr1');
    await page.getByRole('button', { name: 'Test connection' }).click();
    await result().getByText('Connected to IB Gateway.').waitFor();
    await page.getByLabel('Port', { exact: true }).fill('4001');
    assert.equal(await result().textContent(), '');
  });

  it('shows the reason of a failed test', async () => {
    await answerTest(200, { ...FOUND, ok: false, message: 'Nothing listens at <b>127.0.0.1:4002</b>.' });
    await editConfig(page, 'ibkr1');
    await page.getByRole('button', { name: 'Test connection' }).click();
    await result().getByText('Nothing listens at <b>127.0.0.1:4002</b>.').waitFor();
  });

  it('shows that a test is running, and stops it', async () => {
    await page.route('**/brokerage/**', () => undefined);
    await editConfig(page, 'ibkr1');
    await page.getByRole('button', { name: 'Test connection' }).click();
    await result().getByText(`Connecting to 127.0.0.1:${PORT_WHERE_NOBODY_LISTENS} …`).waitFor();
    await page.getByRole('button', { name: 'Stop the test' }).click();
    await page.getByRole('button', { name: 'Test connection' }).waitFor();
    assert.equal(await result().textContent(), '');
  });

  it('keeps an environment variable where a dialog has a list to choose from', async () => {
    await editConfig(page, 'ibkr2');
    assert.equal(await page.getByLabel('Data of').inputValue(), '${MODE}');
    await leave(page, 'ok');
    assert.equal(Object(await saved('ibkr2')).tradingMode, '${MODE}');
  });

  it('explains what each way of sending means', async () => {
    await editNode(page, 'sync1');
    await page.getByLabel('Send').selectOption('changes');
    await page.getByText('Each message holds the one position or order').waitFor();
    await page.getByLabel('Send').selectOption('snapshots');
    await page.getByText('Each message holds all positions, or all orders').waitFor();
  });

  it('says beside each label and each time what is wrong with it', async () => {
    await editNode(page, 'sync1');
    for (const label of ['Same', 'Same', 'a/b']) {
      await page.getByRole('button', { name: 'add a label' }).click();
      await page.getByLabel('account number', { exact: true }).last().fill(`U${Math.random()}`);
      await page.getByLabel('label', { exact: true }).last().fill(label);
    }
    await page.getByLabel('Fetch every').fill('1');
    assert.deepEqual(await page.locator('#account-sync-labels .account-sync-reason').allTextContents(), [
      'Another account has this label.',
      'Another account has this label.',
      'No slash: the label is one part of the topic.',
    ]);
    assert.equal(await problem('pollSeconds').textContent(), 'A whole number from 5 to 86400 (a day).');
  });

  it('saves and deploys what was typed, and the node uses its connection', async () => {
    await editNode(page, 'sync1');
    await page.getByLabel('Name').fill('Accounts');
    await page.getByLabel('Send').selectOption('changes');
    await page.getByLabel('Stale after').fill('120');
    await page.getByRole('button', { name: 'add a label' }).click();
    await page.getByLabel('account number', { exact: true }).fill('U1234567');
    await page.getByLabel('label', { exact: true }).fill('Retirement');
    await leave(page, 'ok');
    assert.deepEqual(await page.evaluate("RED.nodes.node('ibkr1').users.map((user) => user.id)"), ['sync1']);
    const deployed = page.waitForResponse((response) => response.request().method() === 'POST');
    await page.locator('#red-ui-header-button-deploy').click();
    await deployed;
    const flows = Object(await (await fetch(`${suite.nodeRed.url}/flows`)).json());
    const { x: _x, y: _y, wires, z, ...properties } = flows.find(({ id }: { id: string }) => id === 'sync1');
    assert.deepEqual([z, wires.length], ['tab1', 4]);
    assert.deepEqual(properties, {
      id: 'sync1',
      type: 'account-sync',
      name: 'Accounts',
      connection: 'ibkr1',
      fallback: '',
      accounts: '',
      emit: 'changes',
      pollSeconds: '',
      coalesceMs: '',
      staleAfterSeconds: '120',
      labels: { U1234567: 'Retirement' },
    });
    assert.equal(parseAccountSyncConfig(properties).ok, true);
  });

  it('offers as fallback the other connections to the same broker, and says why one cannot be it', async () => {
    await editNode(page, 'sync1');
    const fallback = page.getByLabel('Fallback');
    assert.deepEqual(await fallback.locator('option').allTextContents(), [
      'none',
      'IBKR 127.0.0.1:1 – Interactive Brokers',
    ]);
    await fallback.selectOption('ibkr2');
    assert.equal(await problem('fallback').textContent(), '');
    await page.getByLabel('Connection', { exact: true }).selectOption('ibkr2');
    assert.equal(
      await problem('fallback').textContent(),
      'This is the first connection: choose another, or none.',
    );
    await page.getByLabel('Connection', { exact: true }).selectOption('ibkr1');
    await leave(page, 'ok');
    assert.equal(Object(await saved('sync1')).fallback, 'ibkr2');
    assert.deepEqual(await page.evaluate("RED.nodes.node('ibkr2').users.map((user) => user.id).sort()"), [
      'sync1',
      'sync2',
    ]);
    await editNode(page, 'sync1');
    assert.equal(await fallback.inputValue(), 'ibkr2');
    await fallback.selectOption('none');
    await leave(page, 'ok');
    assert.equal(Object(await saved('sync1')).fallback, '');
  });

  it('refuses a second gateway where the first one is', async () => {
    await editConfig(page, 'ibkr1');
    await page.locator('summary').getByText('Second gateway').click();
    await page.getByLabel('Second port').fill(PORT_WHERE_NOBODY_LISTENS);
    assert.match((await problem('backupPort').textContent()) ?? '', /This is the first gateway/);
    await page.getByLabel('Second host').fill('other.lan');
    assert.equal(await problem('backupPort').textContent(), '');
    await page.getByLabel('Second host').fill('');
    await page.getByLabel('Port', { exact: true }).fill('4001');
    assert.equal(await problem('backupPort').textContent(), '');
  });

  describe('in the tab Diagnostics', () => {
    const panel = () => page.locator('#brokerage-diagnostics');
    const look = async (id: string) => {
      await editConfig(page, id);
      await page.locator('#brokerage-tabs').getByText('Diagnostics').click();
    };

    it('shows how the connection is, why, and when it tries again, and copies that as a report', async () => {
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await look('ibkr1');
      await panel().getByText(`127.0.0.1:${PORT_WHERE_NOBODY_LISTENS} refuses connections`).first().waitFor();
      // While an attempt is under way there is no next one.
      const facts = await panel().locator('dt').allTextContents();
      assert.deepEqual(facts.filter((name) => name !== 'Next attempt').slice(0, 2), ['Since', 'Last error']);
      assert.ok((await overhang(page, '#brokerage-diagnostics')) <= 0);
      await panel().getByRole('button', { name: 'Copy report' }).click();
      const report = Object(JSON.parse(String(await page.evaluate('navigator.clipboard.readText()'))));
      assert.deepEqual([report.name, report.ways[0].via], ['Home', 'tws']);
      // Node-RED takes two clicks within 0.4 s for one on two tabs, and shows neither.
      const form = page.getByLabel('Host', { exact: true });
      for (let times = 0; times < 3 && !(await form.isVisible()); times += 1) {
        await page.locator('#brokerage-tabs').getByText('Connection', { exact: true }).click();
        await form.waitFor({ timeout: 1_000 }).catch(() => undefined);
      }
      assert.ok(await form.isVisible());
      await panel().waitFor({ state: 'hidden' });
    });

    it('keeps what it shows, and says so, when Node-RED does not answer', async () => {
      await look('ibkr1');
      await panel().getByText('Sessions').waitFor();
      await page.route('**/diagnostics', (route) => route.abort());
      await panel().getByRole('button', { name: 'Refresh' }).click();
      await panel().getByText('Node-RED does not answer. Is it still running?').waitFor();
      assert.ok(await panel().getByText('Sessions').isVisible());
    });

    it('shows foreign words as words', async () => {
      await page.route('**/diagnostics', (route) =>
        route.fulfill({
          json: {
            at: '2026-11-24T15:00:00.000Z',
            message: '<img src=x onerror=alert(1)>',
            ways: [],
          },
        }),
      );
      await look('ibkr1');
      await panel().getByText('<img src=x onerror=alert(1)>').waitFor();
      assert.equal(await panel().locator('img').count(), 0);
    });
  });

  it('agrees with the runtime on what is valid', async () => {
    const values = [
      '',
      '0',
      '1',
      '4',
      '5',
      '10',
      '60000',
      '60001',
      '65535',
      '65536',
      '86400',
      '604801',
      '2147483648',
      'x',
      '1.5',
      '-1',
    ];
    const texts = [
      '',
      'a',
      'U1234567',
      '…4567',
      '1234, 5678',
      'a/b',
      'a b',
      'http://x',
      '::1',
      '127.0.0.1',
      '127.0.0.1:80',
      'x'.repeat(61),
    ];
    const addresses = [
      '',
      'https://ndcdyn.interactivebrokers.com/AccountManagement/FlexWebService',
      'http://ndcdyn.interactivebrokers.com/x',
      'https://interactivebrokers.com.evil.example/x',
      'https://me@ndcdyn.interactivebrokers.com/x',
      'https://ndcdyn.interactivebrokers.com/x?t=1',
      'http://127.0.0.1:4080/flex',
      'http://192.168.1.2/flex',
      'flex',
    ];
    const labels = [
      {},
      { U1: 'a' },
      { U1: 'a', U2: 'a' },
      { U1: '' },
      { '': 'a' },
      { U1: 'a/b' },
      { U1: 'x'.repeat(61) },
    ];
    const cases = [
      {
        type: 'ibkr-config',
        parse: parseIbkrConfig,
        names: ['port', 'clientId', 'backupPort', 'flexQueryId'],
        values,
      },
      {
        type: 'ibkr-config',
        parse: parseIbkrConfig,
        names: ['host', 'accounts'],
        values: texts,
      },
      {
        type: 'ibkr-config',
        parse: parseIbkrConfig,
        names: ['backupHost'],
        // That the second gateway is the first one is said beside the port.
        values: texts.filter((host) => host !== '127.0.0.1'),
      },
      { type: 'ibkr-config', parse: parseIbkrConfig, names: ['flexUrl'], values: addresses },
      {
        type: 'account-sync',
        parse: parseAccountSyncConfig,
        names: ['pollSeconds', 'coalesceMs', 'staleAfterSeconds'],
        values,
      },
      { type: 'account-sync', parse: parseAccountSyncConfig, names: ['accounts'], values: texts },
      { type: 'account-sync', parse: parseAccountSyncConfig, names: ['labels'], values: labels },
    ];
    for (const { type, parse, names, values: tried } of cases)
      for (const name of names) {
        const editorSays = await page.evaluate(`${JSON.stringify(tried)}.map((value) =>
          RED.nodes.getType('${type}').defaults['${name}'].validate.call({}, value, {}) === true)`);
        const runtimeSays = tried.map((value) => parse({ [name]: value }).ok);
        assert.deepEqual(editorSays, runtimeSays, `${type}.${name}`);
      }
  });

  it('fits a narrow window, with every text translated', async () => {
    await page.setViewportSize({ width: 820, height: 1100 });
    for (const open of [() => editConfig(page, 'ibkr1'), () => editNode(page, 'sync1')]) {
      await open();
      assert.ok((await overhang(page)) <= 0);
      assert.doesNotMatch(
        (await page.locator('.red-ui-tray').textContent()) ?? '',
        /(ibkr-config|account-sync)\./,
      );
      await leave(page, 'cancel');
    }
    await page.setViewportSize({ width: 1400, height: 1100 });
  });

  for (const [type, words] of [
    ['ibkr-config', 'Never 0'],
    ['account-sync', 'login-required'],
  ] as const)
    it(`has help for ${type}`, async () => {
      await page.evaluate(`RED.sidebar.help.show('${type}')`);
      await page.locator('.red-ui-help').getByText(words).first().waitFor();
    });

  it('asked nobody but 127.0.0.1 and wrote no error to the console', () => {
    assert.deepEqual(suite.editor.misdeeds, []);
  });
});
