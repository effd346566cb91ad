import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { createMarket } from '../../simulators/index.js';
import { MQTT_TOPIC, startAlertWire, type AlertWire, type SentAlert } from '../support/alert-wire.js';
import { launchBrowser, missingBrowser, watchPage } from '../support/browser.js';
import { changedExample } from '../support/example-flow.js';
import { MAIL_EXAMPLE, MAIL_TO, mailNode } from '../support/mail-example.js';
import { missingMosquitto } from '../support/mosquitto.js';
import { poll } from '../support/poll.js';

const WITHIN_MS = 30_000;
/** Node-RED drops a message with which a node fails for the tenth time; the outbox sends another one each time. */
const FAILS_OFTEN = 12;

describe('an alert on one wire to mail, MQTT and a Dashboard notification', function () {
  this.timeout(120_000);
  const market = createMarket({ seed: 7, accounts: 1, positions: 2 });
  const [account = ''] = market.accounts;
  const held = market.positions(account)[0];
  let wire: AlertWire;
  let browser: Browser;
  let page: Page;
  let misdeeds: string[];

  before(async function () {
    const reason = missingBrowser() ?? missingMosquitto();
    if (reason !== null) {
      console.log(`      skipped: ${reason}`);
      return this.skip();
    }
    [wire, browser] = await Promise.all([startAlertWire(market), launchBrowser()]);
  });
  after(async () => {
    await browser?.close();
    await wire?.close();
  });

  const shown = async (): Promise<string> =>
    (await page.locator('.nrdb-ui-notification .v-snackbar__content').allTextContents()).join('').trim();
  /** The first message of this state, once every sink has it. */
  const everywhere = async (state: 'firing' | 'resolved'): Promise<SentAlert> => {
    const sent = async (): Promise<SentAlert | null> => {
      const found = wire.sent().find(({ alert }) => alert.state === state);
      if (found === undefined) return null;
      const isThere =
        wire.mail.mails.some(({ parsed }) => parsed.subject === found.topic) &&
        wire.published(MQTT_TOPIC).includes(found.payload) &&
        (await shown()) === found.payload;
      return isThere ? found : null;
    };
    return await poll(sent, {
      withinMs: WITHIN_MS,
      what: `the ${state} alert in every sink; sent was ${JSON.stringify(wire.sent())}`,
    });
  };

  it('arrives in all three as it left, when it begins and when it ends', async () => {
    assert.ok(held);
    const { conId } = held;
    const price = market.price(conId);
    const rule = {
      id: 'dear',
      name: 'Dear',
      metric: 'marketPrice',
      operator: '>',
      threshold: price * 1.05,
      scope: { symbol: market.instrument(conId).symbol },
      severity: 'critical',
    };
    await wire.watch({ rules: [rule], labels: { [account]: 'Main' } });
    page = await browser.newPage();
    misdeeds = watchPage(page);
    await page.goto(`${wire.nodeRed.url}/dashboard/alerts`);
    await page.locator('#nrdb-ui-widget-text').waitFor();

    market.setPrice(conId, price * 1.1);
    const firing = await everywhere('firing');
    market.setPrice(conId, price);
    const resolved = await everywhere('resolved');

    assert.match(firing.topic, /^Main \S+: price .* \(> /);
    assert.equal(firing.priority, 'high');
    assert.match(resolved.topic, /, ended$/);
    assert.equal(resolved.alert.id, firing.alert.id);
    const both = [firing, resolved];
    assert.deepEqual(wire.sent(), both);
    assert.deepEqual(wire.published(MQTT_TOPIC), [firing.payload, resolved.payload]);
    assert.equal(await wire.mqtt.retainedOn(MQTT_TOPIC), null);
    const mails = wire.mail.mails.map(({ parsed, raw, to }) => ({
      to,
      subject: parsed.subject,
      text: parsed.text?.trimEnd(),
      html: parsed.html,
      priority: /^X-Priority: (.*?)\r?$/m.exec(raw)?.[1] ?? null,
    }));
    assert.deepEqual(
      mails,
      both.map(({ payload, priority, topic }) => ({
        to: [MAIL_TO],
        subject: topic,
        text: payload,
        html: false,
        priority: priority === 'high' ? '1 (Highest)' : null,
      })),
    );
    assert.deepEqual(misdeeds, []);
  });

  it('waits in the example until the mail server takes it', async () => {
    const rules = [
      { id: 'rich', metric: 'netLiquidation', operator: '>', threshold: 1, severity: 'critical' },
    ];
    const mail = { ...mailNode(wire.mail), credentials: wire.mail.login };
    const env = { TRIES: '1000', RETRY_SECONDS: '0.01' };
    const example = changedExample({ file: MAIL_EXAMPLE, rules, env, nodes: { mail } }, wire.tws.port);
    const before = { begun: wire.mail.begun, mails: wire.mail.mails.length };
    wire.mail.breaks({ at: 'greeting', code: 421 });
    await wire.nodeRed.deploy(example);
    await poll(() => (wire.mail.begun - before.begun > FAILS_OFTEN ? true : null), {
      withinMs: WITHIN_MS,
      what: 'a mail that fails for longer than Node-RED keeps one by itself',
    });
    wire.mail.breaks(null);
    const arrived = await poll(() => wire.mail.mails[before.mails] ?? null, {
      withinMs: WITHIN_MS,
      what: 'the mail',
    });
    assert.match(arrived.parsed.subject ?? '', /net liquidation/);
  });
});
