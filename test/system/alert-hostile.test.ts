import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { createMarket } from '../../simulators/index.js';
import { MQTT_TOPIC, startAlertWire, type AlertWire } from '../support/alert-wire.js';
import { launchBrowser, missingBrowser, watchPage } from '../support/browser.js';
import { editNode, leave, overhang } from '../support/editor.js';
import { MAIL_TO } from '../support/mail-example.js';
import { missingMosquitto } from '../support/mosquitto.js';
import { poll } from '../support/poll.js';
import { VISIBLE } from '../support/visible.js';

/** Sets `hit` where a page runs it. */
const RUNS = 'globalThis.hit=1';
const FORGED_LINE = '26 Nov 10:00:00 - [error] FORGED';
const HOSTILE: readonly string[] = [
  `<script>${RUNS}</script>`,
  `<img src=x onerror=${RUNS}>`,
  `<svg/onload=${RUNS}>`,
  `"><iframe srcdoc="<script>parent.${RUNS}</script>">`,
  `[a](javascript:${RUNS}) javascript:${RUNS}`,
  `{{constructor}} {{__proto__}} {{constructor.constructor('${RUNS}')()}} \${${RUNS}}`,
  '$t(account-alert.undo) __line__ %s {{msg.payload}}',
  `A\r\nBcc: evil@example.com\r\nContent-Type: text/html\r\n\r\n<b>B</b>`,
  'to: evil@example.com, "Evil" <evil@example.com>',
  `x\n${FORGED_LINE}\u2028${FORGED_LINE}\u0085${FORGED_LINE}`,
  'a\u001b[2J\u001b]0;title\u0007\u009b31mb',
  'buy\u{e0041}\u202elles\u2066\u200b\u00ad\u2069',
  '\u0000\ud800z',
  'L'.repeat(10_240),
];
/** What a symbol of the gateway is called: nearly everything at once. */
const symbolOf = (symbol: string): string =>
  `${symbol}<img src=x onerror=${RUNS}>\r\nBcc: evil@example.com\n${FORGED_LINE}\u001b[31m\u202e$t(account-alert.undo)${'S'.repeat(10_240)}`;
const LABEL = `<b onclick=${RUNS}>\r\nBcc: e@example.com\u202e\u001b[2J`;

const RULES = HOSTILE.flatMap((text, index) => {
  const rule = { name: text, severity: 'critical', operator: '>' };
  return [
    { ...rule, id: `account-${index}`, metric: 'netLiquidation', threshold: 1, template: '' },
    {
      ...rule,
      id: `positions-${index}`,
      metric: 'marketPrice',
      threshold: 0.0001,
      template: `${text} {{account}} {{symbol}} {{constructor}} {{__proto__}}`,
    },
  ];
});
/** Each of these is named in the log. */
const WRONG_RULES = HOSTILE.map((name, index) => ({
  id: `wrong-${index}`,
  name,
  metric: name,
  operator: '<',
}));

const WITHIN_MS = 60_000;

/** Elements that a page would only have if a text had become markup. */
const WATCH_DOM = `
  globalThis.injected = [];
  const look = () => {
    for (const element of document.querySelectorAll('img[src="x"], svg[onload], iframe[srcdoc], [onclick], [onerror], a[href^="javascript:"]'))
      globalThis.injected.push(element.outerHTML.slice(0, 200));
    for (const script of document.scripts) if (script.textContent.includes('globalThis.hit')) globalThis.injected.push('script');
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true, attributes: true });`;

describe('hostile text in rules, templates, labels and symbols', function () {
  this.timeout(180_000);
  const market = createMarket({ seed: 7, accounts: 1, positions: 3, symbolOf });
  const [account = ''] = market.accounts;
  let wire: AlertWire;
  let browser: Browser;
  let dashboard: Page;
  let editor: Page;

  before(async function () {
    const reason = missingBrowser() ?? missingMosquitto();
    if (reason !== null) {
      console.log(`      skipped: ${reason}`);
      return this.skip();
    }
    [wire, browser] = await Promise.all([startAlertWire(market), launchBrowser()]);
    await wire.watch({ rules: [] });
    dashboard = await watched(`${wire.nodeRed.url}/dashboard/alerts`);
    await dashboard.locator('#nrdb-ui-widget-text').waitFor();
    await wire.watch({ rules: [...RULES, ...WRONG_RULES], labels: { [account]: LABEL } });
    await poll(() => (wire.mail.mails.length >= RULES.length ? true : null), {
      withinMs: WITHIN_MS,
      what: 'a mail for each rule',
    });
  });
  after(async () => {
    await browser?.close();
    await wire?.close();
  });

  const dialogs: string[] = [];
  const watches: string[][] = [];
  const watched = async (url: string): Promise<Page> => {
    const page = await browser.newPage({ viewport: { width: 1400, height: 1100 } });
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      dialog.dismiss().catch((error: unknown) => dialogs.push(String(error)));
    });
    await page.addInitScript(WATCH_DOM);
    watches.push(watchPage(page));
    await page.goto(url);
    return page;
  };
  const harmOn = async (page: Page): Promise<unknown> =>
    await page.evaluate('[globalThis.hit ?? null, globalThis.injected]');

  it('makes a mail of one recipient and plain text, with no header of its own', () => {
    for (const { parsed, raw, to } of wire.mail.mails) {
      assert.deepEqual(to, [MAIL_TO]);
      const headers = [...parsed.headers.keys()].toSorted();
      const known = [
        'content-transfer-encoding',
        'content-type',
        'date',
        'from',
        'message-id',
        'mime-version',
        'priority',
        'subject',
        'to',
      ];
      assert.deepEqual(
        headers.filter((name) => !known.includes(name)),
        [],
      );
      assert.doesNotMatch(raw.split('\r\n\r\n')[0] ?? '', /^bcc:/im);
      assert.match(raw, /^Content-Type: text\/plain/m);
      assert.deepEqual([parsed.html, parsed.attachments], [false, []]);
    }
    assert.deepEqual(
      wire.mail.mails.map(({ parsed }) => `${parsed.subject}\n${parsed.text?.trimEnd()}`).toSorted(),
      wire
        .sent()
        .map(({ payload, topic }) => `${topic}\n${payload}`)
        .toSorted(),
    );
  });

  it('is short, visible text in every message, and in MQTT the very payload', () => {
    const sent = wire.sent();
    assert.deepEqual(
      [...new Set(sent.map(({ alert }) => alert.ruleId))].toSorted(),
      RULES.map(({ id }) => id).toSorted(),
    );
    assert.deepEqual(
      wire.published(MQTT_TOPIC),
      sent.map(({ payload }) => payload),
    );
    for (const { payload, title, topic } of sent) {
      assert.match(topic, VISIBLE);
      assert.match(title, VISIBLE);
      assert.match(payload.replaceAll('\n', ''), VISIBLE);
      assert.doesNotMatch(payload, /</);
      assert.ok(topic.length <= 200 && title.length <= 120 && payload.length < 14_000);
    }
  });

  it('is shown by the Dashboard as text', async () => {
    const last = wire.sent().at(-1);
    const shown = dashboard.locator('.nrdb-ui-notification .v-snackbar__content');
    await poll(async () => ((await shown.textContent())?.trim() === last?.payload ? true : null), {
      withinMs: 10_000,
      what: 'the last alert as a notification',
    });
    assert.equal(await shown.locator('*:not(div)').count(), 0);
    assert.deepEqual(await harmOn(dashboard), [null, []]);
  });

  it('begins no line of the log and sends nothing to a terminal', async () => {
    for (const text of HOSTILE)
      await wire.command({ topic: 'silence', payload: { rule: 'account-0', duration: text.slice(0, 200) } });
    await wire.command({ topic: 'list' });
    const log = await poll(
      () =>
        wire.nodeRed.output().split('is none: say 30m').length > HOSTILE.length
          ? wire.nodeRed.output()
          : null,
      { withinMs: 10_000, what: 'a sentence about each command' },
    );
    assert.match(log, /FORGED/);
    const lines = log.split('\n');
    assert.deepEqual(
      lines.filter((line) => /^\s*26 Nov/.test(line)),
      [],
    );
    assert.deepEqual(
      lines.filter((line) => !VISIBLE.test(line.replace('\t', ' '))),
      [],
    );
  });

  it('is one short line in the status of the node', () => {
    const statuses = wire.published('witness/status');
    assert.ok(statuses.length > 0);
    for (const status of statuses) {
      const { text } = Object(JSON.parse(status));
      assert.match(String(text), VISIBLE);
      assert.ok(String(text).length <= 70);
    }
  });

  it('is text in the dialog of the node, its sentences, its trial and the list of what goes on', async () => {
    editor = await watched(wire.nodeRed.url);
    await editor.waitForFunction("window.RED?.nodes?.getType?.('account-alert') && RED.nodes.node('alert')");
    const judged = editor.waitForResponse('**/check');
    await editNode(editor, 'alert');
    await judged;
    await editor.getByRole('button', { name: 'Test with last data' }).click();
    await editor.getByText('Would fire now').first().waitFor();
    const rows = editor.locator('#alert-rules .alert-rule');
    assert.equal(await rows.count(), RULES.length + WRONG_RULES.length);
    assert.match((await rows.nth(0).textContent()) ?? '', /<script>globalThis\.hit=1<\/script>/);
    const names = await editor.locator('#alert-rules .alert-text b').allTextContents();
    assert.deepEqual(
      names.filter((name) => Array.from(name).length > 120),
      [],
    );
    // A name that turns the direction turns itself only.
    assert.equal(
      await editor.evaluate("getComputedStyle(document.querySelector('.alert-text b')).unicodeBidi"),
      'isolate',
    );
    assert.ok((await overhang(editor)) <= 0);
    const trial = (await editor.locator('#alert-trial').textContent()) ?? '';
    assert.match(trial, /Would fire now: ‹b onclick/);
    assert.match(trial, VISIBLE);
    assert.match(trial, /\$t\(account-alert\.undo\)/);
    await rows.nth(1).getByRole('button', { name: 'Edit' }).click();
    await rows.nth(0).getByRole('button', { name: 'Remove' }).click();
    await editor.getByRole('button', { name: 'Undo', exact: true }).waitFor();
    assert.deepEqual(await harmOn(editor), [null, []]);
    await leave(editor, 'cancel');
    assert.deepEqual(await harmOn(editor), [null, []]);
    assert.deepEqual([dialogs, watches.flat()], [[], []]);
  });
});
