import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { parseSchwabConfig } from '../../src/node-red/editor-config.js';
import { launchBrowser, missingBrowser } from '../support/browser.js';
import { addConfig, editConfig, editNode, leave, opened, openEditor, overhang } from '../support/editor.js';
import type { Editor } from '../support/editor.js';
import { startNodeRed } from '../support/node-red-process.js';
import type { NodeRedProcess } from '../support/node-red-process.js';

const APP_KEY = 'k'.repeat(32);
const APP_SECRET = 's'.repeat(16);
const FLOWS = [
  { id: 'tab1', type: 'tab', label: 'Flow' },
  { id: 'ibkr1', type: 'ibkr-config', version: 1, name: 'Home', port: '1' },
  {
    id: 'schwab1',
    type: 'schwab-config',
    version: 1,
    name: 'Savings',
    callbackUrl: 'https://127.0.0.1',
    apiUrl: 'https://api.schwabapi.com',
    accounts: '',
    streamer: false,
    secretStore: 'node-red',
    credentials: { appKey: APP_KEY, appSecret: APP_SECRET },
  },
  {
    id: 'schwab2',
    type: 'schwab-config',
    name: 'W'.repeat(120),
    callbackUrl: '${CALLBACK}',
    streamer: '${STREAMER}',
  },
  sync('sync1', 'ibkr1'),
  sync('sync2', 'schwab1'),
];
const AUTHORIZE = 'https://api.schwabapi.com/v1/oauth/authorize?client_id=k&state=one';
const PASTED = 'https://127.0.0.1/?code=C0.abc%40&session=1&state=one';
const EXPIRES_AT = '2030-12-06T18:02:00.000Z';
const NEVER = { state: 'none', loginExpiresAt: null, pending: false, result: null };
const PENDING = { ...NEVER, pending: true };
const DONE = {
  ok: true,
  message: 'Connected to Charles Schwab.',
  accounts: [
    { label: '<img src=x onerror=alert(1)>', type: 'margin' },
    { label: '…4567', type: null },
  ],
  loginExpiresAt: EXPIRES_AT,
};
const VALID = { state: 'valid', loginExpiresAt: EXPIRES_AT, pending: false, result: DONE };

interface Answer {
  readonly status?: number;
  readonly json: object;
}

function sync(id: string, connection: string) {
  const y = id === 'sync1' ? 100 : 200;
  const values = { name: '', version: 1, accounts: '', emit: 'snapshots', labels: {} };
  const times = { pollSeconds: 60, coalesceMs: 250, staleAfterSeconds: 900 };
  return {
    ...values,
    ...times,
    id,
    type: 'account-sync',
    z: 'tab1',
    connection,
    x: 200,
    y,
    wires: [[], [], [], []],
  };
}

describe('the editor of a connection to Charles Schwab', function () {
  this.timeout(60_000);
  let nodeRed: NodeRedProcess;
  let browser: Browser;
  let editor: Editor;
  let page: Page;
  /** What the dialog asked for, and what it is answered in the place of Node-RED. */
  let asked: { readonly call: string; readonly body: unknown }[];
  let looks: number;
  const addresses: string[] = [];
  let answers: { look: Answer; begin: Answer; complete: Answer };

  before(async function () {
    const reason = missingBrowser();
    if (reason !== null) {
      console.log(`      skipped: ${reason}`);
      return this.skip();
    }
    [nodeRed, browser] = await Promise.all([startNodeRed(), launchBrowser()]);
    await nodeRed.deploy(FLOWS);
    editor = await openEditor(browser, nodeRed.url);
    page = editor.page;
    page.context().on('request', (request) => addresses.push(request.url()));
    await answerInPlaceOfNodeRed(page);
  });
  after(async () => {
    await browser?.close();
    await nodeRed?.stop();
  });
  beforeEach(() => {
    asked = [];
    looks = 0;
    answers = {
      look: { json: NEVER },
      begin: { json: { url: AUTHORIZE, expiresAt: EXPIRES_AT } },
      complete: { json: DONE },
    };
  });
  afterEach(async () => {
    while ((await page.locator('.red-ui-tray').count()) > 0) await leave(page, 'cancel');
  });

  async function answerInPlaceOfNodeRed(of: Page): Promise<void> {
    await of
      .context()
      .route('https://api.schwabapi.com/**', (route) =>
        route.fulfill({ body: 'Sign in', contentType: 'text/html' }),
      );
    await of.route('**/brokerage/schwab/**', async (route) => {
      const request = route.request();
      const call = new URL(request.url()).pathname;
      if (request.method() === 'GET') looks += 1;
      else asked.push({ call, body: request.postDataJSON() });
      const which = call.endsWith('/begin') ? 'begin' : call.endsWith('/complete') ? 'complete' : 'look';
      await route.fulfill({ status: 200, ...answers[which] });
    });
  }

  const result = () => page.locator('#schwab-result');
  const state = () => page.locator('#schwab-state');
  const problem = (name: string) => page.locator(`#schwab-${name}-reason`);
  const login = () => page.locator('#schwab-login');
  const usersOf = (id: string) =>
    page.evaluate(`RED.nodes.node('${id}').users.map((user) => user.id).sort()`);
  const connectionOf = (id: string) => page.evaluate(`RED.nodes.node('${id}').connection`);
  const choices = () => page.locator('#node-input-connection option').allTextContents();

  /** Presses the button and closes the tab in which Schwab's login was opened. */
  async function beginLogin(): Promise<string> {
    const tab = page.waitForEvent('popup');
    answers.look = { json: PENDING };
    await login().click();
    const schwab = await tab;
    await schwab.waitForURL('https://api.schwabapi.com/**');
    assert.equal(await schwab.evaluate('window.opener'), null);
    const url = schwab.url();
    await schwab.close();
    await page.locator('#schwab-steps').waitFor();
    return url;
  }

  async function paste(text: string): Promise<void> {
    await page.evaluate(`(() => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', ${JSON.stringify(text)});
      const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
      document.querySelector('#schwab-pasted').dispatchEvent(event);
    })()`);
  }

  it('loads its node without a warning', () => {
    assert.doesNotMatch(nodeRed.output(), /\[(warn|error)\] \[@tradinghelper|missing types|uncaught/i);
  });

  for (const [name, look, words, button, colour] of [
    ['no login', NEVER, /^Never logged in\.$/, 'Log in at Schwab ↗', ''],
    ['a login', VALID, /^Logged in until \w{3} \d+ \w{3}, \d\d:02\.$/, 'Log in again ↗', 'schwab-good'],
    [
      'a login that ends soon',
      { ...VALID, state: 'expiring' },
      /^The login ends soon: \w{3} \d+ \w{3}, \d\d:02\. Log in again before that\.$/,
      'Log in again ↗',
      'schwab-warn',
    ],
    [
      'a login that has ended',
      { ...VALID, state: 'ended' },
      /^The login has ended\. Log in again\.$/,
      'Log in again ↗',
      'schwab-bad',
    ],
  ] as const)
    it(`says that there is ${name}`, async () => {
      answers.look = { json: look };
      await editConfig(page, 'schwab1');
      await state().getByText(words).waitFor();
      assert.equal(await login().textContent(), button);
      assert.equal(await state().getAttribute('class'), `schwab-state ${colour}`.trim());
      assert.equal(await page.locator('#schwab-steps').isVisible(), false);
      assert.equal(await result().textContent(), '');
    });

  it('says that the state of the login is asked for', async () => {
    await page.route('**/brokerage/schwab/schwab1/login', () => undefined, { times: 1 });
    await editConfig(page, 'schwab1');
    await state().getByText('Asking for the state of the login …').waitFor();
  });

  for (const [status, words] of [
    [401, /lacks the permission brokerage\.write/],
    [404, /restart Node-RED to finish the installation/],
    [429, /Too many attempts/],
    [500, /answered with status 500/],
  ] as const)
    it(`says what to do when the state cannot be asked, for ${status}`, async () => {
      answers.look = { status, json: {} };
      await editConfig(page, 'schwab1');
      await state().getByText('The state of the login cannot be asked.').waitFor();
      await state().getByText(words).waitFor();
    });

  it('says that Node-RED does not answer', async () => {
    await page.route('**/brokerage/schwab/**', (route) => route.abort(), { times: 1 });
    await editConfig(page, 'schwab1');
    await state().getByText('Node-RED does not answer. Is it still running?').waitFor();
  });

  it('logs in before the first deploy, with the values as they stand', async () => {
    await addConfig(page, 'schwab-config');
    await page.getByLabel('App key').fill(` ${APP_KEY} `);
    await page.getByLabel('App secret').fill(APP_SECRET);
    await page.getByLabel('Accounts').fill('4567');
    assert.equal(await beginLogin(), AUTHORIZE);
    assert.match(asked[0]?.call ?? '', /^\/brokerage\/schwab\/\w+\/login\/begin$/);
    assert.deepEqual(asked[0]?.body, {
      appKey: APP_KEY,
      appSecret: APP_SECRET,
      callbackUrl: 'https://127.0.0.1',
      apiUrl: 'https://api.schwabapi.com',
      accounts: '4567',
      streamer: false,
      secretStore: 'node-red',
    });
  });

  it('sends neither an unchanged secret nor a blank one', async () => {
    await editConfig(page, 'schwab1');
    assert.equal(await page.getByLabel('App key').inputValue(), '__PWRD__');
    await page.getByLabel('App secret').fill('');
    await beginLogin();
    assert.deepEqual(asked[0]?.body, {
      callbackUrl: 'https://127.0.0.1',
      apiUrl: 'https://api.schwabapi.com',
      accounts: '',
      streamer: false,
      secretStore: 'node-red',
    });
  });

  it('finishes the login with the paste itself, whatever blanks and line ends came along', async () => {
    await editConfig(page, 'schwab1');
    await beginLogin();
    answers.look = { json: VALID };
    await paste(`  ${PASTED.slice(0, 30)}\n\t${PASTED.slice(30)}\r\n`);
    await result().getByText('Connected to Charles Schwab.').waitFor();
    assert.deepEqual(asked.at(-1), {
      call: '/brokerage/schwab/schwab1/login/complete',
      body: { pasted: PASTED },
    });
    assert.deepEqual(await result().locator('tr').allTextContents(), [
      'AccountType',
      '<img src=x onerror=alert(1)>margin',
      '…4567–',
    ]);
    assert.equal(await result().locator('img').count(), 0);
    await result()
      .getByText(/^Log in again before \w{3} \d+ \w{3}, \d\d:02\.$/)
      .waitFor();
    await state()
      .getByText(/^Logged in until/)
      .waitFor();
    assert.equal(await page.locator('#schwab-pasted').inputValue(), '');
    assert.equal(await page.locator('#schwab-steps').isVisible(), false);
  });

  it('finishes the login with an address that was typed', async () => {
    await editConfig(page, 'schwab1');
    await beginLogin();
    await page.getByLabel('Address after the login').fill(PASTED);
    await page.getByRole('button', { name: 'Use this address' }).click();
    await result().getByText('Connected to Charles Schwab.').waitFor();
    assert.deepEqual(asked.at(-1)?.body, { pasted: PASTED });
  });

  it("shows Schwab's refusal as text and lets the user try again", async () => {
    await editConfig(page, 'schwab1');
    await beginLogin();
    answers.complete = { json: { ...DONE, ok: false, message: 'Too <b>slow</b>.', accounts: [] } };
    answers.look = { json: NEVER };
    await paste(PASTED);
    await result().getByText('Too <b>slow</b>.').waitFor();
    await page.locator('#schwab-steps').waitFor({ state: 'hidden' });
    assert.equal(await result().textContent(), 'Too <b>slow</b>.');
    assert.equal(await login().isEnabled(), true);
  });

  it("shows the server's sentence when a login cannot begin, and closes the empty tab", async () => {
    await editConfig(page, 'schwab1');
    answers.begin = {
      status: 400,
      json: { error: { code: 'x', message: 'The <i>app key</i> is missing.' } },
    };
    const tab = page.waitForEvent('popup');
    await login().click();
    const empty = await tab;
    await result().getByText('The <i>app key</i> is missing.').waitFor();
    if (!empty.isClosed()) await empty.waitForEvent('close');
    assert.equal(await page.locator('#schwab-steps').isVisible(), false);
  });

  it('opens no tab for an answer that is no web address', async () => {
    await editConfig(page, 'schwab1');
    answers.begin = { json: { url: 'javascript:alert(1)', expiresAt: EXPIRES_AT } };
    const tab = page.waitForEvent('popup');
    await login().click();
    const empty = await tab;
    if (!empty.isClosed()) await empty.waitForEvent('close');
    await result()
      .getByText(/The login failed/)
      .waitFor();
  });

  it('offers a link where the browser does not open a tab', async () => {
    await editConfig(page, 'schwab1');
    await page.evaluate('window.openTab = window.open; window.open = () => null; null');
    answers.look = { json: PENDING };
    await login().click();
    const link = page.getByRole('link', { name: "Open Schwab's login" });
    await link.waitFor();
    await page.evaluate('window.open = window.openTab; null');
    assert.equal(await link.getAttribute('href'), AUTHORIZE);
    assert.match((await link.getAttribute('rel')) ?? '', /noopener/);
  });

  it('explains the page that cannot be reached, and another callback otherwise', async () => {
    await editConfig(page, 'schwab1');
    await beginLogin();
    assert.deepEqual(await page.locator('#schwab-steps li').allTextContents(), [
      'Sign in, accept, choose the accounts, press Done.',
      "The browser then shows “this site can't be reached (127.0.0.1)”: that is right.",
      'Copy the whole address and paste it here within 30 seconds.',
    ]);
    await page.getByLabel('Callback URL').fill('https://nodered.example/schwab/callback');
    await page.getByText('The page tells you when it is done').waitFor();
  });

  it("shows a login that was finished by Schwab's redirect", async () => {
    await editConfig(page, 'schwab1');
    await beginLogin();
    answers.look = { json: VALID };
    await result().getByText('Connected to Charles Schwab.').waitFor();
    await page.locator('#schwab-steps').waitFor({ state: 'hidden' });
  });

  it('takes no notice of a state that was asked for before the login began', async () => {
    let answerFirst: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      answerFirst = resolve;
    });
    await page.route(
      '**/brokerage/schwab/schwab1/login',
      async (route) => {
        await held;
        await route.fulfill({ json: NEVER });
      },
      { times: 1 },
    );
    await editConfig(page, 'schwab1');
    const first = page.waitForResponse(async (response) => {
      return response.url().endsWith('/schwab1/login') && !(await response.json()).pending;
    });
    await beginLogin();
    answerFirst();
    await first;
    await page.waitForResponse(/schwab1\/login$/);
    assert.equal(await page.locator('#schwab-steps').isVisible(), true);
    assert.equal(await result().textContent(), '');
  });

  it('says that a login was not finished in time', async () => {
    await editConfig(page, 'schwab1');
    await beginLogin();
    answers.look = { json: NEVER };
    await result().getByText('The login was not finished in time.').waitFor();
  });

  it('goes on with a login that was begun before the dialog was opened again', async () => {
    answers.look = { json: PENDING };
    await editConfig(page, 'schwab1');
    await page.locator('#schwab-steps').waitFor();
    await paste(PASTED);
    await result().getByText('Connected to Charles Schwab.').waitFor();
  });

  it('asks no more once the dialog is closed', async () => {
    const other = await openEditor(browser, nodeRed.url);
    await answerInPlaceOfNodeRed(other.page);
    await other.page.clock.install();
    answers.look = { json: PENDING };
    await editConfig(other.page, 'schwab1');
    await other.page.locator('#schwab-steps').waitFor();
    const again = other.page.waitForResponse(/schwab1\/login$/);
    await other.page.clock.runFor(2_000);
    await again;
    await leave(other.page, 'cancel');
    const before = looks;
    await other.page.clock.runFor(20_000);
    assert.equal(looks, before);
    await other.page.close();
  });

  it('says beside each field what is wrong with it, and begins no login with that', async () => {
    await editConfig(page, 'schwab1');
    for (const [address, words] of [
      ['http://127.0.0.1', 'It begins with https://, exactly as in the Schwab portal.'],
      ['https://localhost', 'Schwab does not accept localhost: use https://127.0.0.1.'],
      ['https://127.0.0.1/', 'No slash at the end: Schwab takes that for another address.'],
      ['https://127.0.0.1,https://a.example', 'One address only, also where the portal lists several.'],
      ['${CALLBACK}', ''],
    ] as const) {
      await page.getByLabel('Callback URL').fill(address);
      assert.equal(await problem('callbackUrl').textContent(), words);
    }
    await page.getByLabel('Accounts').fill('12');
    assert.match((await problem('accounts').textContent()) ?? '', /last four digits/);
    await page.getByText('Advanced', { exact: true }).click();
    await page.getByLabel('API address').fill('https://schwab.example');
    assert.match((await problem('apiUrl').textContent()) ?? '', /^https:\/\/api\.schwabapi\.com, or/);
    await login().click();
    await result().getByText('First mend what is marked above.').waitFor();
    assert.deepEqual(asked, []);
  });

  it('remarks on an unusual length of a secret without refusing it', async () => {
    await editConfig(page, 'schwab1');
    await page.getByLabel('App key').fill('short');
    await page.getByText('App keys have 32 or 48 characters, this one has 5. Is it complete?').waitFor();
    await page.getByLabel('App secret').fill('${SECRET}');
    assert.equal(await page.locator('#schwab-appSecret-unusual').textContent(), '');
    await beginLogin();
    assert.equal(Object(asked[0]?.body).appKey, 'short');
  });

  it('agrees with the runtime on what is valid', async () => {
    const tried = [
      '',
      'x',
      'https://127.0.0.1',
      'https://127.0.0.1/',
      'https://127.0.0.1:8443',
      'http://127.0.0.1:4080',
      'http://[::1]:80',
      'http://localhost',
      'https://localhost',
      'https://api.schwabapi.com',
      'http://api.schwabapi.com',
      'https://eve@api.schwabapi.com',
      'https://schwabapi.com.example',
      'https://notschwabapi.com',
      'https://a.example/callback',
      'https://a.example,https://b.example',
      'ftp://127.0.0.1',
      '…4567',
      '1234, 5678',
      'a/b',
    ];
    for (const name of ['callbackUrl', 'apiUrl', 'accounts']) {
      const editorSays = await page.evaluate(`${JSON.stringify(tried)}.map((value) =>
        RED.nodes.getType('schwab-config').defaults['${name}'].validate.call({}, value, {}) === true)`);
      const runtimeSays = tried.map(
        (value) => parseSchwabConfig({ [name]: value, appKey: 'k', appSecret: 's' }).ok,
      );
      assert.deepEqual(editorSays, runtimeSays, name);
    }
  });

  it('keeps environment variables, also where a box can be ticked', async () => {
    await editConfig(page, 'schwab2');
    await page.getByText('The environment variable ${STREAMER} decides.').waitFor();
    await page.getByLabel('Accounts').fill('4567');
    await leave(page, 'ok');
    const saved = Object(await page.evaluate("RED.nodes.convertNode(RED.nodes.node('schwab2'))"));
    assert.deepEqual(
      [saved.callbackUrl, saved.streamer, saved.accounts],
      ['${CALLBACK}', '${STREAMER}', '4567'],
    );
  });

  it('fits a narrow window, with every text translated', async () => {
    await page.setViewportSize({ width: 820, height: 1100 });
    answers.look = { json: PENDING };
    answers.complete = { json: { ...DONE, accounts: [{ label: 'W'.repeat(200), type: 'margin' }] } };
    await editConfig(page, 'schwab2');
    await page.locator('#schwab-steps').waitFor();
    await paste(PASTED);
    await result().getByText('WWW').waitFor();
    assert.ok((await overhang(page)) <= 0);
    assert.doesNotMatch((await page.locator('.red-ui-tray').textContent()) ?? '', /schwab-config\.\w/);
    await leave(page, 'cancel');
    await editNode(page, 'sync1');
    assert.ok((await overhang(page)) <= 0);
    await page.setViewportSize({ width: 1400, height: 1100 });
  });

  it('has help', async () => {
    await page.evaluate("RED.sidebar.help.show('schwab-config')");
    await page.locator('.red-ui-help').getByText('Ready For Use').first().waitFor();
  });

  describe('and the choice of a connection', () => {
    it('lists both kinds and keeps the one of an older flow', async () => {
      await editNode(page, 'sync1');
      assert.deepEqual(await choices(), [
        'none',
        'Home – Interactive Brokers',
        'Savings – Charles Schwab',
        `${'W'.repeat(120)} – Charles Schwab`,
      ]);
      assert.equal(await page.getByLabel('Connection', { exact: true }).inputValue(), 'ibkr1');
      await leave(page, 'ok');
      assert.equal(await connectionOf('sync1'), 'ibkr1');
    });

    it('counts the users of either kind, moves them along with the choice and back on undo', async () => {
      assert.deepEqual([await usersOf('ibkr1'), await usersOf('schwab1')], [['sync1'], ['sync2']]);
      await editNode(page, 'sync1');
      await page.getByLabel('Connection', { exact: true }).selectOption('schwab1');
      await leave(page, 'ok');
      assert.equal(await connectionOf('sync1'), 'schwab1');
      assert.deepEqual([await usersOf('ibkr1'), await usersOf('schwab1')], [[], ['sync1', 'sync2']]);
      await page.evaluate('RED.history.pop()');
      assert.deepEqual([await usersOf('ibkr1'), await usersOf('schwab1')], [['sync1'], ['sync2']]);
    });

    it('edits the chosen connection in the dialog of its kind and goes on listing both', async () => {
      await editNode(page, 'sync2');
      await page.getByRole('button', { name: 'Edit this connection' }).click();
      await page.locator('.schwab-form').waitFor();
      await opened(page);
      await page.locator('#node-config-input-name').fill('Pension');
      await leave(page, 'ok');
      await page.locator('option', { hasText: 'Home – Interactive Brokers' }).waitFor({ state: 'attached' });
      assert.equal((await choices())[2], 'Pension – Charles Schwab');
      assert.equal(await page.getByLabel('Connection', { exact: true }).inputValue(), 'schwab1');
      assert.deepEqual(await usersOf('schwab1'), ['sync2']);
    });

    for (const [type, kind] of [
      ['ibkr-config', 'Interactive Brokers'],
      ['schwab-config', 'Charles Schwab'],
    ] as const)
      it(`adds a connection to ${kind} and chooses it`, async () => {
        await editNode(page, 'sync2');
        await page.getByRole('button', { name: `add ${kind}…` }).click();
        await page.locator('#node-config-input-name').waitFor();
        await opened(page);
        await page.locator('#node-config-input-name').fill('New');
        await leave(page, 'ok');
        const choice = page.getByLabel('Connection', { exact: true });
        await choice
          .locator('option', { hasText: 'Home – Interactive Brokers' })
          .waitFor({ state: 'attached' });
        assert.equal(
          await choice.locator('option:checked', { hasText: 'New' }).textContent(),
          `New – ${kind}`,
        );
        await leave(page, 'ok');
        const id = String(await connectionOf('sync2'));
        assert.equal(await page.evaluate(`RED.nodes.node('${id}').type`), type);
        assert.deepEqual(await usersOf(id), ['sync2']);
        await page.evaluate('RED.history.pop(); RED.history.pop()');
        assert.equal(await connectionOf('sync2'), 'schwab1');
      });

    it('says that none is chosen', async () => {
      await editNode(page, 'sync1');
      await page.getByLabel('Connection', { exact: true }).selectOption({ label: 'none' });
      await page.getByText('Choose a connection, or add one.').waitFor();
      assert.equal(await page.getByRole('button', { name: 'Edit this connection' }).isDisabled(), true);
    });

    for (const [id, connection] of [
      ['sync1', 'ibkr1'],
      ['sync2', 'schwab1'],
    ] as const)
      it(`exports the connection ${connection} together with its user, without a secret`, async () => {
        const exported = await page.evaluate(
          `JSON.stringify(RED.nodes.createExportableNodeSet([RED.nodes.node('${id}')]))`,
        );
        const ids = JSON.parse(String(exported)).map((node: { id: string }) => node.id);
        assert.deepEqual(new Set(ids), new Set([connection, id]));
        assert.equal(ids.length, 2);
        assert.doesNotMatch(String(exported), new RegExp(`${APP_KEY}|${APP_SECRET}`));
      });

    it('keeps its users when a connection is given to one flow', async () => {
      await editConfig(page, 'schwab1');
      await page.locator('#red-ui-editor-config-scope').selectOption('tab1');
      await leave(page, 'ok');
      assert.deepEqual(await usersOf('schwab1'), ['sync2']);
      assert.equal(await connectionOf('sync2'), 'schwab1');
    });

    it('deploys the choice as the one property it always was', async () => {
      await editNode(page, 'sync1');
      await page.getByLabel('Connection', { exact: true }).selectOption('schwab1');
      await leave(page, 'ok');
      const deployed = page.waitForResponse((response) => response.request().method() === 'POST');
      await page.locator('#red-ui-header-button-deploy').click();
      await deployed;
      const flows = Object(await (await fetch(`${nodeRed.url}/flows`)).json());
      const saved = flows.find(({ id }: { id: string }) => id === 'sync1');
      assert.equal(saved.connection, 'schwab1');
    });
  });

  it('put no secret into an address, asked nobody but 127.0.0.1 and wrote no error of its own', () => {
    const own = editor.misdeeds.filter((misdeed) => !misdeed.includes('Failed to load resource'));
    assert.deepEqual(own, []);
    assert.ok(addresses.some((address) => address.endsWith('/login/begin')));
    const secret = new RegExp(`${APP_KEY}|${APP_SECRET}|C0\\.abc`);
    assert.deepEqual(
      addresses.filter((address) => secret.test(address)),
      [],
    );
  });
});
